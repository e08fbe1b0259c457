#!/usr/bin/env python3
"""Mailboxes: bytes over a line that is cut, speed beside curl, memory. Prints figures; run by hand or by ./dev bench."""
import os, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "transport"), os.path.join(HERE, "..", "cli")]
from proxy import Proxy
from servers import Nginx
from world import VALISE, World

SIZE = 200_000_000


def run(*words):
    """Seconds, and the most memory it took, in MiB."""
    start = time.time()
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {words}")
    return time.time() - start, usage.ru_maxrss / 1024


def main():
    world = World("ok")
    world.setUp()
    server = Nginx()
    try:
        os.mkdir(world.path("case"))
        with open(world.path("case/noise.bin"), "wb") as out:  # not through this process: its memory would count as its children's
            subprocess.run(["head", "-c", str(SIZE), "/dev/urandom"], stdout=out, check=True)
        world.make_case({"a.txt": b"a"})
        world.pack(out="big.valise")
        bundle = world.path("big.valise")
        size = os.path.getsize(bundle)
        home, desk = world.path("homes/cn-liaison"), world.path("homes/kh-desk")
        for i, box in enumerate(("warm", "plain", "cut")):
            server.box(box)
        up, down = Proxy(server.port, lambda n: {"cut_up": 5_000_000}), Proxy(server.port, lambda n: {"cut_down": 5_000_000})
        for h, name, words in ((home, "warm", server.words(None, "warm")), (home, "plain", server.words(None, "plain")), (desk, "plain", server.words(None, "plain")),
                               (home, "cut", server.words(up.port, "cut")), (desk, "cut", server.words(down.port, "cut"))):
            subprocess.run([VALISE, "-q", "--home", h, "remote", "add", name, *words], check=True)
        run(VALISE, "--home", home, "send", bundle, "warm")
        server.box("again")
        subprocess.run([VALISE, "-q", "--home", home, "remote", "add", "again", *server.words(None, "again")], check=True)
        first, memory = run(VALISE, "--home", home, "send", bundle, "plain")
        ours = min(first, run(VALISE, "--home", home, "send", bundle, "again")[0])
        curl = min(run("curl", "-s", "--cacert", server.cert, "-u", "liaison:dav secret 密", "-T", bundle, f"https://127.0.0.1:{server.port}/warm/curl{i}")[0] for i in (1, 2))
        print(f"send {size / 1e6:.0f} MB over loopback   {ours:.2f} s; curl -T {curl:.2f} s; {curl / ours:.2f} of curl's speed; {memory:.0f} MiB")
        t, memory = run(VALISE, "--home", desk, "fetch", "plain", "-o", world.path("in"))
        print(f"fetch over loopback          {t:.2f} s; {memory:.0f} MiB")
        t, memory = run(VALISE, "--home", home, "send", bundle, "cut")
        print(f"send, cut every 5 MB         {up.up / size - 1:+.1%} bytes; {up.count} connections; {t:.1f} s; {memory:.0f} MiB")
        t, memory = run(VALISE, "--home", desk, "fetch", "cut", "-o", world.path("in-cut"))
        print(f"fetch, cut every 5 MB        {down.down / size - 1:+.1%} bytes; {down.count} connections; {t:.1f} s; {memory:.0f} MiB")
    finally:
        server.close()
        world.tearDown()


if __name__ == "__main__":
    main()
