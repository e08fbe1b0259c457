#!/usr/bin/env python3
"""How the store grows: finds over 10^5 and 10^6 identifiers (--slow: 10^7), and what the index adds to taking in a bundle of
10^5 files and 10^5 identifiers; on SQLite and PostgreSQL. Prints ratios."""
import argparse, os, shutil, subprocess, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VALISE, BENCH = os.path.join(ROOT, "build", "valise"), os.path.join(ROOT, "build", "store_bench")
SERVER = os.path.join(ROOT, "tests", "postgresql.sh")


def out(*words):
    return subprocess.run([os.fspath(w) for w in words], check=True, capture_output=True, text=True).stdout


def big_bundle(folder, files, identifiers, size):
    """A case with many files of `size` bytes and many identifiers, sealed for the example desk."""
    case = os.path.join(folder, "case")
    for i in range(files):
        if i % 1000 == 0:
            os.makedirs(os.path.join(case, "EX-01", f"{i // 1000:04}"))
        with open(os.path.join(case, "EX-01", f"{i // 1000:04}", f"{i:06}.bin"), "wb") as f:
            f.write(os.urandom(size))
    home = os.path.join(folder, "cn-liaison")
    shutil.copytree(os.path.join(ROOT, "keys-example", "cn-liaison"), home)
    out(VALISE, "--home", home, "case", "init", case, "--title", "Bench", "--reference", "XA-TEST-2026-000001", "--legal-basis", "untoc:18",
        "--purpose", "to measure what the index adds to it")
    with open(os.path.join(case, "identifiers.csv"), "w") as f:
        f.write("type,value,exhibit,person\n")
        for i in range(identifiers):
            f.write(f"e164,+86{13000000000 + i * 7919 % 999999937:011},EX-01,\n")
    bundle = os.path.join(folder, "big.valise")
    out(VALISE, "--home", home, "-q", "pack", case, "--to", "kh-example-police/evidence-desk", "-o", bundle)
    shutil.rmtree(case)
    return bundle


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--slow", action="store_true", help="10^7 identifiers too")
    options.add_argument("--files", type=int, default=100_000)
    options.add_argument("--size", type=int, default=16 << 10, help="bytes of each file")
    o = options.parse_args()
    sizes = [10**5, 10**6] + ([10**7] if o.slow else [])
    folder, server = tempfile.mkdtemp(prefix="valise-bench-"), tempfile.mkdtemp(prefix="valise-pg-")
    address = out(SERVER, "start", server).strip()
    try:
        for kind, database in (("SQLite", os.path.join(folder, "find", "index.sqlite")), ("PostgreSQL", address + "/postgres")):
            first = None
            for line in out(BENCH, "find", database, *map(str, sizes)).splitlines():
                _, n, median, worst = line.split()
                first = first or float(median)
                print(f"find, {kind:10} {int(n):>10,} identifiers: {float(median):8.2f} ms (worst {float(worst):.2f}), {float(median) / first:.2f} x of the first")
        bundle = big_bundle(folder, o.files, 10**5, o.size)
        subprocess.run(["psql", "-q", "-c", "create schema i", address + "/postgres"], check=True)
        for kind, database in (("SQLite", os.path.join(folder, "in", "index.sqlite")), ("PostgreSQL", address + "/postgres?options=-csearch_path%3Di")):
            home = os.path.join(ROOT, "keys-example", "kh-desk")
            _, files, identifiers, verify, index, whole = out(BENCH, "ingest", database, os.path.join(folder, "objects-" + kind), home, bundle).split()
            print(f"ingest, {kind:10} {int(files):,} files of {o.size:,} bytes, {int(identifiers):,} identifiers: {whole} s, verifying {verify} s; "
                  f"the index adds {index} s = {100 * float(index) / float(whole):.0f} % of it")
    finally:
        out(SERVER, "stop", server)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
