"""valise repat board, stats, HTCDS sheets: pictures and numbers of people, and no name where none belongs."""
import csv, io, json, os, re, stat, unittest
import xml.etree.ElementTree as ElementTree

import world
from repat_world import NAMES, PROTECTION, RepatWorld, person, sheet

HOSTILE = "<script>alert('x')</script>\u202e\"&"
SECRETS = [n for pair in NAMES for n in pair] + ["alert('x')"]
REASON = ["--reveal", "--reason", "officer on duty"]


class Pages(RepatWorld):
    def setUp(self):
        super().setUp()
        self.people([person(i, sex=["female", "male", "male"][i % 3]) for i in range(40)] +
                    [person(40, minor="yes", born="be:2553-01", site="KH-EX-01", host="KH", id="V-0001"),
                     person(41, minor="", name_native=HOSTILE, name_latin=HOSTILE, id="V-0002", born="ah:1410")], "--batch", "crossing-1")

    def page(self, *words):
        return self.repat(*words).out.decode()

    def check_page(self, page):
        """Well-formed, alone, without a script; returns its tree."""
        self.assertTrue(page.startswith("<!DOCTYPE html>\n"))
        tree = ElementTree.fromstring(page.split("\n", 1)[1])
        for e in tree.iter():
            name = e.tag.split("}")[1]
            self.assertNotIn(name, ("script", "link", "img", "iframe", "object", "a", "base", "form"))
            for attribute, value in e.attrib.items():
                self.assertFalse(attribute.startswith("on"), attribute)
                self.assertNotIn("://", value)
                self.assertNotIn(attribute, ("href", "src", "style"))
        style = next(e for e in tree.iter() if e.tag.endswith("}style")).text
        self.assertIsNone(re.search(r"url\(|@import|//", style))
        for control in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f":
            self.assertNotIn(control, page)
        return tree

    def assertNoName(self, text):
        for secret in SECRETS:
            self.assertNotIn(secret, text)
        self.assertNotIn("script>", text.replace("&lt;", "<"))

    def test_board_page(self):
        page = self.page("board", "--html", "-")
        tree = self.check_page(page)
        self.assertNoName(page)
        cards = [e for e in tree.iter() if e.tag.endswith("}article")]
        self.assertEqual(len(cards), 42)
        self.assertEqual(sum("of-minor" in c.get("class") for c in cards), 2)
        self.assertIn("V-0001", page)
        self.assertIn("TH-EX-01", page)
        few = self.page("board", "--html", "-", "--first", "5")
        self.assertEqual(few.count("<article"), 5)
        self.assertIn("+ 37 more", few)

    def test_names_only_with_a_reason_and_it_is_written_down(self):
        self.no("board", "--html", "-", "--reveal")
        page = self.page("board", "--html", "-", *REASON)
        self.check_page(page)
        for native, latin in NAMES:
            self.assertIn('<bdi dir="auto">' + native, page)
        self.assertIn("&lt;script&gt;", page)
        with open(self.path("homes", "cn-embassy", "repat", "reveals")) as f:
            self.assertIn("board officer on duty", f.read())

    def test_page_is_private_and_replaces_nothing(self):
        self.repat("board", "--html", "board.html")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("board.html")).st_mode), 0o600)
        self.no("board", "--html", "board.html", code=3)

    def test_languages(self):
        for language, direction in (("ar", "rtl"), ("th", "ltr"), ("zh", "ltr")):
            page = self.page("board", "--html", "-", "--lang", language, *REASON)
            root = self.check_page(page)
            self.assertEqual((root.get("lang"), root.get("dir")), (language, direction))
            self.check_page(self.page("stats", "--html", "-", "--lang", language))
        self.no("board", "--lang", "xx", code=2)
        self.assertIn("معبر المثال", self.page("board", "--html", "-", "--lang", "ar"))

    def test_terminal_and_json(self):
        text = self.page("board")
        self.assertNoName(text)
        self.assertIn("42 people", text)
        self.assertIn("+ 32 more", text)
        self.assertIn("MINOR", self.page("board", "--minor", "yes"))
        board = self.json("board", "--first", "100")
        self.assertNoName(json.dumps(board, ensure_ascii=False))
        track = board["tracks"][0]
        self.assertEqual((track["track"], track["people"], track["minors"]), ("assisted_return", 42, 2))
        states = [c["state"] for c in track["columns"]]
        self.assertEqual(states[:4], ["reported", "located", "safe", "registered"])
        self.assertEqual(len(track["columns"][0]["cards"]), 42)

    def test_filters(self):
        def ids(*words):
            return sorted(c["id"] for t in self.json("board", "--first", "100", *words)["tracks"] for col in t["columns"] for c in col["cards"])
        self.assertEqual(ids("--host", "kh"), ["V-0001"])
        self.assertEqual(ids("--site", "KH-EX-01"), ["V-0001"])
        self.assertEqual(ids("--minor", "unknown"), ["V-0002"])
        self.assertEqual(ids("--batch", "crossing-2"), [])
        self.assertEqual(len(ids("--overdue")), 42)
        self.assertEqual(ids("--track", "suspect_return"), [])
        self.no("board", "--host", "nowhere", code=2)
        self.no("board", "--track", "x", code=2)

    def test_stats(self):
        stats = self.json("stats")
        self.assertEqual(stats["total"], 42)
        self.assertEqual(stats["by_host"], {"KHM": 1, "THA": 41})
        self.assertEqual(stats["by_state"], {"reported": 42})
        self.assertEqual(sum(stats["by_nationality"].values()), 42)
        self.assertEqual(stats["by_site"], {"KH-EX-01": 1, "TH-EX-01": 41})
        self.assertEqual(stats["by_minor"], {"no": 40, "unknown": 1, "yes": 1})
        self.assertEqual(stats["by_age_band"]["12-17"], 1)
        self.assertEqual(stats["overdue"], {"acknowledge": 42})
        self.assertEqual(stats["days_since_report"]["people"], 42)
        self.assertNoName(json.dumps(stats, ensure_ascii=False))
        # A step moves a person, and counts nobody twice.
        self.advance("V-0001", "safe", "2026-05-22T08:00:00Z", "--doc", "HND-1")
        stats = self.json("stats")
        self.assertEqual((stats["total"], stats["by_state"]), (42, {"reported": 41, "safe": 1}))
        self.assertEqual(stats["reached"]["assisted_return"], {"reported": 42, "safe": 1})
        before = self.json("stats", "--until", "2026-05-21")
        self.assertEqual(before["by_state"], {"reported": 42})
        self.assertEqual(self.json("stats", "--since", "2026-05-22")["total"], 0)
        self.assertEqual(self.json("stats", "--host", "KHM")["total"], 1)
        self.no("stats", "--since", "May", code=2)
        self.no("stats", "--since", "2026-05-22", "--until", "2026-05-21", code=2)

    def test_stats_text_csv_html(self):
        self.assertIn("Total 42", self.page("stats"))
        rows = list(csv.DictReader(io.StringIO(self.page("stats", "--csv", "-"))))
        self.assertIn({"dimension": "by_host", "code": "THA", "people": "41"}, rows)
        page = self.page("stats", "--html", "-")
        tree = self.check_page(page)
        self.assertGreater(len([e for e in tree.iter() if e.tag.endswith("}svg")]), 5)
        self.assertNoName(page)

    def test_public_stats_show_nobody(self):
        stats = self.json("stats", "--public")
        self.assertEqual(stats["total"], 42)
        self.assertEqual(stats["by_role"], {"person": 42})
        for name, cells in stats.items():
            if name.startswith("by_"):
                self.assertEqual(sum(cells.values()), 42, name)
                self.assertGreaterEqual(min(cells.values()), 5, name)
        self.assertEqual(stats["by_host"], {"suppressed": 42})  # one person in KHM: the other cell goes as well
        self.assertNotIn("by_site", stats)
        self.assertNotIn("by_minor", stats)
        self.assertNotIn("suspect", json.dumps(stats))
        self.check_page(self.page("stats", "--public", "--html", "-"))
        self.no("stats", "--public", "--host", "THA", code=2)
        few = self.json("stats", "--public", "--since", "2026-05-22")
        self.assertIsNone(few["total"])
        self.assertEqual([k for k in few if k.startswith("by_")], [])

    def test_formulas_stay_text(self):
        self.people([person(50, id="V-0050")], "--batch", "=1+1", name="formula.csv")
        self.assertIn("by_batch,'=1+1,1", self.page("stats", "--csv", "-"))

    def test_htcds_round_trip(self):
        plain = self.page("export", "--htcds", "-o", "-")
        self.assertNoName(plain)
        self.assertNotIn("2553", plain)
        rows = list(csv.DictReader(io.StringIO(plain)))
        self.assertEqual(len(rows), 42)
        self.assertEqual(rows[0]["cas_Status"], "Active")
        self.no("export", "--htcds", "-o", "x.csv", "--reveal")
        self.repat("export", "--htcds", "-o", "people.htcds.csv", *REASON)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("people.htcds.csv")).st_mode), 0o600)
        done = self.ok("bangkok", "--json", "repat", "import", "people.htcds.csv").json
        self.assertEqual((done["added"], done["refused"]), (42, 0))
        self.assertEqual(self.ok("bangkok", "--json", "repat", "import", "people.htcds.csv").json["added"], 0)
        here, there = self.json("list", *REASON), self.json("list", *REASON, home="bangkok")
        for a, b in zip(sorted(here, key=lambda p: p["id"]), sorted(there, key=lambda p: p["id"])):
            for field in ("id", "nationality", "host", "site", "sex", "minor", "name_native", "name_latin", "since"):
                self.assertEqual(a[field], b[field], field)
        self.no("export", "-o", "x.valise", code=2)  # neither --to nor --htcds

    def test_htcds_answers_for_protection_only(self):
        self.make_ready_answers("V-0001")
        whole = self.page("export", "--htcds", "-o", "-")
        row = next(r for r in csv.DictReader(io.StringIO(whole)) if r["ext_Id"] == "V-0001")
        self.assertEqual(row["vic_TypeOfExploitation"], "ForcedLabour;ForcedCriminality")
        self.assertEqual(row["vic_TraffickingStatus"], "PossibleVictimOfTrafficking")

    def make_ready_answers(self, who):
        self.advance(who, "safe", "2026-05-21T08:00:00Z", "--doc", "HND-1")
        self.advance(who, "registered", "2026-05-21T10:00:00Z", "--doc", "REG-1")
        self.advance(who, "screened", "2026-05-22T04:00:00Z", "--doc", "SCR-1", "--set", "outcome=presumed_victim", "--set", "answers=A2 M1 P1",
                     "--as", PROTECTION)

    def test_births_in_other_calendars_are_kept_both_ways(self):
        self.people([person(60, id="V-0060", born="be:2543-02-29")], name="be.csv")
        facts = self.json("show", "V-0060", *REASON)["facts"]
        self.assertEqual(facts["born"], "2000-02-29 be:2543-02-29")
        self.write("bad.csv", sheet([person(61, born="1990-02-30"), person(62, born="2533")]))
        r = self.no("import", "bad.csv")
        self.assertIn("month 2 of 1990 has 28 days", r.err)
        problems = self.refused(32, "cn-embassy", "--json", "repat", "import", "bad.csv").json["problems"]
        self.assertIn("be:2533", problems[1]["hint"])
        self.assertNotIn("2533", problems[1]["message"] + problems[1]["value"])  # nobody's birth in a message

    def test_a_machine_readable_zone_is_checked_and_kept(self):
        def warnings(zone, who):
            rows = [person(70, id=who)]
            self.write("mrz.csv", sheet([dict(rows[0], mrz=zone)], columns=list(rows[0]) + ["mrz"]))
            return [p for p in self.json("import", "mrz.csv")["problems"] if p["column"] == "mrz"]
        good = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
        self.assertEqual(warnings(good, "V-0070"), [])
        self.assertIn("check digit", warnings(good.replace("740812", "740813"), "V-0071")[0]["message"])

    def test_an_agency_adds_its_sites_and_words(self):
        self.write("homes/cn-embassy/repat/tables/sites.csv", "code,name,country,admin1,lat,lon,names\nKH-XX-09,Ninth place,KHM,,,,th=ที่เก้า\n")
        self.write("homes/cn-embassy/repat/tables/labels.csv", "key,en\nstate.reported,called in\n")
        self.people([person(80, id="V-0080", site="KH-XX-09", host="KH")], name="site.csv")
        self.assertIn("ที่เก้า", self.page("board", "--html", "-", "--lang", "th"))
        self.assertIn("called in", self.page("board"))
        self.write("homes/cn-embassy/repat/tables/sites.csv", "code,name,country,admin1,lat,lon,names\nlow,x,KHM,,,,\n")
        self.no("board")


if __name__ == "__main__":
    world.main()
