#!/usr/bin/python3
"""Runs every bundle vector through the program ($VALISE) and through the Python reader, and compares classes."""
import json, os, resource, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
HOMES = os.path.join(HERE, "..", "..", "keys-example")
READER = os.path.join(HERE, "..", "reader", "read_bundle.py")
VALISE = os.environ["VALISE"]
passed, failed = 0, []


def limit():  # hostile files cost bounded time
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


def check(name, ok, why):
    global passed
    if ok:
        passed += 1
    else:
        failed.append(name)
        print(f"{name}: {why}")


def run(folder):
    for v in json.load(open(os.path.join(folder, "index.json"), encoding="utf-8")):
        path, home = os.path.join(folder, v["file"]), os.path.join(HOMES, v["home"])
        with tempfile.TemporaryDirectory() as empty:
            target = os.path.join(empty, "out")
            command = ["open", path, "-C", target] if v["command"] == "open" else ["verify", path]
            p = subprocess.run([VALISE, "--home", home, "--json"] + command, capture_output=True, preexec_fn=limit)
            told = json.loads(p.stdout) if p.stdout else {}
            kind = told.get("verdict", told.get("error", {}).get("code", "valid"))
            check(v["file"], (p.returncode, kind) == (v["exit"], v["class"]),
                  f"program says {kind} ({p.returncode}), expected {v['class']}: {p.stderr.decode()[-300:]}")
            if v["exit"]:
                q = subprocess.run([VALISE, "--home", home, "open", path, "-C", target], capture_output=True, preexec_fn=limit)
                check(v["file"] + " open", q.returncode == v["exit"] and os.listdir(empty) == [],
                      f"open gives {q.returncode} and leaves {os.listdir(empty)}")
            reader = [READER, path, "--home", home] + (["-C", os.path.join(empty, "py")] if v["command"] == "open" else [])
            r = subprocess.run(["/usr/bin/python3"] + reader, capture_output=True, preexec_fn=limit)
            said = json.loads(r.stdout) if r.stdout.startswith(b"{") else {"class": r.stderr.decode()[-300:]}
            check(v["file"] + " reader", said["class"] == v["class"], f"the reader says {said}, expected {v['class']}")
            if v["command"] == "open" and not v["exit"]:
                same = subprocess.run(["diff", "-r", target, os.path.join(empty, "py")], capture_output=True)
                check(v["file"] + " both", same.returncode == 0, f"program and reader open different folders: {same.stdout[:300]}")


run(os.path.join(HERE, "bundles"))
with tempfile.TemporaryDirectory() as big:
    subprocess.run(["/usr/bin/python3", os.path.join(HERE, "make_bundles.py"), "--big", big], check=True, capture_output=True)
    run(big)
print(f"{passed} passed, {len(failed)} failed")
sys.exit(bool(failed))
