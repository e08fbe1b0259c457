"""Desks with a store: on SQLite in the home, or on a PostgreSQL server that is started once a run."""
import atexit, os, shutil, subprocess, tempfile

from world import ROOT, World

LANTERN, CRANE = "XA-EXPOL-2026-000042", "XA-EXMLA-2026-000007"
SCRIPT = os.path.join(ROOT, "tests", "postgresql.sh")


class Server:
    running = None

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="valise-pg-")
        self.address = subprocess.run([SCRIPT, "start", self.folder], check=True, capture_output=True, text=True).stdout.strip()
        self.count = 0
        atexit.register(subprocess.run, [SCRIPT, "stop", self.folder])

    @classmethod
    def the(cls):
        cls.running = cls.running or cls()
        return cls.running

    def sql(self, sql, schema="public"):
        return subprocess.run(["psql", "-X", "-q", "-At", "-c", f"set search_path to {schema}", "-c", sql, self.address + "/postgres"],
                              check=True, capture_output=True, text=True).stdout

    def fresh(self):
        self.count += 1
        self.sql(f"create schema t{self.count}")
        return f"{self.address}/postgres?options=-csearch_path%3Dt{self.count}"

    def restart(self):
        subprocess.run([SCRIPT, "restart", self.folder], check=True)


class StoreWorld(World):
    """Tests of a class run on `database`; its subclass for the other kind runs the same."""
    database = "sqlite"

    def setUp(self):
        super().setUp()
        for name in ("paper-lantern", "paper-crane"):
            shutil.copytree(os.path.join(ROOT, "tests", "data", name), self.path(name))
        if self.database == "postgresql":
            self.server = Server.the()
            self.configure("kh-desk", f'store = "{self.server.fresh()}"\n')

    def configure(self, home, text):
        with open(self.path("homes", home, "config.toml"), "a") as f:
            f.write(text)

    def sealed(self, case, *to):
        out = self.path(case + ".valise")
        if not os.path.exists(out):
            words = [w for t in (to or ("kh-example-police/evidence-desk",)) for w in ("--to", t)]
            self.ok("cn-liaison", "pack", case, *words, "-o", out)
        return out

    def ingest(self, *cases, home="kh-desk"):
        return self.ok(home, "ingest", *[self.sealed(c) for c in cases])

    # faketime loads itself before the sanitizer, which is asked not to mind.
    FAKE_TIME = dict(os.environ, ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")

    def at(self, day, *words, home="kh-desk"):
        """The program on another day."""
        import world
        p = subprocess.run(["faketime", day, world.VALISE, "--home", self.path("homes", home), *words],
                           cwd=self.dir, capture_output=True, stdin=subprocess.DEVNULL, env=self.FAKE_TIME)
        return world.Result(p)

    def store_files(self, home="kh-desk"):
        found = {}
        for where, _, files in os.walk(self.path("homes", home, "store")):
            for name in files:
                with open(os.path.join(where, name), "rb") as f:
                    found[name] = f.read()
        return found
