"""receipt, outbox: the sender learns what became of a bundle, and can prove it."""
import json, os, sys

from world import KH, ROOT, TH, World, main, read

sys.path.insert(0, os.path.join(ROOT, "tests/reader"))
import custody_check


class Receipts(World):
    def setUp(self):
        super().setUp()
        self.make_case()
        self.pack(KH, TH)

    def states(self):
        return {d["to"]: d["state"] for d in self.ok("cn-liaison", "--json", "outbox").json[0]["deliveries"]}

    def root(self, agency):
        return custody_check.root_of(read(self.path("homes/cn-liaison/trust", agency + ".card")))

    def test_there_and_back(self):
        self.assertEqual(self.states(), {KH: "packed", TH: "packed"})
        made = self.ok("kh-desk", "--json", "receipt", "case.valise", "-o", "kh.receipt").json
        self.assertEqual((made["state"], made["verdict"], made["exit"], made["checked"], made["receiver"]), ("received", "valid", 0, "contents", KH))
        fields = custody_check.check_receipt(read(self.path("kh.receipt")), self.root("kh-example-police"))
        verdict = self.ok("kh-desk", "--json", "verify", "case.valise").json
        self.assertEqual(custody_check.b64(fields["seal"]).hex(), verdict["seal"])
        self.assertEqual(fields["bundle"], verdict["bundle"])
        # The receiver's log says the same, at the place that the receipt names.
        show = self.ok("kh-desk", "--json", "custody", "show", "EX-01").json
        self.assertEqual([(e["event"], e["index"], e["fields"]["seal"]) for e in show["events"]], [("bundle_received", made["event"], verdict["seal"])])
        self.assertEqual(show["holder"], "evidence-desk")
        self.assertEqual(made["log"], show["checkpoint"])
        self.ok("cn-liaison", "receipt", "accept", "kh.receipt")
        self.assertEqual(self.states(), {KH: "delivered", TH: "packed"})
        self.assertTrue(self.ok("cn-liaison", "--json", "receipt", "accept", "kh.receipt").json["already"])
        self.ok("kh-desk", "receipt", "case.valise", "-o", "again.receipt")  # records nothing twice
        self.assertEqual(self.ok("kh-desk", "--json", "custody", "check").json["events"], 1)
        self.assertIn("delivered", self.ok("cn-liaison", "outbox").out.decode())

    def refusal(self, data, code, home="kh-desk"):
        self.write("bad.valise", data)
        if os.path.exists(self.path("bad.receipt")):
            os.remove(self.path("bad.receipt"))
        r = self.refused(code, home, "--json", "receipt", "bad.valise", "-o", "bad.receipt").json
        self.assertEqual((r["state"], r["exit"]), ("refused", code))
        return r

    def test_what_does_not_verify_gets_a_signed_refusal(self):
        whole = read(self.path("case.valise"))
        changed = bytearray(whole)
        changed[len(whole) // 2] ^= 1
        r = self.refusal(bytes(changed), 20)
        self.assertEqual(r["verdict"], "integrity")
        self.assertIsNone(r["event"])
        self.assertFalse(os.path.exists(self.path("homes/kh-desk/custody")))  # nothing was received
        a = self.ok("cn-liaison", "--json", "receipt", "accept", "bad.receipt").json
        self.assertTrue(a["reason"])
        self.assertEqual(self.states()[KH], "refused")
        self.assertIn("integrity", self.ok("cn-liaison", "outbox").out.decode())
        self.ok("kh-desk", "receipt", "case.valise", "-o", "good.receipt")
        self.assertIn("do not agree", self.ok("cn-liaison", "receipt", "accept", "good.receipt").err)
        self.assertEqual(self.states()[KH], "delivered")

    def test_a_refusal_of_something_without_a_seal(self):
        r = self.refusal(b"no bundle at all", 10)
        self.assertIsNone(r["seal"])
        self.assertEqual(len(r["file_sha256"]), 64)
        self.refused(32, "cn-liaison", "receipt", "accept", "bad.receipt")
        seal = self.ok("cn-liaison", "--json", "outbox").json[0]["seal"]
        self.ok("cn-liaison", "receipt", "accept", "bad.receipt", "--seal", seal)
        self.assertEqual(self.states()[KH], "refused")

    def test_who_was_not_addressed(self):
        r = self.refused(40, "ae-desk", "--json", "receipt", "case.valise", "-o", "ae.receipt").json
        self.assertEqual(r["state"], "refused")
        self.refused(32, "cn-liaison", "receipt", "accept", "ae.receipt")
        self.refused(31, "approver", "receipt", "case.valise", "-o", "x.receipt")
        self.assertFalse(os.path.exists(self.path("x.receipt")))

    def test_what_is_no_good_receipt(self):
        self.ok("kh-desk", "receipt", "case.valise", "-o", "r")
        whole = read(self.path("r"))
        self.write("forged", whole.replace(b"state received", b"state ingested"))
        self.refused(30, "cn-liaison", "receipt", "accept", "forged")
        self.write("cut", whole[:300])
        self.refused(10, "cn-liaison", "receipt", "accept", "cut")
        self.refused(2, "cn-liaison", "receipt")
        self.refused(3, "kh-desk", "receipt", "case.valise", "-o", "r")  # never replaces
        self.refused(32, "th-desk", "receipt", "accept", "r")  # packed elsewhere
        os.remove(self.path("homes/cn-liaison/trust/kh-example-police.card"))
        self.refused(31, "cn-liaison", "receipt", "accept", "r")
        self.assertEqual(self.states(), {KH: "packed", TH: "packed"})

    def test_the_outbox_holds_nothing_of_the_case(self):
        for folder, _, files in os.walk(self.path("homes/cn-liaison/outbox")):
            for name in files:
                text = read(os.path.join(folder, name)).decode()
                self.assertNotIn("alpha", text)
                self.assertNotIn("one", text.split("file ")[0])

    def test_a_pipe_is_recorded_too(self):
        with open(self.path("piped.valise"), "wb") as out:
            import subprocess
            from world import VALISE
            subprocess.run([VALISE, "--home", self.path("homes/cn-liaison"), "pack", "case", "--to", KH, "-o", "-"], cwd=self.dir, stdout=out,
                           stderr=subprocess.DEVNULL, check=True)
        seal = self.ok("kh-desk", "--json", "verify", "piped.valise").json["seal"]
        self.assertIn(seal, [e["seal"] for e in self.ok("cn-liaison", "--json", "outbox").json])
        self.assertIn(seal, [e["fields"]["seal"] for e in self.ok("cn-liaison", "--json", "custody", "show", "EX-01").json["events"]])


if __name__ == "__main__":
    main()
