"""valise repat: people are registered, screened, brought home; the illegal is refused, nobody is lost, no name leaks."""
import hashlib, json, os, pty, re, stat, subprocess, time

import world
from repat_world import BANGKOK, NAMES, POST, PROTECTION, SUPERVISOR, RepatWorld, person, sheet
from world import KH, TH, VALISE

V1 = person(3, id="V-0001", name_native="Nguyễn Thị Ví Dụ", nationality="VN", host="KH", site="KH-EX-01", reported_at="2026-05-18T02:00:00Z", channel="family")
V2 = person(4, id="V-0002", name_native="សុភា ឧទាហរណ៍", born="2009-12-01", minor="yes", nationality="KHM")


class Import(RepatWorld):
    def test_260_people_from_20_countries(self):
        rows = [person(i) for i in range(260)]
        dry = self.people(rows, "--batch", "crossing-1", "--dry-run")
        self.assertEqual((dry["rows"], dry["added"], dry["refused"], dry["dry_run"]), (260, 260, 0, True))
        self.assertEqual(self.json("list"), [])
        done = self.people(rows, "--batch", "crossing-1")
        self.assertEqual((done["added"], done["already"]), (260, 0))
        again = self.people(rows, "--batch", "crossing-1")
        self.assertEqual((again["added"], again["already"]), (0, 260))
        people = self.json("list")
        self.assertEqual(len(people), 260)
        self.assertEqual(len({p["id"] for p in people}), 260)
        self.assertEqual(len({p["nationality"] for p in people}), 20)
        for p in people:
            self.assertEqual((p["state"], p["track"], p["host"], p["site"], p["batch"], p["minor"]),
                             ("reported", "assisted_return", "THA", "TH-EX-01", "crossing-1", "no"))
            self.assertEqual([d["rule"] for d in p["due"]], ["acknowledge"])
            self.assertEqual(set(p) >= {"id", "track", "state", "nationality", "host", "site", "minor", "batch", "gates", "due"}, True)
        self.assertEqual(len(self.json("list", "--nationality", "KEN")), 13)
        self.assertEqual(len(self.json("list", "--nationality", "ke")), 13)
        self.assertEqual(len(self.json("list", "--state", "safe")), 0)
        # The same with semicolons, a BOM, CRLF and the columns the other way round.
        text = sheet(rows, columns=list(reversed(list(rows[0]))) + ["id"]).replace(",", ";").replace("\n", "\r\n")
        self.write("other.csv", b"\xef\xbb\xbf" + text.encode())
        self.assertEqual(self.json("import", "other.csv", "--batch", "crossing-1")["added"], 0)

    def test_two_rows_alike_are_two_people(self):
        row = {"nationality": "XXA", "host": "TH", "reported_at": "2026-05-21T10:00:00Z"}
        done = self.people([row, row])
        self.assertEqual(done["added"], 2)
        self.assertIn("the same row stands above", json.dumps(done["problems"]))
        self.assertEqual(self.people([row, row])["added"], 0)
        self.assertEqual(self.people([row, row, row])["added"], 1)

    def test_every_problem_is_listed_with_row_and_column_and_nothing_is_imported(self):
        bad = [person(0), person(1, nationality="Atlantis"), person(2, reported_at="21/05/2026"), person(3, sex="perhaps"),
               person(4, id="not an id"), person(5, minor="maybe", channel="pigeon"), person(6, name_native="a\x07b")]
        self.write("bad.csv", sheet(bad))
        r = self.refused(32, "cn-embassy", "--json", "repat", "import", "bad.csv")
        found = {(p["row"], p["column"]) for p in r.json["problems"] if p["level"] == "refuse"}
        self.assertEqual(found, {(3, "nationality"), (4, "reported_at"), (5, "sex"), (6, "id"), (7, "minor"), (7, "channel"), (8, "name_native")})
        self.assertEqual(r.json["added"], 0)
        self.assertEqual(self.json("list"), [])
        r = self.no("import", "bad.csv")
        for place in ("bad.csv:3: nationality", "bad.csv:4: reported_at", "bad.csv:7: channel"):
            self.assertIn(place, r.err)

    def test_unknown_is_kept_and_said(self):
        done = self.people([person(0, site="ZZ-NEW-9", minor="", nationality="", reported_at="2026-05-21")])
        self.assertEqual(done["added"], 1)
        self.assertEqual({p["column"] for p in done["problems"]}, {"site", "reported_at"})
        got = self.json("list")[0]
        self.assertEqual((got["site"], got["minor"], got["nationality"], got["host"]), ("ZZ-NEW-9", "unknown", "XXX", "THA"))
        self.assertTrue(self.json("show", got["id"])["treated_as_minor"])

    def test_an_id_with_other_content_changes_nothing(self):
        self.people([V1])
        done = self.people([dict(V1, nationality="TH")])
        self.assertEqual(done["added"], 0)
        self.assertIn("other content", done["problems"][0]["message"])
        self.assertEqual(self.record("V-0001")["nationality"], "VNM")

    def test_add_one_and_both_tracks(self):
        r = self.json("add", "--set", "name_latin=VI DU", "--set", "nationality=vn", "--set", "site=KH-EX-01", "--set", "minor=no")
        self.assertRegex(r["id"], r"^R-[0-9A-Z]{4}-[0-9A-Z]{6}-[0-9A-Z]{6}$")
        self.assertEqual((r["state"], r["track"]), ("reported", "assisted_return"))
        self.json("add", "--id", r["id"], "--track", "suspect_return", "--set", "minor=no")
        self.assertEqual([p["track"] for p in self.json("list")], ["assisted_return", "suspect_return"])
        self.no("add", "--id", r["id"], "--set", "minor=no")
        self.no("add", "--set", "born_on=1990", code=2)
        self.no("add", code=2)  # no terminal to ask on

    def test_add_asks_on_the_terminal(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(VALISE, [VALISE, "--home", self.path("homes", "cn-embassy"), "--json", "repat", "add", "--id", "V-0009"])
        answers = ["ตัวอย่าง", "EXAMPLE", "", "perhaps", "f", "1990", "no", "Atlantis", "vn", "", "", "", "", "TH-EX-01", "self", "", ""]
        os.write(terminal, "".join(a + "\n" for a in answers).encode())
        said = b""
        try:
            while chunk := os.read(terminal, 4096):
                said += chunk
        except OSError:
            pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, said.decode())
        self.assertIn(b"is none of the words for sex", said)
        self.assertIn(b"is no country", said)
        got = self.record("V-0009")
        self.assertEqual((got["sex"], got["nationality"], got["minor"], got["site"], got["host"]), ("female", "VNM", "no", "TH-EX-01", "THA"))

    def test_a_desk_without_a_fitting_key_records_nothing(self):
        self.write("p.csv", sheet([V1]))
        self.refused(32, "approver", "repat", "import", "p.csv")  # a supervisor is no consular officer
        self.assertEqual(self.run_valise("approver", "--json", "repat", "list").json, [])


class Sample(RepatWorld):
    """The events of the sample case, one by one."""

    def test_the_way_home_and_the_planted_illegal_steps(self):
        self.people([V1, V2])
        self.advance("V-0001", "located", "2026-05-21T05:00:00Z", "--note", "site KH-EX-01")
        self.no("advance", "V-0001", "ready", "--doc", "X")
        self.no("advance", "V-0001", "nowhere", code=2)
        self.no("advance", "V-9999", "safe", code=2)
        self.no("advance", "V-0001", "safe", "--gate", "no_such_gate=ok", code=2)
        self.no("advance", "V-0001", "safe", "--gate", "medical=maybe", code=2)
        self.no("advance", "V-0001", "safe", "--at", "2026-05-21 10:00", code=2)
        self.assertEqual(self.make_ready("V-0001", self.GATES[:3]).code, 32)
        self.assertEqual(self.record("V-0001")["state"], "preparing")
        r = self.no("advance", "V-0001", "ready", "--at", "2026-06-12T05:00:00Z", "--doc", "NAT-1")
        for gate in ("identity", "nationality", "medical", "risk", "consent", "travel_document", "exit", "ticket", "reception"):
            self.assertIn(f"gate {gate} is open", r.err)
        self.repat("gate", "V-0001", *self.GATES, "--at", "2026-06-11T05:00:00Z")
        self.no("advance", "V-0001", "ready", "--at", "2026-06-12T05:00:00Z")  # no document
        self.advance("V-0001", "ready", "2026-06-12T05:00:00Z", "--doc", "NAT-1", "--doc", "passport=TD-1", "--note", "fine waived 100 %")
        self.assertEqual(self.record("V-0001")["state"], "ready")
        # V-0002 is a minor: no guardian, no best-interests decision.
        r = self.make_ready("V-0002")
        self.assertEqual(r.code, 32)
        self.assertIn("guardian", r.err)
        self.assertIn("hint: ", r.err)
        self.assertEqual(self.make_ready_again("V-0002", "guardian=ok").code, 32)
        self.assertEqual(self.make_ready_again("V-0002", "guardian=ok", "bid=ok").code, 0)

    def make_ready_again(self, who, *gates):
        words = [w for g in list(self.GATES) + list(gates) for w in ("--gate", g)]
        return self.run_valise("cn-embassy", "repat", "advance", who, "ready", "--at", "2026-06-12T05:00:00Z", "--doc", "NAT-2", *words)

    def test_a_suspect_is_not_sent_back_unscreened(self):
        self.people([person(0, id="P-0001", nationality="UTO", host="KH", site="KH-EX-01", reported_at="2026-05-21T01:00:00Z")], "--track", "suspect_return")
        self.advance("P-0001", "detained", "2026-05-21T03:00:00Z", "--doc", "DET-1")
        self.assertEqual({d["rule"]: d["at"] for d in self.record("P-0001", "suspect_return")["due"]},
                         {"custody_clock": "2026-05-24T03:00:00Z", "art36_reminder": "2026-05-22T03:00:00Z", "art36": "2026-05-24T03:00:00Z"})
        self.advance("P-0001", "notified", "2026-05-21T20:00:00Z", "--doc", "ART36-1")
        r = self.no("advance", "P-0001", "mode_set", "--at", "2026-05-26T03:00:00Z", "--doc", "M", "--as", SUPERVISOR)
        self.assertIn("notified", r.err)
        self.assertIn("possible from notified: screened", r.err)
        self.advance("P-0001", "screened", "2026-05-26T03:00:00Z", "--doc", "SCR-2")
        self.no("advance", "P-0001", "mode_set", "--doc", "M")  # which mode?
        self.no("gate", "P-0001", "screening=waived", "--as", PROTECTION)
        self.advance("P-0001", "mode_set", "2026-05-27T03:00:00Z", "--doc", "M", "--set", "mode=voluntary")
        self.no("advance", "P-0001", "ordered", "--doc", "O")  # that is the way of a deportation
        self.advance("P-0001", "declared", "2026-05-28T03:00:00Z", "--doc", "D")
        self.no("advance", "P-0001", "confirmed", "--at", "2026-05-28T20:00:00Z", "--doc", "D2", "--gate", "consent=ok")
        self.advance("P-0001", "confirmed", "2026-05-29T04:00:00Z", "--doc", "D2", "--gate", "consent=ok")
        r = self.no("advance", "P-0001", "in_transit", "--at", "2026-05-30T04:00:00Z", "--doc", "T")
        self.assertIn("risk", r.err)
        self.advance("P-0001", "in_transit", "2026-05-30T04:00:00Z", "--doc", "T", "--gate", "risk=ok")

    def test_a_presumed_victim_among_suspects_gets_both_records(self):
        self.people([person(1, id="P-0002", nationality="UTO", host="KH", site="KH-EX-01")], "--track", "suspect_return")
        for state, at in (("detained", "2026-05-22T03:00:00Z"), ("notified", "2026-05-22T20:00:00Z"), ("screened", "2026-05-23T03:00:00Z")):
            self.advance("P-0002", state, at, "--doc", "D")
        self.advance("P-0002", "victim_link", "2026-05-23T04:00:00Z")
        self.assertEqual({r["track"]: r["state"] for r in self.json("list")}, {"suspect_return": "victim_link", "assisted_return": "reported"})
        self.assertTrue(all(e["counted"] for e in self.json("history", "P-0002")))
        self.no("advance", "P-0002", "deceased", code=2)  # of which track?
        self.advance("P-0002", "located", "2026-05-24T04:00:00Z")


class Safeguards(RepatWorld):
    def test_the_same_person_twice(self):
        self.people([V1])
        self.advance("V-0001", "safe", "2026-05-21T08:00:00Z", "--doc", "H")
        self.advance("V-0001", "registered", "2026-05-21T09:00:00Z", "--doc", "R")
        for field in ("second_reader", "investigator"):
            r = self.no("advance", "V-0001", "screened", "--doc", "S", "--set", f"{field}={PROTECTION}")
            self.assertIn("three people", r.err)
        self.advance("V-0001", "screened", "2026-05-22T04:00:00Z", "--doc", "S")
        self.no("gate", "V-0001", "second_reader=ok", "--as", PROTECTION)
        self.repat("gate", "V-0001", "second_reader=ok", "--as", SUPERVISOR)

    def test_strict_wants_each_document_and_the_second_reader(self):
        self.people([V1])
        self.write("homes/cn-embassy/config.toml", 'policy = "strict"\n')
        self.no("advance", "V-0001", "safe", "--doc", "W-1")
        self.advance("V-0001", "safe", "2026-05-21T08:00:00Z", "--doc", "walk_in=W-1")

    def test_the_risk_gate_has_no_override(self):
        self.people([V1])
        self.assertEqual(self.make_ready("V-0001").code, 0)
        self.no("gate", "V-0001", "risk=waived")
        self.repat("gate", "V-0001", "risk=failed", "--at", "2026-06-12T06:00:00Z")
        r = self.no("advance", "V-0001", "departed", "--at", "2026-06-13T06:00:00Z", "--doc", "B")
        self.assertIn("risk", r.err)
        self.no("gate", "V-0001", "risk=ok")  # a consular officer does not lift what stands
        self.no("advance", "V-0001", "departed", "--at", "2026-06-13T06:00:00Z", "--doc", "B", "--gate", "risk=ok")
        self.repat("gate", "V-0001", "risk=ok", "--as", PROTECTION, "--doc", "RISK-2")
        self.repat("gate", "V-0001", "consent=failed")
        self.assertIn("consent", self.no("advance", "V-0001", "departed", "--at", "2026-06-13T06:00:00Z", "--doc", "B").err)
        self.repat("gate", "V-0001", "consent=ok", "--at", "2026-06-12T07:00:00Z")
        self.assertIn("30 days", self.no("advance", "V-0001", "departed", "--at", "2026-07-13T06:00:00Z", "--doc", "B").err)
        self.advance("V-0001", "departed", "2026-06-13T06:00:00Z", "--doc", "B")

    def test_a_fine_opens_a_waiver_task_and_blocks_nobody(self):
        self.people([V1])
        self.assertEqual(self.make_ready("V-0001").code, 0)
        self.repat("gate", "V-0001", "fine=failed", "--at", "2026-06-12T06:00:00Z")
        self.repat("correct", "V-0001", "overstay_since=2026-01-01")
        task = [d for d in self.json("due") if d["rule"] == "fine_waiver"]
        self.assertEqual(len(task), 1)
        self.assertIn("USD", task[0]["text"])
        self.advance("V-0001", "departed", "2026-06-13T06:00:00Z", "--doc", "B")
        self.assertEqual([d for d in self.json("due") if d["rule"] == "fine_waiver"], [])

    def test_stateless_people_need_a_letter_of_admission(self):
        self.people([dict(V1, nationality="XXA")])
        r = self.make_ready("V-0001")
        self.assertEqual(r.code, 32)
        self.assertIn("stateless", r.err)
        words = [w for g in self.GATES for w in ("--gate", g)]
        self.repat("advance", "V-0001", "ready", "--at", "2026-06-12T05:00:00Z", "--doc", "NAT-1", "--set", "admission=LETTER-1", *words)

    def test_asylum_freezes_the_record_for_the_state_of_origin(self):
        self.people([dict(V1, nationality="CN"), dict(V2, nationality="VN")])
        for who in ("V-0001", "V-0002"):
            self.advance(who, "safe", "2026-05-21T08:00:00Z", "--doc", "H")
            self.advance(who, "registered", "2026-05-21T09:00:00Z", "--doc", "R")
            self.repat("--json", "advance", who, "stays", "--at", "2026-05-22T09:00:00Z", "--doc", "A", "--set", "reason=asylum")
        self.assertEqual([r["id"] for r in self.json("list")], ["V-0002"])  # this is an embassy of the state of origin
        self.no("show", "V-0001", code=2)
        self.no("note", "V-0001", "x", code=2)
        self.assertEqual([d for d in self.json("due") if d["id"] == "V-0001"], [])
        self.repat("export", "--to", TH, "-o", "out.valise")
        self.assertEqual(self.json("merge", "out.valise", home="th-desk")["people"], 1)

    def test_names_show_only_when_revealed_for_a_reason(self):
        self.people([person(i) for i in range(12)])
        who = self.json("list")[0]["id"]
        words = {w for pair in NAMES for part in pair for w in part.split() if len(w.encode()) > 4}
        self.repat("note", who, "seen today")
        self.repat("advance", who, "located")
        outputs = [self.run_valise("cn-embassy", "-v", *extra, "repat", *command)
                   for extra in ((), ("--json",))
                   for command in (("list",), ("show", who), ("history", who), ("due",), ("batch", "none"), ("advance", who, "ready"),
                                   ("join", who, who), ("import", "people.csv"), ("correct", who, "minor=perhaps"))]
        for r in outputs:
            text = r.out.decode() + r.err
            for word in words:
                self.assertNotIn(word, text)
        self.no("list", "--reveal")
        self.no("show", who, "--reveal", "--reason", " ")
        shown = self.json("show", who, "--reveal", "--reason", "asked by the family")
        self.assertTrue(any(word in json.dumps(shown, ensure_ascii=False) for word in words))
        log = world.read(self.path("homes", "cn-embassy", "repat", "reveals")).decode()
        self.assertIn(f"show {who} asked by the family", log)
        for folder, folders, files in os.walk(self.path("homes", "cn-embassy", "repat")):
            for name in folders + files:
                for word in words:
                    self.assertNotIn(word, name)
                if name in files:
                    self.assertEqual(stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) & 0o077, 0, name)
        for word in words:
            self.assertNotIn(word, log)

    def test_no_function_takes_a_victim_and_a_suspect(self):
        both = re.compile(r"\([^()]*AssistedReturn[^()]*SuspectReturn[^()]*\)|\([^()]*SuspectReturn[^()]*AssistedReturn[^()]*\)")
        seen = 0
        for folder in ("libexchange", "tools"):
            for where, _, files in os.walk(os.path.join(world.ROOT, folder)):
                for name in files:
                    text = world.read(os.path.join(where, name)).decode()
                    seen += "AssistedReturn" in text
                    self.assertIsNone(both.search(text), name)
        self.assertGreater(seen, 0)


class Batch(RepatWorld):
    def test_two_are_held_back_for_named_reasons(self):
        rows = [person(i, id=f"V-000{i}") for i in range(1, 6)]
        self.people(rows, "--batch", "flight-1")
        for i in range(1, 6):
            self.assertEqual(self.make_ready(f"V-000{i}").code, 0)
        self.repat("gate", "V-0002", "medical=open", "--at", "2026-06-12T06:00:00Z")
        self.repat("gate", "V-0004", "risk=failed", "--at", "2026-06-12T06:00:00Z")
        shown = self.json("batch", "flight-1", "--flight", "XX 100", "--departs", "2026-06-13T05:00:00+07:00", "--escorts", "two officers")
        self.assertEqual(len(shown["members"]), 5)
        self.assertEqual(shown["members"][0]["flight"], "XX 100")
        done = self.json("batch", "flight-1", "departed", "--at", "2026-06-13T05:00:00Z", "--doc", "manifest=MAN-1")
        self.assertEqual(done["went"], ["V-0001", "V-0003", "V-0005"])
        held = {h["id"]: " ".join(r["message"] for r in h["reasons"]) for h in done["held"]}
        self.assertEqual(set(held), {"V-0002", "V-0004"})
        self.assertIn("medical", held["V-0002"])
        self.assertIn("risk", held["V-0004"])
        self.assertEqual({r["id"]: r["state"] for r in self.json("list")},
                         {"V-0001": "departed", "V-0002": "ready", "V-0003": "departed", "V-0004": "ready", "V-0005": "departed"})
        self.no("batch", "flight-1", "departed", "--at", "2026-06-13T06:00:00Z", "--doc", "M")  # nobody left who may
        self.no("batch", "nobody", "departed", "--doc", "M", code=2)

    def test_findings_are_never_made_of_many_at_once(self):
        self.people([V1, V2], "--batch", "b")
        for state in ("screened", "protected", "registered", "mode_set"):
            self.assertIn("many at once", self.no("batch", "b", state, "--doc", "X").err)
        self.no("batch", "b", "nowhere", code=2)


class TwoDesks(RepatWorld):
    def exchange(self):
        self.repat("export", "--to", BANGKOK, "-o", "there.valise")
        self.repat("merge", "there.valise", home="bangkok")

    def test_two_desks_merge_in_any_order_and_contradictions_wait_for_a_person(self):
        self.people([V1, V2])
        self.people([person(7, id="")], home="bangkok", name="b.csv")
        self.exchange()
        self.assertEqual(len(self.json("list", home="bangkok")), 3)
        self.repat("advance", "V-0001", "located", "--at", "2026-05-21T05:00:00Z")
        self.repat("advance", "V-0001", "safe", "--at", "2026-05-21T06:00:00Z", "--doc", "W", home="bangkok")
        self.repat("gate", "V-0002", "medical=ok", home="bangkok")
        self.repat("export", "--to", POST, "-o", "back.valise", home="bangkok")
        first = self.json("merge", "back.valise")
        self.assertEqual(first["contradictions"], ["V-0001"])
        self.assertGreater(first["added"], 0)
        self.assertEqual(self.json("merge", "back.valise")["added"], 0)
        self.repat("export", "--to", BANGKOK, "-o", "again.valise")
        self.repat("merge", "again.valise", home="bangkok")
        self.assertEqual(self.json("list"), self.json("list", home="bangkok"))
        self.assertEqual(self.record("V-0002")["gates"], {"medical": "ok"})
        shown = [r for r in self.json("show", "V-0001")["records"]][0]
        self.assertEqual(shown["state"], "reported")
        two = shown["contradictions"][0]
        self.assertEqual(sorted(two["values"]), ["located", "safe"])
        self.no("advance", "V-0001", "lost_contact")
        chosen = two["events"][two["values"].index("safe")]
        self.no("settle", "V-0001", chosen)  # no reason given
        self.no("settle", "V-0001", "ffff", "--note", "x", code=2)
        self.repat("settle", "V-0001", chosen[:12], "--note", "the person stands here")
        self.assertEqual(self.record("V-0001")["state"], "safe")
        self.repat("advance", "V-0001", "registered", "--doc", "R")
        self.assertEqual(len(self.json("list", "--contradictions")), 0)

    def test_a_police_desk_gets_no_victims_names_it_may_not_have(self):
        self.people([dict(V1, nationality="TH")])
        self.repat("correct", "V-0001", "shelter=house seven", "contact=line-5")
        self.repat("note", "V-0001", "a word of the family")
        self.repat("export", "--to", TH, "--to", KH, "-o", "out.valise")
        got = self.json("merge", "out.valise", home="th-desk")  # police of the home state
        self.assertEqual(got["people"], 1)
        raw = world.read(self.path("homes", "th-desk", "repat", "events")).decode()
        for word in ("Nguyễn", "NGUYEN", "2002", "house seven", "line-5", "family called", "a word"):
            self.assertNotIn(word, raw)
        self.assertEqual(self.record("V-0001", home="th-desk")["state"], "reported")
        self.repat("merge", "out.valise", home="kh-desk")  # police of the host state
        raw = world.read(self.path("homes", "kh-desk", "repat", "events")).decode()
        self.assertIn("NGUYEN", raw)
        self.assertNotIn("house seven", raw)
        self.refused(40, "ae-desk", "repat", "merge", "out.valise")
        sealed = world.read(self.path("out.valise"))
        for word in ("Nguyễn".encode(), b"NGUYEN", b"V-0001"):
            self.assertNotIn(word, sealed)

    def test_what_is_not_signed_by_a_trusted_key_is_not_merged(self):
        self.people([V1])
        self.repat("export", "--to", BANGKOK, "-o", "a.valise")
        damaged = bytearray(world.read(self.path("a.valise")))
        damaged[len(damaged) // 2] ^= 1
        self.write("damaged.valise", bytes(damaged))
        r = self.run_valise("bangkok", "repat", "merge", "damaged.valise")
        self.assertIn(r.code, (10, 11, 12, 13, 20, 30))
        self.assertEqual(self.json("list", home="bangkok"), [])
        self.ok("bangkok", "trust", "remove", "cn-example-mfa")
        self.refused(31, "bangkok", "repat", "merge", "a.valise")
        self.assertEqual(self.json("list", home="bangkok"), [])
        self.write("case/one.txt", b"evidence")
        self.ok("cn-liaison", "case", "init", "case", "--title", "T", "--reference", "XA-TEST-2026-000001", "--legal-basis", "untoc:18",
                "--purpose", "a purpose that is long enough")
        self.ok("cn-liaison", "pack", "case", "--to", KH, "-o", "case.valise")
        self.refused(32, "kh-desk", "repat", "merge", "case.valise")


class People(RepatWorld):
    def test_two_pseudonyms_of_one_person_are_joined_and_parted_again(self):
        self.people([dict(V1, document_no="X1"), dict(V2, id="V-0007", document_no="X1", nationality="VN")])
        alike = self.json("join", "V-0001")
        self.assertEqual([(a["id"], a["equal"]) for a in alike], [("V-0007", ["document_no"])])
        self.no("join", "V-0001", "V-0007")  # no reason
        self.repat("join", "V-0001", "V-0007", "--note", "same passport, same face")
        self.assertEqual([r["id"] for r in self.json("list")], ["V-0001"])
        self.assertEqual(len(self.json("list", "--joined")), 2)
        self.assertEqual(self.json("show", "V-0001")["joined"], ["V-0007"])
        self.no("join", "V-0007", "V-0001", "--note", "a circle")
        self.repat("join", "V-0001", "V-0007", "--undo", "--note", "two sisters")
        self.assertEqual(len(self.json("list")), 2)

    def test_corrections_keep_what_stood_before(self):
        self.people([V1])
        self.repat("correct", "V-0001", "nationality=th", "born=be:2545", "--note", "seen the card")
        self.assertEqual(self.record("V-0001")["nationality"], "THA")
        facts = [e["fields"] for e in self.json("history", "V-0001", "--reveal", "--reason", "test")]
        self.assertIn({"nationality": "THA"}, facts)
        self.assertTrue(any(f.get("nationality") == "VNM" for f in facts))
        self.no("correct", "V-0001", "nationality=Atlantis", code=2)
        self.no("correct", "V-0001", "colour=red", code=2)

    def test_documents_by_hash(self):
        self.people([V1])
        self.write("Nguyen.pdf", b"a scan")
        self.repat("advance", "V-0001", "safe", "--doc-file", "walk_in=Nguyen.pdf")
        document = self.json("history", "V-0001")[-1]["documents"][0]
        self.assertEqual(document["sha256"], hashlib.sha256(b"a scan").hexdigest())
        self.assertNotIn("Nguyen", json.dumps(document))

    def test_show_says_what_is_missing_for_the_next_step(self):
        self.people([V2])
        self.assertEqual(self.make_ready("V-0002").code, 32)
        record = self.json("show", "V-0002")["records"][0]
        ready = [n for n in record["next"] if n["to"] == "ready"][0]
        self.assertIn("gate guardian", [m["what"] for m in ready["missing"]])
        self.assertEqual(ready["documents"], ["clearances"])
        text = self.repat("show", "V-0002").out.decode()
        self.assertIn("gate guardian is open", text)
        self.assertIn("treated as a minor", text)

    def test_due_is_overdue_first_and_within(self):
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
        self.people([dict(V1, reported_at=soon), V2])
        due = self.json("due")
        self.assertEqual([d["id"] for d in due], ["V-0002", "V-0001"])
        self.assertEqual([d["overdue"] for d in due], [True, False])
        self.assertEqual([d["id"] for d in self.json("due", "--within", "1h")], ["V-0002"])
        self.assertEqual(len(self.json("due", "--within", "24h")), 2)
        self.assertRegex(due[1]["local"], r"\(\+07:00\)$")
        self.assertEqual(self.json("due", "--rule", "search"), [])
        self.no("due", "--within", "soon", code=2)

    def test_killed_while_importing(self):
        self.write("many.csv", sheet([person(i) for i in range(3000)]))
        for delay in (0.02, 0.1, 0.25, 0.4):
            p = subprocess.Popen([VALISE, "--home", self.path("homes", "cn-embassy"), "-q", "repat", "import", "many.csv"], cwd=self.dir,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            p.kill()
            p.wait()
            self.assertIn(len(self.json("list")), (0, 3000))
        self.json("import", "many.csv")
        self.assertEqual(len(self.json("list")), 3000)

    def test_a_full_disk_and_a_read_only_home(self):
        mount = self.path("small")
        os.mkdir(mount)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", mount]).returncode:
            self.skipTest("no tmpfs here")
        try:
            subprocess.run(["cp", "-r", self.path("homes", "cn-embassy"), mount], check=True)
            home = os.path.join(mount, "cn-embassy")
            self.write("one.csv", sheet([V1]))
            self.write("many.csv", sheet([person(i) for i in range(1000)]))
            run = lambda *w: self.run_valise(None, "--home", home, "--json", "repat", *w)
            self.assertEqual(run("import", "one.csv").code, 0)
            r = run("import", "many.csv")
            self.assertEqual(r.code, 3, r.err)
            self.assertEqual(len(run("list").json), 1)
            self.assertEqual(run("advance", "V-0001", "located").code, 0)
            subprocess.run(["mount", "-o", "remount,ro", mount], check=True)
            self.assertEqual(run("list").json[0]["state"], "located")
            self.assertEqual(run("advance", "V-0001", "safe", "--doc", "X").code, 3)
        finally:
            subprocess.run(["umount", mount])


if __name__ == "__main__":
    world.main()
