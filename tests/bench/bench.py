#!/usr/bin/python3
"""Speed and size beside other tools, measured side by side in one run: medians, alternating. bench.py [--slow]"""
import os, shutil, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VALISE, BARE = os.path.join(ROOT, "build/valise"), os.path.join(ROOT, "build/bare_loop")
slow = "--slow" in sys.argv
rounds = 5
work = tempfile.mkdtemp(prefix="valise-bench-")
os.environ["RESTIC_PASSWORD"] = "bench"
KH = "kh-example-police/evidence-desk"


def once(command, before=None):
    """Wall seconds and peak resident MiB of the largest process."""
    if before:
        subprocess.run(["bash", "-c", before], cwd=work, check=True)
    os.sync()
    start = time.monotonic()
    p = subprocess.Popen(["bash", "-euo", "pipefail", "-c", command], cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    err = p.stderr.read()
    _, status, usage = os.wait4(p.pid, 0)
    if status:
        sys.exit(f"bench: {command}\n{err.decode()}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def side_by_side(**commands):
    """Runs all in turn, so that a slow moment hits them alike. Medians of seconds, largest memory. Once before, uncounted."""
    results = {name: [] for name in commands}
    for command, before in commands.values():
        once(command, before)
    for _ in range(rounds):
        for name, (command, before) in commands.items():
            results[name].append(once(command, before))
    return {n: (statistics.median(t for t, _ in r), max(m for _, m in r)) for n, r in results.items()}


def show(what, ours, theirs, wanted):
    print(f"{what:58} {theirs[0] / ours[0]:6.2f} x   ({ours[0]:.2f} s, {ours[1]:.0f} MiB / {theirs[0]:.2f} s)   wanted {wanted}")


def size(name):
    return os.path.getsize(os.path.join(work, name))


def sheet(folder):
    subprocess.run([VALISE, "-q", "--home", "homes/cn-liaison", "case", "init", folder, "--title", "Bench", "--reference", "XA-BENCH-2026-000001", "--legal-basis",
                    "untoc:18", "--purpose", "to measure how long it takes"], cwd=work, check=True, stdout=subprocess.DEVNULL)


def prepare():
    shutil.copytree(os.path.join(ROOT, "keys-example"), os.path.join(work, "homes"))
    subprocess.run(["/usr/bin/python3", os.path.join(ROOT, "tests/bench/make_data.py"), os.path.join(work, "case"), "1024"], check=True)
    sheet("case")
    subprocess.run("age-keygen -o id.txt 2>/dev/null; age-keygen -y id.txt > rcpt; minisign -GW -p m.pub -s m.key >/dev/null; restic -q init -r repo", shell=True, cwd=work, check=True)


def mixed():
    pack = f"{VALISE} -q --home homes/cn-liaison pack case --to {KH} -o case.valise"
    pipeline = "(cd case && find . -type f -print0 | xargs -0 sha256sum) > sums && tar -C case -cf - . | zstd -q -1 -T2 | age -R rcpt -o tool.age && minisign -Sm tool.age -s m.key -x tool.sig"
    threads = os.cpu_count()
    r = side_by_side(ours=(pack, "rm -f case.valise"), pipeline=(pipeline, "rm -f tool.*"), restic=("restic -q backup -r repo case", "rm -rf repo; restic -q init -r repo"),
                     bare=(f"{BARE} case bare.out {threads}", "rm -f bare.out"))
    show("pack / sha256sum + tar | zstd -1 -T2 | age + minisign", r["ours"], r["pipeline"], "4")
    show("pack / restic backup", r["ours"], r["restic"], "3")
    show("pack / bare loop", r["ours"], r["bare"], "0.85")
    print(f"{'bundle / pipeline, bytes':58} {size('case.valise') / size('tool.age'):6.3f}     wanted 1.02 or less")
    # A new folder each time: ext4 is slow to create files within seconds of removing as many.
    opening = f"{VALISE} -q --home homes/kh-desk open case.valise -C back.$$"
    closing = "minisign -Vm tool.age -p m.pub -x tool.sig && mkdir back.$$ && age -d -i id.txt tool.age | zstd -dq | tar -C back.$$ -xf - && (cd back.$$ && sha256sum --quiet -c ../sums)"
    r = side_by_side(ours=(opening, None), pipeline=(closing, None))
    show("open / minisign + age -d | zstd -d | tar + sha256sum -c", r["ours"], r["pipeline"], "3")
    r = side_by_side(ours=(f"{VALISE} -q --home homes/kh-desk verify --seal-only case.valise", None), minisign=("minisign -Vm tool.age -p m.pub -x tool.sig", None))
    show("verify --seal-only / minisign -V", r["ours"], r["minisign"], "3")
    subprocess.run("rm -rf back.* bare.out repo tool.* case.valise case", shell=True, cwd=work)


def small_files():
    os.makedirs(os.path.join(work, "many"))
    for n in range(300000):
        if n % 1000 == 0:
            folder = os.path.join(work, "many", "d%03d" % (n // 1000))
            os.makedirs(folder)
        with open(os.path.join(folder, "f%06d" % n), "w") as out:
            out.write(f"message {n} " * 20)
    sheet("many")
    subprocess.run("mkdir one && mv many/d* one/ && mv one many/one && rm many/*.csv many/*.toml", shell=True, cwd=work, check=True)
    sheet("many")
    r = side_by_side(ours=(f"{VALISE} -q --home homes/cn-liaison pack many --to {KH} -o many.valise", "rm -f many.valise"),
                     pipeline=("(cd many && find . -type f -print0 | xargs -0 sha256sum) > sums && tar -C many -cf - . | zstd -q -1 -T2 > many.tzst", "rm -f many.tzst"))
    show("300,000 small files: pack / sha256sum + tar | zstd", r["ours"], r["pipeline"], "1, at most 256 MiB")
    subprocess.run("rm -rf many many.*", shell=True, cwd=work)


def luhn(digits):
    total = sum((v := int(c) * (2 if i % 2 == 0 else 1)) - (9 if v > 9 else 0) for i, c in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def identifiers():
    count = 1_000_000
    kinds = (lambda i: ("imei", luhn("35%012d" % i)), lambda i: ("imsi", "46000%010d" % i), lambda i: ("pan", luhn("411111%09d" % i)),
             lambda i: ("e164", "+1202555%04d" % (i % 10000)), lambda i: ("e164", "+614%08d" % (i % 10**8)), lambda i: ("ipv4", f"198.51.{i // 256 % 256}.{i % 256}"),
             lambda i: ("iccid", luhn("8986%014d" % i)), lambda i: ("mac", "00:00:5e:%06x" % (i % 2**24)), lambda i: ("email", f"user{i}@example.com"),
             lambda i: ("telegram", str(1000000 + i)))
    os.makedirs(os.path.join(work, "rows"))
    with open(os.path.join(work, "rows", "a"), "w") as out:
        out.write("x")
    sheet("rows")
    for name, n in (("rows", count), ("few", 1000)):
        if name == "few":
            shutil.copytree(os.path.join(work, "rows"), os.path.join(work, "few"))
        with open(os.path.join(work, name, "identifiers.csv"), "w") as out:
            out.write("type,value,exhibit,person,first_seen,last_seen,note\n")
            out.writelines("%s,%s,EX-01,,2026-03-01T00:00:00Z,,row %d\n" % (*kinds[i % 10](i), i) for i in range(n))
    r = side_by_side(many=(f"taskset -c 0 {VALISE} case check rows", None), few=(f"taskset -c 0 {VALISE} case check few", None))
    print(f"{'case check of a million identifiers, one core':58} {count / r['many'][0]:6.0f} rows/s   ({r['many'][1]:.0f} MiB; a thousand: {r['few'][1]:.0f} MiB)   wanted 200000")
    subprocess.run("rm -rf rows few", shell=True, cwd=work)


def one_of_many():
    count = 1000 if slow else 200
    for n in range(count):
        path = os.path.join(work, "large", f"{n:04}.bin")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(os.urandom(10 << 20))
    sheet("large")
    subprocess.run(f"{VALISE} -q --home homes/cn-liaison pack large --to {KH} -o large.valise && rm -rf large", shell=True, cwd=work, check=True, stderr=subprocess.DEVNULL)
    r = side_by_side(one=(f"{VALISE} -q --home homes/kh-desk open large.valise -C one --only EX-{count // 2}", "rm -rf one"),
                     all=(f"{VALISE} -q --home homes/kh-desk open large.valise -C all", "rm -rf all"))
    print(f"{f'one 10 MB exhibit of {count * 10 // 1000} GB / opening all':58} {r['one'][0] / r['all'][0] * 100:6.2f} %   ({r['one'][0]:.2f} s, {r['one'][1]:.0f} MiB / {r['all'][0]:.2f} s, {r['all'][1]:.0f} MiB)   wanted below 2 % at 10 GB")


def repatriation():
    """An embassy: a long list, a great many people, two desks."""
    fill = os.path.join(ROOT, "build/fill_desk")
    with open(os.path.join(work, "people.csv"), "w") as out:
        out.write("id,name_native,name_latin,sex,born,minor,nationality,document_type,document_no,host,site,reported_at,channel,note\n")
        out.writelines(f",ตัวอย่าง {i},EXAMPLE {i},m,1990,no,VN,none,,TH,TH-EX-01,2026-05-21T10:00:00+07:00,host_police,row {i}\n" for i in range(10_000))
    fresh = lambda *homes: "; ".join(f"rm -rf {h}; cp -r homes/cn-embassy {h}" for h in homes)
    r = side_by_side(new=(f"{VALISE} -q --home post repat import people.csv", fresh("post")))
    print(f"{'import of 10,000 people':58} {r['new'][0]:6.2f} s   ({r['new'][1]:.0f} MiB)   wanted below 5 s")
    people = 100_000
    subprocess.run(f"{fresh('many', 'few')}; {fill} many {people}; {fill} few {people // 10}", shell=True, cwd=work, check=True, stdout=subprocess.DEVNULL)
    for what in ("due --within 1h", "list --state nowhere", "due --rule register"):
        r = side_by_side(many=(f"{VALISE} -q --home many repat {what}", None), few=(f"{VALISE} -q --home few repat {what}", None))
        print(f"{f'{what}: 100,000 people, 10^6 events':58} {r['many'][0]:6.2f} s   ({r['many'][1]:.0f} MiB; a tenth: {r['few'][0]:.2f} s)   wanted below 1 s")
    desk = "cn-example-mfa/consular-phnom-penh"
    subprocess.run(f"{fresh('one', 'two')}; {fill} one 10000 A; {fill} two 1000 B; for d in one two; do {VALISE} -q --home $d repat export --to {desk} -o $d.valise; done",
                   shell=True, cwd=work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    r = side_by_side(large=(f"{VALISE} -q --home into repat merge one.valise", fresh("into")), small=(f"{VALISE} -q --home into repat merge two.valise", fresh("into")))
    print(f"{'merge of 10^5 events / of 10^4':58} {r['large'][0] / r['small'][0]:6.2f} x   ({r['large'][0]:.2f} s, {r['large'][1]:.0f} MiB / {r['small'][0]:.2f} s)   wanted about 10: linear")


try:
    prepare()
    mixed()
    small_files()
    identifiers()
    one_of_many()
    repatriation()
finally:
    shutil.rmtree(work, ignore_errors=True)
