"""Runs the program on copies of the example homes, in a folder of its own."""
import json, os, shutil, subprocess, sys, tempfile, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VALISE = os.environ.get("VALISE", os.path.join(ROOT, "build", "valise"))
KH, TH = "kh-example-police/evidence-desk", "th-example-police/evidence-desk"


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Result:
    def __init__(self, p):
        self.code, self.out = p.returncode, p.stdout
        self.err = p.stderr.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.out)


class World(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="valise-cli-")
        shutil.copytree(os.path.join(ROOT, "keys-example"), self.path("homes"))

    def tearDown(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.dir])
        shutil.rmtree(self.dir)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def run_valise(self, home, *words, **options):
        command = [VALISE] + (["--home", self.path("homes", home)] if home else []) + [os.fspath(w) for w in words]
        return Result(subprocess.run(command, cwd=self.dir, capture_output=True, stdin=options.pop("stdin", subprocess.DEVNULL), **options))

    def ok(self, home, *words, **options):
        r = self.run_valise(home, *words, **options)
        self.assertEqual(r.code, 0, r.err)
        return r

    def refused(self, code, home, *words, **options):
        """The exit code, one clear line and a hint."""
        r = self.run_valise(home, *words, **options)
        self.assertEqual(r.code, code, r.err + r.out.decode("utf-8", "replace"))
        lines = [l for l in r.err.splitlines() if l.startswith("valise: ") and not l.startswith("valise: warning: ")]
        self.assertGreaterEqual(len(lines), 1, r.err)
        self.assertIn("hint: ", r.err)
        return r

    def write(self, name, data=b""):
        path = os.path.join(os.fsencode(self.dir), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())

    def make_case(self, files=None, folder="case"):
        for name, data in (files or {"one/a.txt": b"alpha", "one/b/c.txt": b"gamma", "two.bin": b"x" * 3000, "three.txt": b"3"}).items():
            self.write(os.path.join(os.fsencode(folder), os.fsencode(name)), data)
        self.ok("cn-liaison", "case", "init", folder, "--title", "Test", "--reference", "XA-TEST-2026-000001",
                "--legal-basis", "untoc:18", "--purpose", "a purpose that is long enough")

    def pack(self, *to, out="case.valise", folder="case", more=()):
        words = [w for t in (to or (KH,)) for w in ("--to", t)]
        return self.ok("cn-liaison", "pack", folder, *words, "-o", out, *more)

    def snapshot(self, folder):
        """Every path with kind, mode, time and content."""
        found = {}
        base = os.path.join(os.fsencode(self.dir), os.fsencode(folder))
        for where, folders, files in os.walk(base):
            for name in folders + files + [b"."]:
                path = os.path.join(where, name)
                s = os.lstat(path)
                data = read(path) if os.path.isfile(path) and not os.path.islink(path) else None
                found[os.path.relpath(path, base)] = (oct(s.st_mode), s.st_mtime_ns, data)
        return found


def main():
    program = unittest.main(exit=False, verbosity=0)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad > 0)
