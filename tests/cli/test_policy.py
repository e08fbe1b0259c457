"""Refusals before anything leaves: each names its rule and its source, and nothing is written."""
import os, shutil

from world import KH, ROOT, TH, World, main, read

CONSULAR = "cn-example-mfa/consular-phnom-penh"
SAMPLE = os.path.join(ROOT, "tests", "data", "paper-lantern")
DEATH = 'max_penalty = { kind = "death" }'


class Policy(World):
    def setUp(self):
        super().setUp()
        shutil.copytree(SAMPLE, self.path("case"))

    def change(self, sheet, old, new, count=1):
        text = read(self.path("case", sheet)).decode()
        self.assertIn(old, text)
        self.write("case/" + sheet, text.replace(old, new, count))

    def rules(self, level="refuse", home="cn-liaison"):
        told = self.run_valise(home, "--json", "case", "check", "case").json
        return [p["rule"] for p in told["problems"] if p["level"] == level]

    def refuses(self, rule, source):
        """`case check` and `pack` refuse alike, with the rule and where it stands."""
        self.assertIn(rule, self.rules())
        checked = self.run_valise("cn-liaison", "case", "check", "case")
        self.assertEqual(checked.code, 32)
        self.assertIn(f"rule: {rule}, {source}", checked.out.decode())
        r = self.refused(32, "cn-liaison", "pack", "case", "--to", KH, "-o", "x.valise")
        self.assertIn(f"(rule {rule}, {source}", r.err)
        self.assertFalse(os.path.exists(self.path("x.valise")))

    def test_a_good_case_passes(self):
        self.assertEqual(self.rules(), [])

    def test_legal_basis(self):
        self.change("case.toml", '[[request.legal_basis]]\ninstrument = "untoc"\narticle = "18, 27"\ncitation = "UN Convention against Transnational Organized Crime"\n', "")
        self.refuses("legal-basis", "UNTOC art. 18(1)")

    def test_purpose(self):
        self.change("case.toml", "purpose = \"EXAMPLE: to identify the operators of a fraud site and trace 41,900.50 USD equivalent taken from one injured person.\"", 'purpose = "investigation"')
        self.refuses("purpose", "UNTOC art. 18(15)(f)")

    def test_tlp(self):
        for mark in ("GREEN", "CLEAR"):
            self.change("case.toml", 'tlp = "AMBER+STRICT"', f'tlp = "{mark}"')
            self.refuses("tlp-victims", "TIP Protocol art. 6(1)")
            self.change("case.toml", f'tlp = "{mark}"', 'tlp = "AMBER+STRICT"')
        self.change("case.toml", 'tlp = "AMBER+STRICT"', 'tlp = "GREEN"')
        people = [l for l in read(self.path("case/persons.csv")).decode().splitlines() if not l.startswith("V-")]
        self.write("case/persons.csv", "\n".join(people) + "\n")
        self.assertEqual(self.rules(), [])
        self.change("case.toml", 'tlp = "GREEN"', 'tlp = "PINK"')
        self.refuses("tlp", "FIRST TLP 2.0")

    def test_death_penalty_needs_an_assurance(self):
        self.change("case.toml", 'max_penalty = { kind = "imprisonment", years = 10 }', DEATH)
        self.refuses("death-penalty", "ICCPR art. 6")
        self.change("case.toml", 'death_penalty = "not_applicable"', 'death_penalty = "assured"')
        self.refuses("death-penalty", "ICCPR art. 6")
        self.change("case.toml", "[request.political]", '[request.assurance]\nfile = "assurance.txt"\nissuer = "Ministry of Justice"\ndate = "2026-06-01"\n\n[request.political]')
        self.refuses("death-penalty", "ICCPR art. 6")  # the file is not there
        self.write("case/assurance.txt", "EXAMPLE")
        self.write("case/exhibits.csv", read(self.path("case/exhibits.csv")).decode() + "EX-08,,assurance.txt,Assurance,paper" + "," * 21 + "\n")
        self.assertEqual(self.rules(), [])

    def test_grounds_for_refusal(self):
        self.change("case.toml", 'answer = "no"', 'answer = "yes"')
        self.refuses("grounds-for-refusal", "UNTOC art. 18(21)")

    def test_retention_and_onward(self):
        self.change("case.toml", 'review_on = "2027-05-31"', 'review_on = "2099-05-31"')
        self.refuses("retention", "INTERPOL RPD art. 49, 50")
        self.change("case.toml", 'review_on = "2099-05-31"', 'review_on = "soon"')
        self.refuses("retention", "INTERPOL RPD art. 49, 50")
        self.change("case.toml", 'review_on = "soon"\ndelete_after = "2031-05-31"\nbasis = "agency rules"\n', "")
        self.assertEqual(self.rules(), [])  # the defaults of the policy
        self.change("case.toml", '[onward]\npolicy = "prohibited"', '[onward]\npolicy = "anybody"')
        self.refuses("onward", "UNTOC art. 18(19)")
        self.change("case.toml", 'policy = "anybody"', 'policy = "list:kh-example-police,th-example-police"')
        self.refuses("tlp-onward", "FIRST TLP 2.0")
        self.change("case.toml", 'tlp = "AMBER+STRICT"', 'tlp = "AMBER"')
        self.assertEqual(self.rules(), [])

    def test_roles_are_closed_and_begin_undetermined(self):
        self.change("persons.csv", "P-0001,suspect", "P-0001,guilty")
        self.refuses("person-role", "INTERPOL RPD art. 44")
        self.change("persons.csv", "P-0001,guilty", "P-0001,")
        self.assertEqual(self.rules(), [])
        shown = self.ok(None, "--json", "case", "show", "case").json
        self.assertEqual(shown["persons"][0]["role"], "undetermined")
        self.assertNotIn("suspect", [l.split()[1] for l in self.ok(None, "case", "show", "case").out.decode().splitlines() if l.startswith("  P-0001 ")])

    def test_images_of_minors_privilege_and_security_codes(self):
        sheet = read(self.path("case/exhibits.csv")).decode()
        self.write("case/exhibits.csv", "\n".join(l + c for l, c in zip(sheet.splitlines(), [",special_category", ",minor_image"] + [","] * 8)) + "\n")
        self.refuses("minor-images", "CRC-OPSC art. 3")
        self.write("case/exhibits.csv", "\n".join(l + c for l, c in zip(sheet.splitlines(), [",legal_privilege,filter_note", ",privileged,"] + [",,"] * 8)) + "\n")
        self.refuses("privilege", "UNTOC art. 18(17)")
        self.write("case/exhibits.csv", "\n".join(l + c for l, c in zip(sheet.splitlines(), [",legal_privilege,filter_note", ",privileged,filtered by team F"] + [",,"] * 8)) + "\n")
        self.assertEqual(self.rules(), [])
        self.write("case/exhibits.csv", sheet)
        for column in ("cvv", "PIN", "track2"):
            self.write("case/identifiers.csv", f"type,value,{column}\npan,4111111111111111,123\n")
            self.refuses("card-security", "PCI DSS 3.2")
            self.assertNotIn("123\"", self.run_valise("cn-liaison", "case", "check", "case").out.decode())

    def test_intelligence_is_not_evidence(self):
        self.change("case.toml", 'evidential_use = "with_consent"', 'evidential_use = "yes"')
        self.refuses("intelligence-is-not-evidence", "UNTOC art. 18(19)")
        self.change("case.toml", 'evidential_use = "yes"', 'evidential_use = "yes"\nevidential_consent_ref = "letter 7"')
        self.assertEqual(self.rules(), [])
        self.change("case.toml", 'channel = "police_to_police"', 'channel = "mla"')
        self.assertEqual(self.rules(), [])
        self.change("case.toml", 'channel = "mla"', 'channel = "fiu"')
        self.change("case.toml", 'policy = "prohibited"', 'policy = "with_consent"')
        self.refuses("fiu-onward", "Egmont Principles")

    def test_victims_without_audience_are_read_by_nobody(self):
        self.change("persons.csv", ",consular,presumed victim", ",,presumed victim")
        self.assertIn("victim-audience", self.rules("warn"))
        self.pack(KH, CONSULAR)
        self.ok("cn-embassy", "open", "case.valise", "-C", "out")
        people = read(self.path("out/persons.csv")).decode()
        self.assertNotIn("V-0001", people)
        self.assertIn("V-0002", people)

    def test_types_of_request(self):
        def kind(name, more=""):
            self.change("case.toml", 'type = "evidence"', f'type = "{name}"')
            rules = self.rules()
            self.change("case.toml", f'type = "{name}"', 'type = "evidence"')
            return rules

        self.assertEqual(kind("preservation"), ["preservation"])
        self.assertEqual(kind("reply"), ["reply"])
        self.assertEqual(kind("spontaneous"), [])
        self.assertEqual(kind("locate_person"), [])
        self.assertEqual(kind("victim_return"), [])
        self.assertEqual(kind("freeze_assets"), [])
        self.assertEqual(kind("service"), [])
        self.assertEqual(kind("interview"), [])
        self.assertEqual(kind("extradition_support"), [])
        self.assertEqual(kind("parade"), [None])
        os.unlink(self.path("case/losses.csv"))
        self.assertEqual(kind("freeze_assets"), ["freeze"])
        self.change("case.toml", 'code = "H1"\n', "")
        self.assertEqual(kind("spontaneous"), ["spontaneous"])
        os.unlink(self.path("case/persons.csv"))
        self.assertEqual(kind("victim_return"), ["victim-return"])
        self.assertEqual(kind("locate_person"), ["locate"])

    def test_a_complete_preservation_reply_and_freeze(self):
        self.change("case.toml", 'type = "evidence"', 'type = "preservation"')
        self.change("case.toml", "[request.political]", '[request.preserve]\ndata = "logs of 198.51.100.7"\ncustodian = "Example Telecom"\nlocation = "KH"\nnecessity = "kept for 30 days only"\nmla_will_follow = true\nexpires = "2026-08-01"\n\n[request.political]')
        self.assertEqual(self.rules(), [])
        page = self.ok(None, "case", "show", "case").out.decode()
        self.assertIn("logs of 198.51.100.7", page)
        self.assertIn("2026-08-01; a request for mutual legal assistance follows", page)
        self.change("case.toml", 'type = "preservation"', 'type = "reply"')
        self.change("case.toml", "[audience]", '[[related]]\nseal = "' + "ab" * 32 + '"\n\n[audience]')
        self.assertEqual(self.rules(), [])
        self.assertIn("in reply to", self.ok(None, "case", "show", "case").out.decode())
        self.change("case.toml", 'type = "reply"', 'type = "freeze_assets"')
        page = self.ok(None, "case", "show", "case").out.decode()
        self.assertLess(page.index("TO BE FROZEN NOW"), page.index("EXHIBITS"))
        self.assertIn("9400.50", page)

    def test_dual_criminality_for_coercive_assistance(self):
        self.change("case.toml", 'type = "evidence"', 'type = "freeze_assets"')
        self.change("case.toml", 'dual_criminality = "met"', 'dual_criminality = "doubtful"')
        self.assertEqual(self.rules(), [])
        self.assertIn("dual-criminality", self.rules("warn"))
        self.change("losses.csv", '"18,500.00"', "18500.00")
        self.write("homes/cn-liaison/config.toml", 'policy = "strict"\n')
        self.refuses("dual-criminality", "UNTOC art. 18(9)")

    def test_the_home_names_the_policy_and_the_seal_does_too(self):
        self.pack(KH)
        seal = lambda f: [l for l in read(self.path(f)).split(b"\n") if l.startswith(b"policy ")][0]
        standard = seal("case.valise")
        self.assertTrue(standard.startswith(b"policy standard "))
        self.write("homes/cn-liaison/config.toml", 'policy = "strict"\n')
        refused = self.rules()
        self.assertIn("amount", refused)
        self.change("losses.csv", '"18,500.00"', "18500.00")
        self.assertEqual(self.rules(), [])
        self.pack(KH, out="strict.valise")
        self.assertTrue(seal("strict.valise").startswith(b"policy strict "))
        self.assertNotEqual(seal("strict.valise").split()[2], standard.split()[2])
        self.write("homes/cn-liaison/config.toml", 'policy = "lenient"\n')
        self.refused(2, "cn-liaison", "case", "check", "case")
        self.write("homes/cn-liaison/config.toml", "policy = \n")
        self.refused(2, "cn-liaison", "pack", "case", "--to", KH, "-o", "y.valise")

    def test_the_rules_can_be_read(self):
        told = self.ok("cn-liaison", "--json", "case", "types").json
        self.assertEqual(told["policy"], "standard")
        self.assertTrue(all(r["source"] for r in told["rules"]))
        self.assertIn("imei", [t["type"] for t in told["types"]])
        self.assertIn("tlp-victims", self.ok("cn-liaison", "case", "types").out.decode())


if __name__ == "__main__":
    main()
