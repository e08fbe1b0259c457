#!/usr/bin/env python3
"""Mailboxes: bytes over a line that is cut, speed beside curl, memory. Prints figures; run by hand or by ./dev bench."""
import os, shutil, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "transport"), os.path.join(HERE, "..", "cli")]
from proxy import Proxy
from servers import Nginx
from world import VALISE, World

SIZE, ROUNDS = 200_000_000, 11


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
        up, down = Proxy(server.port, lambda n: {"cut_up": 5_000_000}), Proxy(server.port, lambda n: {"cut_down": 5_000_000})
        rounds = [f"round{i}" for i in range(ROUNDS)]
        for h, name, port in ((home, "plain", None), (desk, "plain", None), (home, "cut", up.port), (desk, "cut", down.port), *((home, r, None) for r in rounds)):
            server.box(name)
            subprocess.run([VALISE, "-q", "--home", h, "remote", "add", name, *server.words(port, name)], check=True)
        _, memory = run(VALISE, "--home", home, "send", bundle, "plain")
        ours, curl = [], []  # in turn, so that a slow moment hits both alike
        for name in rounds:
            ours.append(run(VALISE, "--home", home, "send", bundle, name)[0])
            curl.append(run("curl", "-s", "--cacert", server.cert, "-u", "liaison:dav secret 密", "-T", bundle, f"https://127.0.0.1:{server.port}/{name}/curl")[0])
            shutil.rmtree(os.path.join(server.root, name))  # before the system begins to write it to the disk
        ours, curl = statistics.median(ours), statistics.median(curl)
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
