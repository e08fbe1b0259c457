"""The store under faults: killed at many moments, no room, read-only, two at once, damage."""
import contextlib, os, random, signal, sqlite3, subprocess, time

import world
from storeworld import CRANE, LANTERN, StoreWorld
from world import main, read

SLOW = bool(os.environ.get("TEST_SLOW"))


class Faults(StoreWorld):
    def start(self, *words, home="kh-desk"):
        return subprocess.Popen([world.VALISE, "--home", self.path("homes", home), *words], cwd=self.dir,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def whole(self):
        self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])

    def cases(self):
        return {c["case"] for c in self.ok("kh-desk", "cases", "--json").json}

    def killed_at_many_moments(self, *words, before=None, check=None, times=4):
        """Runs the command, kills it after ever longer, and lets `check` look at what it left."""
        before() if before else None
        begun = time.monotonic()
        self.assertEqual(self.start(*words).wait(), 0)
        whole = time.monotonic() - begun
        rng = random.Random(7)
        for i in range(24 if SLOW else times):
            before() if before else None
            p = self.start(*words)
            time.sleep(whole * rng.random())
            p.send_signal(signal.SIGKILL)
            done = p.wait() == 0
            check(done)

    def test_ingest_killed(self):
        lantern = self.sealed("paper-lantern")

        def fresh():
            subprocess.run(["rm", "-rf", self.path("homes", "kh-desk", "custody")])
            subprocess.run(["rm", "-rf", self.path("homes", "kh-desk", "store")])
            if self.database == "postgresql":
                with open(self.path("homes", "kh-desk", "config.toml"), "w") as f:
                    f.write(f'store = "{self.server.fresh()}"\n')

        def check(done):
            there = LANTERN in self.cases()
            self.assertTrue(there or not done)
            self.whole()
            again = self.ok("kh-desk", "ingest", lantern, "--json").json
            self.assertEqual(again["already"], there)
            events = self.ok("kh-desk", "custody", "show", "EX-03", "--json").out.decode()
            self.assertEqual(events.count('"ingested"'), 1)
            self.whole()

        self.killed_at_many_moments("ingest", lantern, before=fresh, check=check)

    def test_rebuild_killed(self):
        self.ingest("paper-lantern", "paper-crane")

        def check(_):
            self.assertEqual(self.cases(), {LANTERN, CRANE})
            self.whole()

        self.killed_at_many_moments("store", "rebuild", check=check)

    def sql(self, *statements):
        """The last one's first cell, as text."""
        if self.database == "postgresql":
            return self.server.sql("; ".join(statements), f"t{self.server.count}").strip()
        with contextlib.closing(sqlite3.connect(self.path("homes", "kh-desk", "store", "index.sqlite"), isolation_level=None)) as db:
            for statement in statements:
                rows = db.execute(statement).fetchall()
        return str(rows[0][0]) if rows else ""

    def test_migration_killed(self):
        """The schema is brought back to its first version; whoever opens the store brings it forward, all or nothing."""
        self.ingest("paper-crane")
        now, seen = self.sql("select version from schema_version where product = 'store'"), set()
        self.assertGreater(now, "1")

        def back():
            self.sql("drop table hold", "drop table correction", "drop table search", "update schema_version set version = 1 where product = 'store'")

        def check(done):
            version = self.sql("select version from schema_version where product = 'store'")
            seen.add(version)
            self.assertIn(version, (now,) if done else ("1", now))
            self.assertEqual(self.cases(), {CRANE})
            self.whole()

        self.killed_at_many_moments("cases", before=back, check=check, times=12)
        self.assertIn("1", seen)

    def test_two_at_once(self):
        files = [self.sealed("paper-lantern"), self.sealed("paper-crane")]
        running = [self.start("ingest", *(files if i % 2 else files[::-1])) for i in range(4)]
        self.assertEqual([p.wait() for p in running], [0] * 4)
        self.assertEqual(self.cases(), {LANTERN, CRANE})
        self.whole()
        events = self.ok("kh-desk", "custody", "show", "EX-03", "--json").out.decode()
        self.assertEqual(events.count('"ingested"'), 1)

    def test_damaged_object(self):
        self.ingest("paper-lantern", "paper-crane")
        seal = self.ok("kh-desk", "verify", self.sealed("paper-lantern"), "--json").json["seal"]
        path = self.path("homes", "kh-desk", "store", "objects", seal[:2], seal + ".valise")
        with open(path, "r+b") as f:
            f.seek(150000)
            f.write(b"xxxx")
        r = self.refused_check(20)
        self.assertTrue(any(seal in fault and "slice 0" in fault for fault in r["faults"]), r)
        self.assertEqual(self.run_valise("kh-desk", "store", "rebuild").code, 20)
        self.assertEqual(self.cases(), {CRANE})
        with open(path, "wb") as f:
            f.write(read(self.sealed("paper-lantern")))
        self.ok("kh-desk", "store", "rebuild")
        self.assertEqual(self.cases(), {LANTERN, CRANE})
        self.whole()

    def refused_check(self, code):
        r = self.run_valise("kh-desk", "store", "check", "--json")
        self.assertEqual(r.code, code, r.err)
        self.assertIn("hint: ", r.err)
        return r.json


class FaultsOnPostgresql(Faults):
    database = "postgresql"

    def test_restart_in_the_middle(self):
        self.ingest("paper-crane")
        p = self.start("ingest", self.sealed("paper-lantern"))
        time.sleep(0.05)
        self.server.restart()
        self.assertIn(p.wait(), (0, 3))
        self.ok("kh-desk", "ingest", self.sealed("paper-lantern"))
        self.assertEqual(self.cases(), {LANTERN, CRANE})
        self.whole()

    def test_no_server(self):
        self.write("homes/kh-desk/config.toml", 'store = "postgresql://valise@%2Fnowhere/valise"\n')
        for words in (("cases",), ("ingest", self.sealed("paper-crane")), ("find", "x1"), ("store", "check")):
            self.refused(3, "kh-desk", *words)


class Disk(StoreWorld):
    """What only a file system can do to the store in the home."""

    def small(self, size):
        folder = self.path("homes", "kh-desk", "store")
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", folder], capture_output=True)
        return folder

    def test_full_disk(self):
        for size in ("16k", "280k", "440k"):
            folder = self.small(size)
            r = self.run_valise("kh-desk", "ingest", self.sealed("paper-lantern"))
            if r.code != 0:
                self.assertEqual(r.code, 3, r.err)
                self.assertIn("hint: ", r.err)
                left = [n for _, _, names in os.walk(folder) for n in names]
                self.assertFalse([n for n in left if ".valise" in n or ".ingested" in n], (size, left))
                subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
                self.assertEqual(self.ok("kh-desk", "cases", "--json").json, [], size)
            self.ok("kh-desk", "ingest", self.sealed("paper-lantern"))
            self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])
            subprocess.run(["umount", folder], check=True)

    def test_read_only_home(self):
        self.ingest("paper-crane")
        home = self.path("homes", "kh-desk")
        before = self.snapshot("homes/kh-desk")
        subprocess.run(["mount", "--bind", home, home], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", home], capture_output=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", home], check=True)
        self.refused(3, "kh-desk", "ingest", self.sealed("paper-lantern"))
        self.refused(3, "kh-desk", "find", "x1")
        subprocess.run(["umount", home], check=True)
        after = self.snapshot("homes/kh-desk")
        self.assertEqual(before.keys(), after.keys())
        for name in before:
            self.assertEqual(before[name][2], after[name][2], name)

    def test_damaged_and_lost_index(self):
        self.ingest("paper-lantern", "paper-crane")
        self.ok("kh-desk", "find", "x1", "--reason", "kept")
        index = self.path("homes", "kh-desk", "store", "index.sqlite")
        with open(index, "r+b") as f:
            f.write(b"no database")
        for words in (("find", "x1"), ("cases",), ("store", "check"), ("ingest", self.sealed("paper-crane"))):
            self.assertIn("store rebuild", self.refused(20, "kh-desk", *words).err)
        self.ok("kh-desk", "store", "rebuild")
        os.remove(index)
        self.ok("kh-desk", "store", "rebuild")
        self.assertEqual(len(self.ok("kh-desk", "cases", "--json").json), 2)
        self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])
        events = self.ok("kh-desk", "custody", "show", "EX-03", "--json").out.decode()
        self.assertEqual(events.count('"ingested"'), 1)

    def test_newer_database(self):
        self.ingest("paper-crane")
        with sqlite3.connect(self.path("homes", "kh-desk", "store", "index.sqlite")) as db:
            db.execute("update schema_version set version = 99")
        self.refused(12, "kh-desk", "cases")

    def test_purge_killed(self):
        lantern, rng = self.sealed("paper-lantern"), random.Random(3)
        for i in range(16 if SLOW else 4):
            for name in ("store", "custody"):
                subprocess.run(["rm", "-rf", self.path("homes", "kh-desk", name)])
            self.ok("kh-desk", "ingest", lantern)
            p = subprocess.Popen(["faketime", "2032-01-01", world.VALISE, "--home", self.path("homes", "kh-desk"), "store", "purge"],
                                 cwd=self.dir, env=self.FAKE_TIME, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(0.15 * rng.random())
            os.killpg(p.pid, signal.SIGKILL)
            p.wait()
            self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])
            state = self.ok("kh-desk", "show", LANTERN, "--json").json["bundles"][0]["state"]
            objects = [n for n in self.store_files() if n.endswith(".valise")]
            self.assertEqual(state == "kept", bool(objects))
            self.at("2032-01-02", "store", "purge")
            for name, data in self.store_files().items():
                self.assertFalse(b"SOMCHAI" in data, name)


if __name__ == "__main__":
    main()
