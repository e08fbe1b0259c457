"""ingest, cases, show, store, correction: what a desk does with what it gets, on both databases."""
import atexit, hashlib, os, shutil, subprocess, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "transport"))
import world
from servers import PlainS3
from storeworld import CRANE, LANTERN, StoreWorld
from world import main, read


class Store(StoreWorld):
    def test_ingest_once_and_again(self):
        first = self.ok("kh-desk", "ingest", self.sealed("paper-lantern"), "--json").json
        self.assertEqual((first["case"], first["already"], first["readable"]), (LANTERN, False, 7))
        again = self.ok("kh-desk", "ingest", self.sealed("paper-lantern"), "--json").json
        self.assertTrue(again["already"])
        both = self.ok("kh-desk", "ingest", self.sealed("paper-lantern"), self.sealed("paper-crane"), "--json").json
        self.assertEqual([b["already"] for b in both], [True, False])
        self.assertEqual([c["case"] for c in self.ok("kh-desk", "cases", "--json").json], [CRANE, LANTERN])
        self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])
        events = self.ok("kh-desk", "custody", "show", "EX-03", "--json").out.decode()
        self.assertEqual(events.count('"ingested"'), 1)

    def test_of_several_the_bad_ones_are_named_and_the_good_ones_taken(self):
        bad = bytearray(read(self.sealed("paper-lantern")))
        bad[len(bad) // 2] ^= 1
        self.write("bad.valise", bytes(bad))
        r = self.run_valise("kh-desk", "ingest", "bad.valise", self.sealed("paper-crane"), "--json")
        self.assertEqual(r.code, 20)
        self.assertEqual([x["exit"] for x in r.json], [20, 0])
        self.refused(20, "kh-desk", "ingest", "bad.valise")
        self.refused(3, "kh-desk", "ingest", "nothing.valise")
        self.refused(40, "ae-desk", "ingest", self.sealed("paper-crane"))

    def test_a_key_without_the_custody_usage_may_not(self):
        self.refused(31, "approver", "ingest", self.sealed("paper-crane"))
        self.assertFalse(os.path.exists(self.path("homes", "approver", "store")))

    def test_never_used(self):
        self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["objects"], 0)
        self.assertEqual(self.ok("kh-desk", "cases", "--json").json, [])
        self.assertEqual(self.ok("kh-desk", "store", "purge", "--json").json, [])
        self.assertEqual(self.ok("kh-desk", "correction", "list", "--json").json, [])

    def test_show(self):
        self.ingest("paper-lantern")
        d = self.ok("kh-desk", "show", LANTERN, "--json").json
        self.assertEqual({p["id"]: p["role"] for p in d["persons"]},
                         {"P-0001": "suspect", "P-0002": "suspect", "W-0001": "injured_party"})
        self.assertEqual(len(d["exhibits"]), 7)
        self.assertEqual((d["losses"], d["custody_rows"]), (3, 8))
        page = self.ok("kh-desk", "show", LANTERN).out.decode()
        for part in ("สมชาย ตัวอย่าง", "TLP:AMBER+STRICT H1", "onward prohibited", "delete after 2031-05-31"):
            self.assertIn(part, page)
        self.refused(2, "kh-desk", "show", "XA-NONE-2026-000001")
        held = self.ok("kh-desk", "custody", "show", "EX-01", "--case", LANTERN, "--json").json
        self.assertEqual([e["event"] for e in held["told"]],
                         ["seized", "sealed", "transferred", "received", "unsealed", "extracted", "resealed", "correction"])
        self.assertEqual({(e["signer"], e["seal"]) for e in held["told"]}, {("cn-example-police/liaison", d["bundles"][0]["seal"])})
        self.assertEqual([e["event"] for e in held["events"]], ["ingested"])
        self.assertIn("as told by cn-example-police/liaison", self.ok("kh-desk", "custody", "show", "EX-01", "--case", LANTERN).out.decode())
        self.refused(2, "kh-desk", "show", LANTERN, "--agency", "xx-other")

    def test_retention_hold_and_purge(self):
        self.ingest("paper-lantern", "paper-crane")
        self.assertEqual(self.ok("kh-desk", "store", "purge", "--json").json, [])
        self.ok("kh-desk", "store", "hold", LANTERN, "--by", "Judge A", "--until", "2033-01-01", "--reason", "appeal")
        self.refused(2, "kh-desk", "store", "hold", LANTERN, "--by", "Judge A", "--until", "2001-01-01", "--reason", "x")
        dry = self.at("2032-01-01", "store", "purge", "--dry-run", "--json").json
        self.assertEqual({x["case"]: x["state"] for x in dry}, {LANTERN: "legal hold", CRANE: "would be purged"})
        self.assertEqual(len([n for n in self.store_files() if n.endswith(".valise")]), 2)
        done = self.at("2032-01-01", "store", "purge", "--json").json
        self.assertEqual({x["case"]: x["state"] for x in done}, {LANTERN: "legal hold", CRANE: "purged"})
        self.ok("kh-desk", "store", "release", LANTERN, "--by", "Judge A", "--reason", "decided")
        self.refused(2, "kh-desk", "store", "release", LANTERN, "--by", "Judge A", "--reason", "decided")
        self.assertEqual([x["state"] for x in self.at("2032-01-02", "store", "purge", "--json").json], ["purged"])
        # Nothing readable is left; what was there can still be told.
        kept = self.store_files()
        self.assertFalse([n for n in kept if n.endswith(".valise")])
        for text in ("Paper Lantern", "SOMCHAI", "somchai", "ตัวอย่าง", "12025550101", "chat.json", "AE879990000000000000001"):
            for name, data in kept.items():
                self.assertFalse(text.encode() in data, name)
            self.assert_not_in_database(text)
        self.refused(32, "kh-desk", "ingest", self.sealed("paper-lantern"))
        self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])
        self.assertEqual(len(self.ok("kh-desk", "cases", "--json").json), 2)
        self.assertIn("retention_expired", self.ok("kh-desk", "custody", "show", "EX-03", "--json").out.decode())

    def assert_not_in_database(self, text):
        pass  # in a file of the home, and looked at

    def test_correction_from_sender_to_recipient_and_back(self):
        self.ingest("paper-lantern")
        self.ok("cn-liaison", "correction", "new", self.sealed("paper-lantern"), "--action", "withdraw", "--exhibit", "EX-05",
                "--note", "the phone of another person", "-o", "note")
        self.assertNotIn("notices", self.ok("kh-desk", "correction", "list").out.decode())
        self.ok("kh-desk", "correction", "accept", "note", "-o", "answer")
        self.ok("kh-desk", "correction", "accept", "note")
        answer = self.ok("cn-liaison", "correction", "acknowledged", "answer", "--json").json
        self.assertEqual((answer["by"], answer["action"]), ("kh-example-police/evidence-desk", "withdraw"))
        self.assertEqual(len(self.ok("kh-desk", "correction", "list", "--json").json), 1)
        shown = "withdrawn: EX-05: the phone of another person"
        self.assertIn(shown, self.ok("kh-desk", "show", LANTERN).out.decode())
        self.assertIn(shown, self.ok("kh-desk", "find", "+12025550101").out.decode())
        self.assertIn("1 corrections", self.ok("kh-desk", "cases").out.decode())
        # Only the sealer's agency may; only for what is here; not changed on the way.
        self.refused(31, "kh-desk", "correction", "new", self.sealed("paper-lantern"), "--action", "withdraw", "--note", "x", "-o", "no")
        self.write("changed", read(self.path("note")).replace(b"another person", b"somebody else "))
        self.assertIn(self.run_valise("kh-desk", "correction", "accept", "changed").code, (10, 30))
        self.refused(2, "th-desk", "correction", "accept", "note")
        self.ok("kh-desk", "store", "rebuild")
        self.assertIn(shown, self.ok("kh-desk", "find", "+12025550101").out.decode())


class StoreOnPostgresql(Store):
    database = "postgresql"

    def assert_not_in_database(self, text):
        folder = os.path.join(self.server.folder, "data", "base")
        schema = f"t{self.server.count}"
        for table in self.server.sql("select tablename from pg_tables where schemaname = current_schema()", schema).split():
            path = self.server.sql(f"select pg_relation_filepath('{schema}.{table}')", schema).strip()
            self.assertFalse(text.encode() in read(os.path.join(self.server.folder, "data", path)), table)

    def test_a_password_never_stands_in_the_address(self):
        self.write("homes/th-desk/config.toml", 'store = "postgresql://analyst:hunter2@db/valise"\n')
        r = self.refused(2, "th-desk", "cases")
        self.assertNotIn("hunter2", r.err + r.out.decode())

    def test_two_desks_share_a_database_and_the_objects(self):
        import shutil
        shutil.copytree(self.path("homes", "kh-desk"), self.path("homes", "second"))
        for home in ("kh-desk", "second"):
            self.configure(home, f'objects = "{self.path("shared")}"\n')
        self.ingest("paper-lantern")
        self.ingest("paper-crane", home="second")
        self.assertEqual(len(self.ok("kh-desk", "cases", "--json").json), 2)
        self.assertEqual(self.ok("second", "store", "check", "--json").json["objects"], 2)


class AgelessS3(PlainS3):
    """Without TLS and whatever the date of a request: purges are tested in 2032. Signatures are tested in tests/transport."""
    any_signature = ["any"]


class StoreInBucket(Store):
    """The objects in an S3 bucket, the index in the home."""
    bucket = None

    def setUp(self):
        super().setUp()
        cls = StoreInBucket
        if not cls.bucket:
            cls.bucket, cls.boxes = AgelessS3(), 0
            atexit.register(cls.bucket.close)
        cls.boxes += 1
        self.box = f"store{cls.boxes}"
        self.add("kh-desk")

    def add(self, home):
        self.ok(home, "remote", "add", "bucket", *self.bucket.words(None, self.box))
        self.configure(home, 'objects = "remote:bucket"\n')

    def store_files(self, home="kh-desk"):
        found = super().store_files(home)
        self.assertFalse([name for name in found if name.endswith(".valise")])
        return found | {name: read(path) for name, path in self.bucket.listing(self.box).items()}

    def test_what_lies_in_the_bucket(self):
        self.ingest("paper-lantern")
        sealed = read(self.sealed("paper-lantern"))
        files = self.store_files()
        [name] = [n for n in files if n.endswith(".valise")]
        parts = sorted(n for n in files if n.startswith(name + "."))
        self.assertEqual(b"".join(files[n] for n in parts), sealed)
        self.assertIn(hashlib.sha256(sealed).hexdigest(), files[name].decode())
        # A changed part is found and named; the object is put back by hand, or left out of the index.
        path = self.bucket.listing(self.box)[parts[0]]
        with open(path, "r+b") as f:
            f.seek(1000)
            f.write(b"xxxx")
        r = self.run_valise("kh-desk", "store", "check", "--json")
        self.assertEqual(r.code, 20)
        self.assertTrue([fault for fault in r.json["faults"] if name[:64] in fault], r.json)
        with open(path, "wb") as f:
            f.write(sealed)
        self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])

    def test_killed_while_it_is_put(self):
        """What a killed ingest left is removed, parts and all, by the next. The server ends what it has begun first:
        else a last part may come in after the next command has looked."""
        lantern = self.sealed("paper-lantern")
        for delay in (0.03, 0.06, 0.1, 0.15):
            p = subprocess.Popen([world.VALISE, "--home", self.path("homes", "kh-desk"), "ingest", lantern], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            p.kill()
            p.wait()
            self.bucket.restart()
            there = bool(self.ok("kh-desk", "cases", "--json").json)
            self.assertEqual(bool(self.bucket.listing(self.box)), there)
        self.ok("kh-desk", "ingest", lantern)
        self.assertEqual(self.ok("kh-desk", "store", "check", "--json").json["faults"], [])

    def test_no_bucket(self):
        shutil.copytree(os.path.join(world.ROOT, "keys-example", "kh-desk"), self.path("homes", "second"))
        self.configure("second", 'objects = "remote:nowhere"\n')
        self.refused(2, "second", "ingest", self.sealed("paper-crane"))
        self.ok("second", "remote", "add", "nowhere", "dir:" + self.dir)
        self.assertIn("no S3 bucket", self.refused(2, "second", "ingest", self.sealed("paper-crane")).err)


if __name__ == "__main__":
    main()
