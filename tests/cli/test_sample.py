"""The sample case "Paper Lantern" through pack, verify and open: each recipient gets exactly its rows."""
import csv, io, os, shutil, subprocess, tempfile

from world import KH, ROOT, TH, World, main, read

AE, CONSULAR = "ae-example-police/evidence-desk", "cn-example-mfa/consular-phnom-penh"
SAMPLE = os.path.join(ROOT, "tests", "data", "paper-lantern")
EVERYBODY = (KH, TH, AE, CONSULAR)


def rows(path):
    return list(csv.DictReader(io.StringIO(read(path).decode())))


class Sample(World):
    def setUp(self):
        super().setUp()
        shutil.copytree(SAMPLE, self.path("case"))

    def change(self, sheet, old, new):
        text = read(self.path("case", sheet)).decode()
        self.assertIn(old, text)
        self.write("case/" + sheet, text.replace(old, new))

    def test_the_sample_is_what_its_maker_makes(self):
        made = self.path("made")
        os.makedirs(made)
        shutil.copy(os.path.join(ROOT, "tests/data/make_paper_lantern.py"), made)
        subprocess.run(["/usr/bin/python3", os.path.join(made, "make_paper_lantern.py")], check=True, capture_output=True)
        self.assertEqual({k: v[2] for k, v in self.snapshot("made/paper-lantern").items()}, {k: v[2] for k, v in self.snapshot("case").items()})

    def test_check_names_the_deliberate_faults_and_nothing_else(self):
        told = self.ok("cn-liaison", "--json", "case", "check", "case").json
        self.assertEqual([(p["file"], p["row"], p["column"], p["rule"]) for p in told["problems"]],
                         [("identifiers.csv", 6, "value", "identifier-malformed"), ("identifiers.csv", 13, "value", "identifier-checksum"),
                          ("identifiers.csv", 23, "value", "identifier-checksum"), ("losses.csv", 2, "amount", "amount")])
        self.assertIn("spreadsheet damage", told["problems"][0]["why"])
        self.assertEqual((told["persons"], told["identifiers"], told["losses"]), (7, 30, 3))

    def test_every_identifier_has_the_status_that_is_expected(self):
        told = self.ok(None, "--json", "case", "show", "case").json
        for i in told["identifiers"]:
            self.assertEqual(i["status"], i["row"]["expected_status"], i)
            self.assertEqual(i["original"], i["row"]["value"])
        by_value = {i["original"]: i for i in told["identifiers"]}
        self.assertEqual(by_value["001010000000016"]["key"], by_value["001010000000010"]["key"])
        self.assertTrue(set(by_value["T9yD14Nj9j7xAB4dbGeiX9h8unkKLxmGkn"]["also"]) & set(by_value["0x0000000000000000000000000000000000000001"]["also"]))

    def test_each_recipient_gets_exactly_its_rows(self):
        self.pack(*EVERYBODY)
        exhibits = rows(os.path.join(SAMPLE, "exhibits.csv"))
        persons, identifiers = rows(os.path.join(SAMPLE, "persons.csv")), rows(os.path.join(SAMPLE, "identifiers.csv"))
        for home, alias in (("kh-desk", "kh"), ("th-desk", "th"), ("ae-desk", "ae"), ("cn-embassy", "consular")):
            self.ok(home, "verify", "case.valise")
            self.ok(home, "open", "case.valise", "-C", alias)
            may = lambda row: alias in row["audience"].split(";")
            ids = [e["id"] for e in exhibits if may(e)]
            got = rows(self.path(alias, "exhibits.csv"))
            self.assertEqual([e["id"] for e in got], ids)
            self.assertNotIn("audience", got[0])
            for e in exhibits:
                if e["path"]:
                    self.assertEqual(os.path.exists(self.path(alias, e["path"])), may(e), e["id"])
            strip = lambda r: {k: v for k, v in r.items() if k not in ("audience", "parent")}
            self.assertEqual([strip(r) for r in got], [strip(e) for e in exhibits if may(e)])
            self.assertEqual([strip(r) for r in rows(self.path(alias, "persons.csv"))], [strip(p) for p in persons if may(p)])
            wanted = [i for i in identifiers if i["exhibit"] in ids]
            sheet = self.path(alias, "identifiers.csv")
            self.assertEqual(rows(sheet) if os.path.exists(sheet) else [], wanted)
            sheet = self.path(alias, "losses.csv")
            self.assertEqual(len(rows(sheet)) if os.path.exists(sheet) else 0, 0 if alias == "consular" else 3)
            self.ok(home, "case", "check", alias)

    def test_nothing_in_the_bundle_tells_of_others(self):
        self.pack(*EVERYBODY)
        raw = read(self.path("case.valise"))
        for word in ("Nguyễn", "NGUYEN", "V-0001", "Paper Lantern", "EX-07", "001010000000016"):
            self.assertFalse(word.encode() in raw, word)
        self.ok("ae-desk", "open", "case.valise", "-C", "ae")
        seen = self.ok("ae-desk", "--json", "case", "show", "case.valise", "--reveal").out + self.ok("ae-desk", "--json", "list", "case.valise", "--files").out
        for name in ("case.toml", "exhibits.csv", "persons.csv", "identifiers.csv", "losses.csv"):
            seen += read(self.path("ae", name))
        seen = seen.replace(b"KH-EX-01", b"")  # the place of the seizure
        for word in ("EX-01", "EX-02", "EX-06", "EX-07", "V-000", "Nguy", "CE JIANGUO", "TUAYANG", "gateway.e01", "Shelter", "C-1", "kh;th"):
            self.assertFalse(word.encode() in seen, word)

    def test_who_reads_everything_gets_the_sheets_byte_for_byte(self):
        self.change("exhibits.csv", ",ae,", ",kh;ae,")
        self.change("exhibits.csv", ",consular,", ",kh,")
        self.change("exhibits.csv", "th;", "th;kh;")
        self.change("persons.csv", ",consular,", ",kh,")
        self.change("persons.csv", ",ae,", ",kh,")
        self.pack(KH)
        self.ok("kh-desk", "open", "case.valise", "-C", "kh")
        # The desk is no consular one: victims stay pseudonyms, so it does not get the sheet as it is.
        victims = [p for p in rows(self.path("kh/persons.csv")) if p["role"] == "victim"]
        self.assertEqual([(v["id"], v["name_native"], v["document_no"], v["born"], v["minor"]) for v in victims],
                         [("V-0001", "", "", "", "no"), ("V-0002", "", "", "", "yes"), ("V-0003", "", "", "", "no")])
        # Without victims it gets every byte, with times.
        people = [l for l in read(self.path("case/persons.csv")).decode().splitlines() if not l.startswith("V-")]
        self.write("case/persons.csv", "\n".join(people) + "\n")
        os.unlink(self.path("case.valise"))
        shutil.rmtree(self.path("kh"))
        self.pack(KH)
        self.ok("kh-desk", "open", "case.valise", "-C", "kh")
        self.assertEqual(self.snapshot("kh"), self.snapshot("case"))

    def test_dry_run_counts_who_gets_what(self):
        told = self.ok("cn-liaison", "--json", "pack", "case", *[w for t in EVERYBODY for w in ("--to", t)], "--dry-run").json
        by = {r["reader"]: r for r in told["readers"]}
        self.assertEqual(by[KH]["rows"], {"persons.csv": 3, "identifiers.csv": 27, "losses.csv": 3, "custody.csv": 8})
        self.assertEqual(by[CONSULAR]["rows"], {"persons.csv": 3, "identifiers.csv": 0, "losses.csv": 0, "custody.csv": 0})
        table = self.ok("cn-liaison", "pack", "case", "--to", KH, "--dry-run").out.decode()
        for word in ("nobody: stays here", "own rows", "victims are shown by name only"):
            self.assertIn(word, table)
        self.assertFalse(os.path.exists(self.path("case.valise")))

    def test_an_exhibit_is_refused_to_who_is_not_in_its_audience(self):
        self.refused(32, "cn-liaison", "pack", "case", "--to", KH + ":EX-07", "-o", "x.valise")
        self.assertFalse(os.path.exists(self.path("x.valise")))

    def test_the_page_reads_like_a_request(self):
        self.pack(*EVERYBODY)
        page = self.ok("kh-desk", "case", "show", "case.valise").out.decode()
        for word in ("XA-EXPOL-2026-000042", "TLP:AMBER+STRICT", "INTELLIGENCE, NOT EVIDENCE", "sealed by cn-example-police/liaison", "policy standard",
                     "untoc art. 18, 27", "to identify the operators", "imprisonment of 10 years", "custody_expiry", "review on 2027-05-31",
                     "EX-01-D1", "ExampleExtractor 7.1.0", "match", "测建国", "สมชาย", "411111******1111", "18,500.00", "others are sealed"):
            self.assertIn(word, page)
        for word in ("4111111111111111", "EX-07", "Nguy"):
            self.assertNotIn(word, page)
        page = self.ok("cn-embassy", "case", "show", "case.valise").out.decode()
        self.assertIn("V-0001", page)
        self.assertNotIn("Nguyễn", page)
        self.assertIn("Nguyễn", self.ok("cn-embassy", "case", "show", "case.valise", "--reveal").out.decode())
        arabic = self.ok("ae-desk", "case", "show", "case.valise").out.decode()
        self.assertIn("\u2068خالد المثالي\u2069", arabic)

    def test_list_shows_parents_acquisition_and_hashes(self):
        self.pack(KH)
        text = self.ok("kh-desk", "list", "case.valise").out.decode()
        for word in ("from EX-01, filesystem, with ExampleExtractor 7.1.0, acquisition hash match", "from EX-01-D1"):
            self.assertIn(word, text)
        told = {e["id"]: (e["parent"], e["acquisition_hash"]) for e in self.ok("kh-desk", "--json", "list", "case.valise").json["exhibits"]}
        self.assertEqual(told["EX-01-D1"], ("EX-01", "match"))
        self.assertEqual(told["EX-01"], ("", "none"))
        self.write("case/EX-06/cdr.csv", "changed by the provider\n")
        self.refused(32, "cn-liaison", "pack", "case", "--to", KH, "-o", "x.valise")
        self.change("exhibits.csv", ",clock_offset_s,", ",hash_note,")
        text = read(self.path("case/exhibits.csv")).decode().replace("2026-05-26T03:00:00Z,0,", "2026-05-26T03:00:00Z,re-exported by the provider,")
        self.write("case/exhibits.csv", text)
        self.pack(KH, out="again.valise")
        told = {e["id"]: e["acquisition_hash"] for e in self.ok("kh-desk", "--json", "list", "again.valise").json["exhibits"]}
        self.assertEqual((told["EX-06"], told["EX-05"]), ("explained", "match"))

    def test_a_sheet_that_changes_after_the_check_is_noticed(self):
        # Between two runs the sheet is another file: what is packed is what was checked in the same run.
        self.pack(KH, TH)
        self.change("identifiers.csv", "001010000000016", "001010000000024")
        os.unlink(self.path("case.valise"))
        self.pack(KH, TH)
        self.ok("kh-desk", "open", "case.valise", "-C", "kh")
        self.assertIn("001010000000024", read(self.path("kh/identifiers.csv")).decode())


class Evidence(World):
    """The second sample: by the central authority, so that it is evidence; complete even for the strict policy."""

    def test_a_request_by_the_central_authority(self):
        shutil.copytree(os.path.join(ROOT, "tests", "data", "paper-crane"), self.path("case"))
        self.write("homes/cn-liaison/config.toml", 'policy = "strict"\n')
        told = self.ok("cn-liaison", "--json", "case", "check", "case").json
        self.assertEqual((told["policy"], told["problems"]), ("strict", []))
        self.pack(AE)
        self.ok("ae-desk", "open", "case.valise", "-C", "ae")
        self.assertEqual(self.snapshot("ae"), self.snapshot("case"))
        page = self.ok("ae-desk", "case", "show", "case.valise").out.decode()
        self.assertNotIn("NOT EVIDENCE", page)
        for word in ("trial, EX-2026-7, Example Intermediate Court", "policy strict", "certified statement"):
            self.assertIn(word, page)


if __name__ == "__main__":
    main()
