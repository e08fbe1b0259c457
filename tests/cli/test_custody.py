"""custody: from a seizure to an export for a court; faults: crashes, two at once, a full disk, read-only."""
import os, shutil, signal, subprocess, sys, time

from world import KH, ROOT, TH, VALISE, World, main, read

sys.path.insert(0, os.path.join(ROOT, "tests/reader"))
import custody_check

REFERENCE = "XA-TEST-2026-000001"
SEIZED = ("--event", "seized", "--at", "2026-05-21T09:14:00+07:00", "--by", "Sgt. ឧទាហរណ៍ ទី១", "--agency", "kh-example-police",
          "--place", "Site KH-EX-01", "--field", "authority=Example warrant 12/2026", "--case", REFERENCE)


class Custody(World):
    def log(self, *parts):
        return self.path("homes/cn-liaison/custody", *parts)

    def seize(self, exhibit="EX-01"):
        self.ok("cn-liaison", "custody", "add", exhibit, *SEIZED)

    def add(self, exhibit, event, *words, **fields):
        return self.ok("cn-liaison", "--json", "custody", "add", exhibit, "--event", event, *words,
                       *(w for k, v in fields.items() for w in ("--field", f"{k.rstrip('_')}={v}"))).json

    def check(self, code=0, *words):
        r = self.run_valise("cn-liaison", "--json", "custody", "check", *words)
        self.assertEqual(r.code, code, r.out.decode() + r.err)
        return r.json

    def root(self):
        return custody_check.root_of(read(self.path("homes/cn-liaison/trust/cn-example-police.card")))


class Commands(Custody):
    def test_the_sample_case_from_seizure_to_court(self):
        shutil.copytree(os.path.join(ROOT, "tests/data/paper-lantern"), self.path("case"))
        self.assertEqual(self.ok("cn-liaison", "--json", "custody", "import", "case").json["recorded"], 8)
        again = self.ok("cn-liaison", "--json", "custody", "import", "case").json
        self.assertEqual((again["recorded"], again["already"]), (0, 8))
        self.ok("cn-liaison", "pack", "case", "--to", KH, "--to", TH, "-o", "x.valise")
        show = self.ok("cn-liaison", "--json", "custody", "show", "EX-01").json
        self.assertEqual([e["event"] for e in show["events"]],
                         ["seized", "sealed", "transferred", "received", "unsealed", "extracted", "resealed", "correction", "packed"])
        self.assertEqual((show["holder"], show["findings"], show["events"][-1]["seal"]), ("Examiner A", [], "S-101"))
        self.assertEqual((show["events"][0]["at"], show["events"][0]["at_utc"]), ("2026-05-21T09:14:00+07:00", "2026-05-21T02:14:00Z"))
        self.assertEqual([e["holder"] for e in show["events"]][2:4], ["Sgt. ឧទាហរណ៍ ទី១", "Examiner A"])
        text = self.ok("cn-liaison", "custody", "show", "EX-01").out.decode()
        for word in ("Sgt. ឧទាហរណ៍ ទី១", "2026-05-21T02:14:00Z", "S-101", "held by    Examiner A", "cn-example-police/liaison"):
            self.assertIn(word, text)
        derived = self.ok("cn-liaison", "--json", "custody", "show", "EX-01-D1").json
        self.assertEqual([e["event"] for e in derived["events"]], ["extracted", "packed"])
        self.assertEqual(self.check()["events"], 9)
        self.ok("cn-liaison", "custody", "export", "EX-01", "-o", "court")
        self.assertEqual(custody_check.check_export(self.path("court"), self.root()), 9)
        self.ok("cn-liaison", "custody", "check", "court")
        self.assertEqual(self.run_valise("outsider", "custody", "check", "court").code, 0)  # it trusts all
        self.assertEqual(self.run_valise("nobody", "custody", "check", "court").code, 31)

    def test_an_export_that_was_changed(self):
        self.seize()
        self.add("EX-01", "photographed", ref="P-1")
        self.add("EX-01", "stored", location="Store 1")
        self.ok("cn-liaison", "custody", "export", "-o", "court")
        self.assertEqual(custody_check.check_export(self.path("court"), self.root()), 3)
        self.refused(3, "cn-liaison", "custody", "export", "EX-01", "-o", "court")
        for name in sorted(os.listdir(self.path("court/events"))) + ["../checkpoint"]:
            file = self.path("court/events", name)
            whole = read(file)
            for at in range(7, len(whole), 131):
                changed = bytearray(whole)
                changed[at] ^= 1
                with open(file, "wb") as out:
                    out.write(changed)
                self.assertNotEqual(self.run_valise("cn-liaison", "custody", "check", "court").code, 0, f"{name} {at}")
            with open(file, "wb") as out:
                out.write(whole)
        for missing in ("000000000", "000000001"):  # the beginning, the middle
            shutil.copytree(self.path("court"), self.path("less"))
            for ending in (".event", ".tlog-proof"):
                os.remove(self.path("less/events", missing + ending))
            self.assertEqual(self.run_valise("cn-liaison", "custody", "check", "less").code, 20)
            with self.assertRaises(custody_check.Bad):
                custody_check.check_export(self.path("less"), self.root())
            shutil.rmtree(self.path("less"))

    def test_many_exhibits_in_one_event_and_one_of_them_for_the_court(self):
        self.make_case({f"f{i:04}.txt": b"x" for i in range(300)})
        self.pack(KH)
        self.assertEqual(self.check()["events"], 1)
        exhibit = self.ok("cn-liaison", "--json", "custody", "show").json[76]["exhibit"]
        self.ok("cn-liaison", "custody", "export", exhibit, "-o", "court")
        self.assertEqual(custody_check.check_export(self.path("court"), self.root()), 1)
        everything = b"".join(read(self.path("court/events", n)) for n in os.listdir(self.path("court/events")))
        self.assertEqual(everything.count(b"\nexhibit "), 1)  # the others are not shown
        self.ok("cn-liaison", "custody", "check", "court")

    def test_refusals_are_clear(self):
        self.refused(2, "cn-liaison", "custody", "add", "EX-01", *SEIZED[:-2])
        self.refused(32, "cn-liaison", "custody", "add", "EX-01", "--event", "seized", "--case", REFERENCE)
        self.refused(2, "cn-liaison", "custody", "add", "EX-01", *SEIZED, "--field", "nothing")
        self.refused(31, "approver", "custody", "add", "EX-01", *SEIZED)
        self.seize()
        r = self.refused(32, "cn-liaison", "custody", "add", "EX-01", *SEIZED)
        self.assertIn("begun already", r.err)
        self.assertIn("held by Sgt.", self.refused(
            32, "cn-liaison", "custody", "add", "EX-01", "--event", "transferred", "--field", "from=X", "--field", "to=Y",
            "--field", "courier=Z", "--field", "method=car").err)
        self.refused(32, "cn-liaison", "custody", "add", "EX-01", "--event", "packed", "--field", "seal=" + "a" * 64, "--field", "recipients=x")
        self.refused(2, "cn-liaison", "custody", "show", "EX-09")
        self.ok("cn-liaison", "custody", "add", "EX-01", *SEIZED[:-1], "XA-TEST-2026-000002")
        r = self.refused(2, "cn-liaison", "custody", "show", "EX-01")
        self.assertIn("XA-TEST-2026-000001", r.err)
        self.assertIn("XA-TEST-2026-000002", r.err)
        self.ok("cn-liaison", "custody", "show", "EX-01", "--case", "XA-TEST-2026-000002")
        self.assertEqual(self.check()["events"], 2)

    def test_gaps_show_and_an_anomaly_explains_them(self):
        self.seize()
        gap = self.add("EX-01", "received", "--by", "B", from_="somebody", seal_no="S-1", intact="yes")
        r = self.check(32)
        self.assertEqual([f["rule"] for f in r["findings"]], ["gap"])
        self.refused(32, "cn-liaison", "custody", "check")
        self.add("EX-01", "anomaly", what="hand-over paper lost", about=gap["id"][:12])
        self.assertEqual([f["explained"] for f in self.check()["findings"]], [True])

    def test_types_and_usages_are_tables(self):
        types = self.ok(None, "--json", "custody", "types").json
        self.assertEqual(len(types["events"]), 30)
        self.assertTrue(all(t["required"] and t["source"] for t in types["events"]))
        self.assertIn("examined", self.ok(None, "custody", "types").out.decode())
        self.assertEqual({u["usage"] for u in self.ok(None, "--json", "key", "usages").json}, {"seal", "open", "approve", "custody", "grant"})

    def test_a_key_without_custody_packs_with_a_clear_line(self):
        for name in ("cn-example-police.key", "cn-example-police.card"):
            self.assertTrue(os.path.exists(self.path("homes/roots/roots", name)))
        self.ok("cn-liaison", "key", "request", "cn-example-police/liaison", "-o", "request")
        self.ok("roots", "agency", "endorse", "request", "--usage", "seal,open", "--until", "2099-12-31", "-o", "seal-only")
        self.ok("cn-liaison", "key", "install", "seal-only")
        self.make_case()
        self.assertIn("not recorded in the custody log", self.pack(KH).err)
        self.assertFalse(os.path.exists(self.log()))
        self.assertEqual(len(self.ok("cn-liaison", "--json", "outbox").json), 1)
        self.refused(31, "cn-liaison", "custody", "add", "EX-01", *SEIZED)

    def test_several_share_a_log_and_partners_keep_checkpoints(self):
        shutil.copytree(self.path("homes/cn-liaison"), self.path("homes/second"))
        for home in ("cn-liaison", "second"):
            self.write(f"homes/{home}/config.toml", f'custody = "{self.path("shared")}"\n')
        self.seize()
        self.ok("cn-liaison", "custody", "checkpoint", "-o", "kept")
        self.ok("second", "custody", "add", "EX-02", *SEIZED)
        self.assertEqual(self.check(0, "--checkpoint", "kept")["events"], 2)
        shutil.copytree(self.path("shared"), self.path("fork"))
        self.ok("second", "custody", "checkpoint", "-o", "later")
        shutil.rmtree(self.path("shared"))
        self.seize("EX-03")
        r = self.check(20, "--checkpoint", "later")
        self.assertIn("cut off or rolled back", r["problems"][0]["message"])
        self.seize("EX-04")
        self.assertIn("fork", self.check(20, "--checkpoint", "later")["problems"][0]["message"])


class Faults(Custody):
    def adding(self, exhibit, home="cn-liaison"):
        return [VALISE, "--home", self.path("homes", home), "-q", "custody", "add", exhibit, *SEIZED]

    def test_killed_at_many_moments_nothing_acknowledged_is_lost(self):
        self.seize("EX-START")
        acknowledged, killed = {"EX-START"}, 0
        start = time.monotonic()
        subprocess.run(self.adding("EX-TIMED"), check=True, capture_output=True)
        acknowledged.add("EX-TIMED")
        whole = time.monotonic() - start
        rounds = 400 if os.environ.get("TEST_SLOW") else 50
        for i in range(rounds):
            p = subprocess.Popen(self.adding(f"EX-{i:03}"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(whole * i / rounds)
            p.send_signal(signal.SIGKILL)
            if p.wait() == 0:
                acknowledged.add(f"EX-{i:03}")
            else:
                killed += 1
            if i % 20 == 0:
                self.assertEqual(self.check()["problems"], [])
        self.assertGreater(killed, rounds // 3)
        self.assertEqual(self.check()["problems"], [])
        known = {x["exhibit"] for x in self.ok("cn-liaison", "--json", "custody", "show").json}
        self.assertLessEqual(acknowledged, known)
        self.seize("EX-END")
        self.assertEqual(self.check()["events"], len(known) + 1)
        self.assertEqual([n for n in os.listdir(self.log()) if n.startswith(".")], [])

    def test_packing_killed_leaves_no_bundle_without_its_event(self):
        self.make_case({"one.bin": os.urandom(3 << 20)})
        start = time.monotonic()
        self.pack(out="first.valise")
        whole = time.monotonic() - start
        rounds = 100 if os.environ.get("TEST_SLOW") else 14
        for i in range(rounds):
            p = subprocess.Popen([VALISE, "--home", self.path("homes/cn-liaison"), "-q", "pack", "case", "--to", KH, "-o", f"{i}.valise"],
                                 cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(whole * (0.5 + 0.6 * i / rounds))
            p.kill()
            p.wait()
        self.assertEqual(self.check()["problems"], [])
        recorded = {e["fields"]["seal"] for e in self.ok("cn-liaison", "--json", "custody", "show", "EX-01").json["events"]}
        listed = {e["seal"] for e in self.ok("cn-liaison", "--json", "outbox").json}
        there = [n for n in os.listdir(self.dir) if n.endswith(".valise")]
        for name in there:
            seal = self.ok("kh-desk", "--json", "verify", name).json["seal"]
            self.assertIn(seal, recorded)
            self.assertIn(seal, listed)

    def test_two_at_once(self):
        self.seize("EX-START")
        running = [subprocess.Popen(["bash", "-c", 'for i in 1 2 3 4 5 6; do "$@" || exit 1; done'.replace('"$@"', " ".join(
            f"'{w}'" for w in self.adding(f"EX-{who}-$i")).replace(f"'EX-{who}-$i'", f"EX-{who}-$i"))], stderr=subprocess.PIPE) for who in "ABC"]
        for p in running:
            self.assertEqual(p.wait(), 0, p.stderr.read())
            p.stderr.close()
        r = self.check()
        self.assertEqual((r["events"], r["problems"]), (19, []))

    def test_a_full_disk(self):
        os.mkdir(self.path("small"))
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120k", "tmpfs", self.path("small")]).returncode:
            self.skipTest("no tmpfs can be mounted")
        try:
            self.write("homes/cn-liaison/config.toml", f'custody = "{self.path("small/log")}"\n')
            added = 0
            for i in range(400):
                r = self.run_valise("cn-liaison", "-q", "custody", "add", f"EX-{i:03}", *SEIZED)
                if r.code:
                    break
                added += 1
            self.assertEqual(r.code, 3, r.err)
            self.assertGreater(added, 5)
            r = self.run_valise("cn-liaison", "--json", "custody", "check")
            self.assertEqual((r.json["events"], r.json["problems"]), (added, []))
            with open(self.path("small/filler"), "wb", buffering=0) as out:
                with self.assertRaises(OSError):
                    while out.write(b"x" * 4096):
                        pass
            self.make_case()
            r = self.run_valise("cn-liaison", "pack", "case", "--to", KH, "-o", "x.valise")
            self.assertEqual(r.code, 3, r.err)
            self.assertFalse(os.path.exists(self.path("x.valise")))
            subprocess.run(["mount", "-o", "remount,size=4m", self.path("small")], check=True)
            self.ok("cn-liaison", "custody", "add", "EX-900", *SEIZED)
            self.assertEqual(self.check()["events"], added + 1)
        finally:
            subprocess.run(["umount", self.path("small")], check=True)

    def test_a_read_only_home(self):
        self.make_case()
        self.seize()
        self.ok("cn-liaison", "custody", "export", "EX-01", "-o", "court")
        home = self.path("homes/cn-liaison")
        if subprocess.run(["mount", "--bind", "-o", "ro", home, home]).returncode:
            self.skipTest("nothing can be mounted")
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", home], check=True)
            self.assertEqual(len(self.ok("cn-liaison", "--json", "custody", "show", "EX-01").json["events"]), 1)
            self.assertEqual(self.check()["events"], 1)
            self.ok("cn-liaison", "custody", "export", "EX-01", "-o", "again")
            self.refused(3, "cn-liaison", "custody", "add", "EX-02", *SEIZED)
            self.refused(3, "cn-liaison", "pack", "case", "--to", KH, "-o", "x.valise")
            self.assertFalse(os.path.exists(self.path("x.valise")))
        finally:
            subprocess.run(["umount", home], check=True)


if __name__ == "__main__":
    main()
