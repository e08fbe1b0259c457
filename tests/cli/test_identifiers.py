"""A second opinion on identifiers: python3-stdnum, where it knows the type. And sheets as officers make them."""
import csv, io, random

from stdnum import bic, bitcoin, iban, imei, luhn, meid
from stdnum.cn import ric
from stdnum.th import pin
from stdnum.tr import tckimlik

from world import World, main, read

GOOD = ("valid", "format_only", "unassigned")


def luhn_of(digits):
    return digits + luhn.calc_check_digit(digits)


class Identifiers(World):
    def statuses(self, rows, columns="type,value"):
        self.write("ids/case.toml", 'reference = "XA-TEST-2026-000001"\ntitle = "T"\n')
        out = io.StringIO()
        csv.writer(out).writerows([columns.split(",")] + rows)
        self.write("ids/identifiers.csv", out.getvalue())
        return self.ok(None, "--json", "case", "show", "ids").json["identifiers"]

    def test_stdnum_agrees(self):
        r = random.Random(20260521)
        digits = lambda n: "".join(r.choice("0123456789") for _ in range(n))
        rows = []
        for _ in range(150):
            rows += [("imei", luhn_of("35" + digits(12))), ("imei", "35" + digits(12) + r.choice("123456789")), ("tr_id", str(r.randrange(1, 10)) + digits(10)),
                     ("th_id", str(r.randrange(1, 9)) + digits(12)), ("meid", "A" + "".join(r.choice("0123456789ABCDEF") for _ in range(14))),
                     ("iban", "GB" + digits(2) + "NWBK" + digits(14)), ("bic", "".join(r.choice("ABCDXY12") for _ in range(4)) + r.choice(("DE", "KH", "ZZ", "1E")) + "FF")]
            birth = "%04d%02d%02d" % (r.randrange(1950, 2010), r.randrange(1, 14), r.randrange(1, 32))
            rows.append(("cn_id", "110105" + birth + digits(3) + r.choice("0123456789X")))
            good = "110105" + birth[:4] + "0101" + digits(3)
            rows.append(("cn_id", good + ric.calc_check_digit(good)))
            part = str(r.randrange(1, 9)) + digits(11)
            rows.append(("th_id", part + pin.calc_check_digit(part)))
            part = str(r.randrange(1, 10)) + digits(8)
            rows.append(("tr_id", part + tckimlik.calc_check_digits(part)))
            bban = "NWBK" + digits(14)
            rows.append(("iban", "GB" + iban.calc_check_digits("GB00" + bban) + bban))
        for address in ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"):
            rows.append(("btc", address))
            for i in range(4, len(address)):
                rows.append(("btc", address[:i] + ("q" if address[i] != "q" else "p") + address[i + 1 :]))
        judges = {"imei": imei, "tr_id": tckimlik, "th_id": pin, "meid": meid, "bic": bic, "cn_id": ric, "btc": bitcoin,
                  "iban": type("", (), {"is_valid": staticmethod(lambda v: iban.is_valid(v, check_country=False))})}
        said = self.statuses(rows)
        seen = {k: set() for k in judges}
        for (kind, value), i in zip(rows, said):
            theirs, ours = judges[kind].is_valid(value), i["status"] in GOOD
            if kind == "imei" and i["status"] == "format_only":
                continue  # the 0 that networks send
            if kind == "bic" and any(c.isdigit() for c in value[:4]):
                continue  # ISO 9362:2014 allows digits there, stdnum does not
            if kind == "bic" and value[4:6] == "ZZ":
                self.assertFalse(ours)  # stdnum knows no list of countries
                continue
            if kind == "btc" and any(c.isupper() for c in value) and value.lower().startswith("bc1"):
                continue
            seen[kind].add(theirs)
            self.assertEqual(ours, theirs, (kind, value, i))
        for kind in judges:
            self.assertIn(True, seen[kind], kind)

    def test_sheets_as_spreadsheets_save_them(self):
        self.make_case()
        rows = 'note;TYPE;value;"last;seen";unknown column;;\r\n"two\r\nlines";imei;490154203237518;;kept;;\r\n;;;;;;\r\n;e164;+12025550101;;;;\r\n;;;;;;\r\n'
        for text in (rows, rows.replace(";", "\t").replace('"last\tseen"', '"last;seen"')):
            for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
                self.write("case/identifiers.csv", data)
                told = self.ok("cn-liaison", "--json", "case", "check", "case").json
                self.assertEqual((told["identifiers"], [p for p in told["problems"] if p["file"] == "identifiers.csv"]), (2, []))
                shown = self.ok("cn-liaison", "--json", "case", "show", "case").json["identifiers"]
                self.assertEqual([(i["normalised"], i["row"]["note"], i["row"]["unknown column"]) for i in shown],
                                 [("490154203237518", "two\r\nlines", "kept"), ("+12025550101", "", "")])

    def test_every_problem_is_listed_at_once_with_its_place(self):
        self.make_case()
        self.write("case/identifiers.csv", "type,value,first_seen,exhibit,person\npan,4.11111E+15,,,\nshoe,42,,,\nimei,490154203237519,21/05/2026,EX-09,P-1\nth_id,123456789012,2026-05-21 09:00,,\n")
        self.write("case/losses.csv", 'victim,amount,currency,time,status\nX,"1,5",USD,,lost\n')
        self.write("case/persons.csv", "id,role,minor,born\nP-1,suspect,perhaps,31.12.1990\nP-1,,no,1990-02-30\n")
        told = self.run_valise("cn-liaison", "--json", "case", "check", "case").json
        places = {(p["file"], p["row"], p["column"], p["level"]) for p in told["problems"]}
        for place in (("identifiers.csv", 2, "value", "warn"), ("identifiers.csv", 3, "type", "refuse"), ("identifiers.csv", 4, "value", "warn"),
                      ("identifiers.csv", 4, "first_seen", "refuse"), ("identifiers.csv", 4, "exhibit", "warn"), ("identifiers.csv", 5, "first_seen", "refuse"),
                      ("identifiers.csv", 5, "value", "warn"), ("losses.csv", 2, "amount", "warn"), ("losses.csv", 2, "victim", "warn"), ("losses.csv", 2, "status", "refuse"),
                      ("persons.csv", 2, "minor", "refuse"), ("persons.csv", 2, "born", "refuse"), ("persons.csv", 3, "id", "refuse"), ("persons.csv", 3, "born", "refuse")):
            self.assertIn(place, places)
        for p in told["problems"]:
            self.assertTrue(p["why"] and p["remedy"], p)
        out = self.run_valise("cn-liaison", "case", "check", "case").out.decode()
        self.assertIn("8 problems in 3 files", out.splitlines()[0])
        self.assertIn("a date in a local order", out)
        self.assertIn("spreadsheet damage", out)
        self.assertIn("leading zeros", out)

    def test_hostile_sheets_cost_a_clear_line(self):
        self.make_case()
        for data in (b'type,value\n"' + b"x" * 3_000_000, b"type,value\n\xff\xfe\n", b"type,value\nimei,\xe2\x82", b"\0\0\0", b"", b"type,type,value\nimei,imei,1\n",
                     b"type,value\n" + b"x" * 2_000_000 + b",1\n", "type,value\nimei,1".encode("utf-16")[:-1]):
            self.write("case/identifiers.csv", data)
            r = self.run_valise("cn-liaison", "case", "check", "case")
            self.assertEqual(r.code, 32, data[:40])
            self.assertIn("identifiers.csv", r.out.decode())
            self.assertLess(len(r.out), 3000)
        self.write("case/identifiers.csv", "type,value\n" + "nothing,1\n" * 30_000)
        r = self.run_valise("cn-liaison", "case", "check", "case")
        self.assertIn("30000 problems in 1 file", r.out.decode().splitlines()[0])
        self.assertIn("more of these", r.out.decode())


if __name__ == "__main__":
    main()
