"""case init, case check: what officers see while they prepare a case."""
import os

from world import World, main, read


class Case(World):
    def init(self, *more, folder="case", code=0, purpose="a purpose that is long enough"):
        words = ["case", "init", folder, "--title", "Test", "--reference", "XA-TEST-2026-000001", "--legal-basis", "untoc:18", "--purpose", purpose, *more]
        return self.ok("cn-liaison", *words) if code == 0 else self.refused(code, "cn-liaison", *words)

    def test_drafts_one_exhibit_per_entry(self):
        self.write("case/b/x", "1")
        self.write("case/a.jpg", "2")
        self.init()
        lines = read(self.path("case/exhibits.csv")).decode().splitlines()
        self.assertTrue(lines[0].startswith("id,path,title,kind,"))
        self.assertEqual([l.split(",")[:4] for l in lines[1:]], [["EX-01", "a.jpg", "a.jpg", "photo"], ["EX-02", "b", "b", "other"]])
        toml = read(self.path("case/case.toml")).decode()
        for word in ('reference = "XA-TEST-2026-000001"', 'instrument = "untoc"', 'requesting = "cn-example-police"', 'tlp = "AMBER+STRICT"'):
            self.assertIn(word, toml)
        self.ok(None, "case", "check", "case")

    def test_free_text_legal_basis(self):
        self.write("case/a", "1")
        self.ok("cn-liaison", "case", "init", "case", "--title", "T", "--reference", "R-1", "--legal-basis", "MoU of 2024: section 3", "--purpose", "a purpose that is long enough")
        self.assertIn('citation = "MoU of 2024: section 3"', read(self.path("case/case.toml")).decode())

    def test_never_overwrites(self):
        self.write("case/a", "1")
        self.init()
        self.write("case/case.toml", "mine")
        self.init(code=3)
        self.assertEqual(read(self.path("case/case.toml")), b"mine")
        os.unlink(self.path("case/case.toml"))
        self.init(code=3)
        self.assertFalse(os.path.exists(self.path("case/case.toml")))

    def test_refuses_what_says_nothing(self):
        self.write("case/a", "1")
        self.init(code=32, purpose="because")
        self.init(code=3, folder="missing")
        self.refused(2, None, "case", "init", "case", "--title", "T")
        self.assertEqual(os.listdir(self.path("case")), ["a"])

    def test_lists_every_problem_with_its_place(self):
        self.write("case/a", "1")
        self.write("case/late", "1")
        self.init()
        self.write("case/exhibits.csv", "id;path;title;kind;seized_at\r\nEX-01;a;A;phone;yesterday\r\nEX-01;gone;B;thing;\r\n")
        r = self.run_valise(None, "case", "check", "case")
        self.assertEqual(r.code, 32)
        out = r.out.decode()
        self.assertTrue(out.startswith("4 problems in 1 file"), out)
        for word in ('exhibits.csv:2: seized_at: "yesterday"', "exhibits.csv:3: id", "exhibits.csv:3: path", "exhibits.csv:3: kind", "not covered: late", "fix: "):
            self.assertIn(word, out)
        told = self.run_valise(None, "--json", "case", "check", "case").json
        self.assertFalse(told["ok"])
        self.assertEqual([(p["row"], p["column"]) for p in told["problems"] if p["level"] == "refuse"], [(2, "seized_at"), (3, "id"), (3, "path"), (3, "kind")])
        self.assertEqual(told["uncovered"], ["late"])

    def test_broken_toml_shows_the_place(self):
        self.write("case/a", "1")
        self.init()
        self.write("case/case.toml", 'title = "x"\nreference = oops\n')
        out = self.run_valise(None, "case", "check", "case").out.decode()
        self.assertIn("case.toml:2", out)
        self.assertIn("^", out)

    def test_files_that_belong_to_nobody_may_be_left(self):
        self.write("case/a", "1")
        self.init()
        self.write("case/late", "1")
        self.assertEqual(self.run_valise(None, "case", "check", "case").code, 32)
        self.ok(None, "case", "check", "case", "--allow-uncovered")
        self.refused(3, None, "case", "check", "missing")
        self.refused(3, None, "case", "check", "homes")


if __name__ == "__main__":
    main()
