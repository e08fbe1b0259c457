"""find and links, as an analyst uses them."""
from storeworld import CRANE, LANTERN, StoreWorld
from world import main


class Find(StoreWorld):
    def setUp(self):
        super().setUp()
        self.ingest("paper-lantern", "paper-crane")

    def find(self, *words):
        return self.ok("kh-desk", "find", *words, "--json").json

    def test_fields_and_provenance(self):
        hits = self.find("00-101000-000001-6")
        self.assertEqual([list(h)[:6] for h in hits], [["type", "value", "case", "exhibit", "person", "bundle"]] * 3)
        self.assertEqual([(h["case"], h["exhibit"], h["role"]) for h in hits],
                         [(CRANE, "EX-01", ""), (LANTERN, "EX-01", "suspect"), (LANTERN, "EX-06", "suspect")])
        self.assertEqual({h["tlp"] for h in hits}, {"AMBER", "AMBER+STRICT"})
        text = self.ok("kh-desk", "find", "001010000000016").out.decode()
        for part in (CRANE, LANTERN, "identifiers.csv, line 2", "P-0001 (suspect)", "AMBER+STRICT H1"):
            self.assertIn(part, text)

    def test_any_script_and_spelling(self):
        for text, what in (("๐๐๑๐๑๐๐๐๐๐๐๐๐๑๖", "imei"), ("建国", "name"), ("somchai", "name"), ("ตัวอย่าง", "name"),
                           ("4111-1111 1111 1111", "pan"), ("gb29 nwbk 6016 1331 9268 19", "iban"), ("TEST@example.com", "email")):
            self.assertEqual(self.find(text)[0]["type"], what, text)
        self.assertNotIn("4111111111111111", self.ok("kh-desk", "find", "4111111111111111").out.decode())
        self.assertEqual(self.find("202 555 0101", "--country", "US")[0]["value"], "+12025550101")
        self.assertEqual(self.find("nobody at all"), [])
        self.assertIn("nothing found", self.ok("kh-desk", "find", "nobody at all").out.decode())
        self.refused(2, "kh-desk", "find", " ")

    def test_links_share_and_judge_nobody(self):
        links = self.ok("kh-desk", "links", CRANE, "--json").json
        self.assertEqual({l["statement"] for l in links}, {"shared identifier, not a finding"})
        shared = [{(h["type"], h["case"]) for h in l["found"]} for l in links]
        self.assertIn({("imei", CRANE), ("imei", LANTERN)}, shared)
        self.assertIn({("eth", CRANE), ("eth", LANTERN), ("tron", LANTERN)}, shared)
        text = self.ok("kh-desk", "links", CRANE).out.decode()
        self.assertIn("shared identifier, not a finding", text)
        self.assertNotIn("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", text)
        self.assertNotIn("score", text)
        for word in ("score", "rank", "weight"):
            self.assertNotIn(word, str(links))

    def test_who_searched_is_logged_and_the_text_is_not(self):
        self.ok("kh-desk", "find", "+1 202 555 0101", "--for", CRANE, "--reason", "who called")
        self.ok("kh-desk", "show", LANTERN)
        log = self.ok("kh-desk", "store", "searches", "--json").json
        self.assertEqual([(s["command"], s["for"], s["reason"]) for s in log], [("find", CRANE, "who called"), ("show", "", "")])
        self.assertTrue(log[0]["who"].startswith("kh-example-police/evidence-desk ("))
        self.assertEqual(log[0]["hits"], 2)
        self.refused(2, "kh-desk", "find", "x1", "--reveal")
        self.ok("kh-desk", "find", "x1", "--reveal", "--reason", "return of a victim")
        self.assertEqual(self.ok("kh-desk", "store", "searches", "--json").json[-1]["command"], "find --reveal")

    def test_strict_asks_for_the_purpose(self):
        self.configure("kh-desk", 'policy = "strict"\n')
        for words in (("find", "x1"), ("show", CRANE), ("links", CRANE)):
            self.refused(32, "kh-desk", *words)
        self.ok("kh-desk", "find", "x1", "--for", CRANE)
        self.ok("kh-desk", "links", CRANE, "--reason", "request 7")


class Victims(StoreWorld):
    def setUp(self):
        super().setUp()
        self.write("case/one.txt", "one")
        self.ok("cn-liaison", "case", "init", "case", "--title", "Test", "--reference", "XA-TEST-2026-000009",
                "--legal-basis", "untoc:18", "--purpose", "a purpose that is long enough")
        self.write("case/persons.csv", "id,role,name_native,name_latin,minor,audience\n"
                   "V-0001,victim,Nguyễn Thị Ví Dụ,NGUYEN THI VI DU,no,cn-example-mfa/consular-phnom-penh\n")
        self.ok("cn-liaison", "pack", "case", "--to", "cn-example-mfa/consular-phnom-penh", "-o", "v.valise")
        self.ok("cn-embassy", "ingest", "v.valise")

    def test_a_pseudonym_until_revealed_with_a_reason(self):
        r = self.ok("cn-embassy", "find", "nguyen thi")
        self.assertIn("V-0001 (victim)", r.out.decode())
        page = self.ok("cn-embassy", "show", "XA-TEST-2026-000009").out.decode()
        for text in (r.out.decode(), r.err, page):
            self.assertNotIn("Nguy", text)
            self.assertNotIn("NGUYEN", text)
            self.assertNotIn("suspect", text)
        shown = self.ok("cn-embassy", "find", "nguyen thi", "--reveal", "--reason", "travel papers").out.decode()
        self.assertIn("Nguyễn Thị Ví Dụ", shown)


class FindOnPostgresql(Find):
    database = "postgresql"


if __name__ == "__main__":
    main()
