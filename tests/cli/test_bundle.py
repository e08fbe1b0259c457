"""pack, verify, list, open: what officers, desks and couriers do, and what goes wrong."""
import os, re, signal, socket, subprocess, time

from world import KH, TH, VALISE, World, main, read


class RoundTrip(World):
    def test_folder_comes_back_with_names_times_and_modes(self):
        names = ["阿/证据.txt", "دليل.txt", "หลักฐาน.txt", "ភស្តុតាង.txt", "သက်သေ.txt", "nl/a\nb.txt", "quote/a\"b'c.txt", "-rf", " lead", "comma,semi;colon",
                 "raw:x", "n" * 250, b"\xff\xfe.bin", b"d/\x80\x81", "deep/" + "/".join("d%d" % i for i in range(50)) + "/f"]
        self.make_case({n: os.urandom(100) for n in names})
        os.chmod(self.path("case", "-rf"), 0o400)
        os.chmod(self.path("case", "nl"), 0o555)
        os.utime(self.path("case", " lead"), ns=(1, 1234567890123456789))
        before = self.snapshot("case")
        self.pack()
        self.ok("kh-desk", "open", "case.valise", "-C", "back")
        self.assertEqual(self.snapshot("back"), before)
        self.assertEqual(self.snapshot("case"), before)

    def test_sizes_around_a_chunk(self):
        self.make_case({"f%d" % n: os.urandom(n) for n in (0, 1, 511, 1 << 20, (1 << 20) + 1, (3 << 20) - 1)} | {"zeros": bytes(5 << 20)})
        self.pack()
        self.ok("kh-desk", "open", "case.valise", "-C", "back")
        self.assertEqual(self.snapshot("back"), self.snapshot("case"))

    def test_links_and_special_files_are_recorded_never_followed(self):
        self.make_case({"d/file": b"x"})
        os.symlink("/etc/passwd", self.path("case/d/link"))
        os.mkfifo(self.path("case/d/fifo"))
        s = socket.socket(socket.AF_UNIX)
        s.bind(self.path("case/d/socket"))
        s.close()
        r = self.pack()
        for word in ("link", "fifo", "socket"):
            self.assertIn(word, r.err)
        files = {f["path"]: f for e in self.ok("kh-desk", "--json", "list", "case.valise", "--files").json["exhibits"] for f in e["entries"]}
        self.assertEqual(files["d/link"]["link_target"], "/etc/passwd")
        self.ok("kh-desk", "open", "case.valise", "-C", "back")
        self.assertEqual(os.listdir(self.path("back/d")), ["file"])

    def test_holes_stay_holes(self):
        self.make_case({"f": b"x"})
        with open(self.path("case/f"), "wb") as f:
            f.write(b"head")
            f.seek(30 << 20)
            f.write(b"tail")
        self.pack()
        self.ok("kh-desk", "open", "case.valise", "-C", "back")
        self.assertEqual(read(self.path("back/f")), read(self.path("case/f")))
        self.assertLess(os.stat(self.path("back/f")).st_blocks * 512, 1 << 20)

    def test_a_pipe_carries_it(self):
        self.make_case()
        words = [VALISE, "--home", self.path("homes/cn-liaison"), "-q", "pack", "case", "--to", KH, "-o", "-"]
        sender = subprocess.Popen(words, cwd=self.dir, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        r = self.run_valise("kh-desk", "open", "-", "-C", "back", stdin=sender.stdout)
        sender.stdout.close()
        self.assertEqual((sender.wait(), r.code), (0, 0), r.err)
        self.assertEqual(self.snapshot("back"), self.snapshot("case"))

    def test_only_a_part(self):
        self.make_case()
        self.pack()
        self.ok("kh-desk", "open", "case.valise", "-C", "a", "--only", "EX-01/b/*")
        self.assertEqual(sorted(self.snapshot("a")), [b".", b"one", b"one/b", b"one/b/c.txt"])
        self.ok("kh-desk", "open", "case.valise", "-C", "b", "--only", "EX-03")
        self.assertEqual(os.listdir(self.path("b")), ["two.bin"])
        self.refused(2, "kh-desk", "open", "case.valise", "-C", "c", "--only", "EX-09")
        self.assertFalse(os.path.exists(self.path("c")))

    def test_a_nested_path_belongs_to_the_deeper_exhibit(self):
        self.make_case({"phone/a": b"1", "phone/sim/b": b"2"})
        with open(self.path("case/exhibits.csv"), "a") as f:
            f.write("EX-01.1,phone/sim,SIM,sim,,,,,,," + TH + ",\n")
        self.pack(KH, TH)
        self.ok("th-desk", "open", "case.valise", "-C", "th")
        self.assertTrue(os.path.exists(self.path("th/phone/sim/b")))
        self.ok("kh-desk", "open", "case.valise", "-C", "kh")
        self.assertFalse(os.path.exists(self.path("kh/phone/sim")))


class Confidential(World):
    def test_a_partial_recipient_learns_nothing_of_the_rest(self):
        self.make_case({"open.txt": b"public words", "hidden-name.txt": b"hidden words", "hidden-dir/inner-name": b"x"})
        self.pack(KH, TH + ":EX-03")
        raw = read(self.path("case.valise"))
        for word in (b"hidden", b"open.txt", b"evidence-desk/", b"kh-example-police", b"XA-TEST"):
            self.assertNotIn(word, raw)
        told = self.ok("th-desk", "--json", "list", "case.valise", "--files")
        self.assertIn(b"open.txt", told.out)
        for word in (b"hidden", b"inner"):
            self.assertNotIn(word, told.out)
        self.assertEqual([e["readable"] for e in told.json["exhibits"]], [False, False, True])
        self.ok("th-desk", "open", "case.valise", "-C", "th")
        self.assertEqual(sorted(os.listdir(self.path("th"))), ["case.toml", "exhibits.csv", "open.txt"])
        for sheet in ("case.toml", "exhibits.csv"):
            for word in (b"hidden", b"EX-01", b"EX-02", b"kh-example"):
                self.assertNotIn(word, read(self.path("th/" + sheet)))

    def test_equal_content_has_unequal_ciphertext(self):
        self.make_case()
        self.pack(out="a.valise")
        self.pack(out="b.valise")
        a, b = (read(self.path(f)) for f in ("a.valise", "b.valise"))
        self.assertEqual(len(a), len(b))
        self.assertNotEqual(a[5000:6000], b[5000:6000])

    def test_verify_says_who_and_how_deep(self):
        self.make_case()
        self.pack()
        v = self.ok("kh-desk", "--json", "verify", "case.valise").json
        self.assertEqual((v["verdict"], v["exit"], v["checked"], v["exhibits"]), ("valid", 0, "contents", 3))
        self.assertEqual(v["signer"]["name"], "cn-example-police/liaison")
        self.assertEqual(v["signer"]["country"], "CN")
        self.assertEqual(v["recipients"], [KH])
        self.assertTrue(any("EXAMPLE" in w for w in v["warnings"]))
        self.assertEqual(self.ok("kh-desk", "--json", "verify", "--seal-only", "case.valise").json["checked"], "seal")
        self.assertEqual(self.ok("outsider", "--json", "verify", "case.valise").json["checked"], "seal")
        v = self.run_valise("nobody", "--json", "verify", "case.valise")
        self.assertEqual((v.code, v.json["verdict"]), (31, "trust"))
        self.ok("roots", "agency", "card", "cn-example-police", "-o", "cn.card")
        self.ok("nobody", "verify", "case.valise", "--trust", "cn.card")
        two = self.run_valise("kh-desk", "--json", "verify", "case.valise", "missing.valise")
        self.assertEqual((two.code, [d["verdict"] for d in two.json]), (3, ["valid", "unavailable"]))

    def test_a_bundle_of_the_outsider_is_not_trusted(self):
        self.make_case()
        self.ok("outsider", "pack", "case", "--to", KH, "-o", "o.valise")
        self.refused(31, "kh-desk", "verify", "o.valise")
        self.refused(31, "kh-desk", "open", "o.valise", "-C", "o")
        self.assertFalse(os.path.exists(self.path("o")))

    def test_a_revoked_sender_is_refused(self):
        self.make_case()
        self.pack()
        serial = self.ok("cn-liaison", "--json", "key", "list").json[0]["serial"]
        self.ok("roots", "agency", "revoke", serial, "--as", "cn-example-police", "--reason", "laptop lost", "-o", "list")
        self.ok("kh-desk", "verify", "case.valise")
        self.ok("kh-desk", "trust", "import", "list")
        self.assertIn("laptop lost", self.refused(31, "kh-desk", "verify", "case.valise").err)
        self.refused(31, "kh-desk", "open", "case.valise", "-C", "x")


class Refusals(World):
    def packs_not(self, code, *words, out="no.valise"):
        homes = self.snapshot("homes")
        r = self.refused(code, "cn-liaison", "pack", *words, "-o", out)
        self.assertFalse(os.path.exists(self.path(out)))
        self.assertEqual([n for n in os.listdir(self.dir) if n.startswith(".")], [])
        self.assertEqual(self.snapshot("homes"), homes)
        return r

    def test_wrong_arguments(self):
        self.make_case()
        self.refused(2, "cn-liaison")
        self.refused(2, "cn-liaison", "nonsense")
        self.refused(2, "cn-liaison", "pack", "case")
        self.packs_not(2, "case", "--to", "nobody")
        self.packs_not(2, "case", "--to", KH, "--level", "99")
        self.packs_not(2, "case", "--to", KH + ":EX-77")
        self.packs_not(2, "case", "--to", KH, "--to", KH)
        self.packs_not(31, "case", "--to", "xx-unknown-police/desk")
        self.packs_not(31, "case", "--to", "kh-example-police/nobody")
        self.packs_not(31, "case", "--to", "outsider-example/desk")
        self.packs_not(3, "missing", "--to", KH)
        self.packs_not(3, "case", "--to", KH, out="no/such/folder.valise")

    def test_an_existing_bundle_is_never_replaced(self):
        self.make_case()
        self.pack()
        before = read(self.path("case.valise"))
        self.refused(3, "cn-liaison", "pack", "case", "--to", KH, "-o", "case.valise")
        self.assertEqual(read(self.path("case.valise")), before)

    def test_a_key_that_may_not_seal(self):
        self.make_case()
        self.refused(31, "approver", "pack", "case", "--to", KH, "-o", "x.valise")

    def test_uncovered_files_are_named(self):
        self.make_case()
        self.write("case/late.txt", "late")
        self.assertIn("late.txt", self.packs_not(32, "case", "--to", KH).err)
        self.pack(more=["--allow-uncovered"])
        self.ok("kh-desk", "open", "case.valise", "-C", "back")
        self.assertFalse(os.path.exists(self.path("back/late.txt")))

    def test_acquisition_hashes(self):
        self.make_case({"f.bin": b"evidence"})
        sheet = "id,path,title,kind,acquisition_sha256,hash_note\nEX-01,f.bin,F,other,%s,%s\n"
        import hashlib
        self.write("case/exhibits.csv", sheet % (hashlib.sha256(b"evidence").hexdigest().upper(), ""))
        self.pack(out="good.valise")
        entry = self.ok("kh-desk", "--json", "list", "good.valise", "--files").json["exhibits"][0]["entries"][0]
        self.assertTrue(entry["acquisition_match"])
        self.write("case/exhibits.csv", sheet % ("0" * 64, ""))
        self.assertIn("EX-01", self.packs_not(32, "case", "--to", KH).err)
        self.write("case/exhibits.csv", sheet % ("0" * 64, "re-exported by the lab"))
        self.assertIn("explained", self.pack(out="noted.valise").err)

    def test_a_file_that_cannot_be_read(self):
        self.make_case()
        os.chmod(self.path("case/two.bin"), 0)
        for where, folders, _ in os.walk(self.dir):
            for f in folders:
                os.chmod(os.path.join(where, f), 0o777)
        subprocess.run(["chmod", "-R", "a+rX", self.path("homes")])
        os.chmod(self.dir, 0o777)
        r = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", VALISE, "--home", self.path("homes/cn-liaison"), "pack", "case", "--to", KH, "-o", "x.valise"],
                           cwd=self.dir, capture_output=True)
        self.assertEqual(r.returncode, 3, r.stderr)
        self.assertIn(b"two.bin", r.stderr)
        self.assertFalse(os.path.exists(self.path("x.valise")))

    def test_a_file_that_changes_while_it_is_read(self):
        self.make_case({"big.bin": os.urandom(1 << 20) * 200})
        words = [VALISE, "--home", self.path("homes/cn-liaison"), "pack", "case", "--to", KH, "-o", "x.valise", "--level", "15", "--threads", "1"]
        p = subprocess.Popen(words, cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(0.2)
        with open(self.path("case/big.bin"), "ab") as f:
            while p.poll() is None:
                f.write(b"more")
                f.flush()
                time.sleep(0.01)
        self.assertEqual(p.returncode, 3)
        self.assertIn(b"big.bin", p.stderr.read())
        p.stderr.close()
        self.assertFalse(os.path.exists(self.path("x.valise")))

    def test_full_disk(self):
        self.make_case({"big.bin": os.urandom(3 << 20)})
        self.pack()
        limited = lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_FSIZE, (1 << 20, 1 << 20))
        for words in (["pack", "case", "--to", KH, "-o", "x.valise"], ["open", "case.valise", "-C", "x"]):
            home = "cn-liaison" if words[0] == "pack" else "kh-desk"
            self.refused(3, home, *words, preexec_fn=limited)
            self.assertEqual(sorted(os.listdir(self.dir)), ["case", "case.valise", "homes"])

    def test_broken_pipe(self):
        self.make_case({"big.bin": os.urandom(4 << 20)})
        p = subprocess.Popen([VALISE, "--home", self.path("homes/cn-liaison"), "pack", "case", "--to", KH, "-o", "-"], cwd=self.dir,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdout.read(10)
        p.stdout.close()
        self.assertEqual(p.wait(), 3)
        self.assertIn(b"valise: ", p.stderr.read())
        p.stderr.close()

    def catches(self, process, number):
        with open(f"/proc/{process.pid}/status") as f:
            caught = next(line for line in f if line.startswith("SigCgt:"))
        return int(caught.split()[1], 16) >> (number - 1) & 1

    def test_interrupted(self):
        self.make_case({"big.bin": os.urandom(1 << 20) * 300})
        self.pack()
        for words, home in ((["pack", "case", "--to", KH, "-o", "x.valise", "--level", "19", "--threads", "1"], "cn-liaison"), (["open", "case.valise", "-C", "x"], "kh-desk")):
            p = subprocess.Popen([VALISE, "--home", self.path("homes", home)] + words, cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Opening begins with a folder; packing at level 19 takes its time.
            begun = (lambda: len(os.listdir(self.dir)) > 3) if words[0] == "open" else (lambda: self.catches(p, signal.SIGINT))
            while p.poll() is None and not begun():
                time.sleep(0.001)
            p.send_signal(signal.SIGINT)
            self.assertEqual(p.wait(), 130)
            self.assertEqual(sorted(os.listdir(self.dir)), ["case", "case.valise", "homes"])

    def test_killed_while_packing(self):
        self.make_case({"big.txt": "".join(map(str, range(6000000)))})
        p = subprocess.Popen([VALISE, "--home", self.path("homes/cn-liaison"), "pack", "case", "--to", KH, "-o", "x.valise", "--level", "19"], cwd=self.dir,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.3)
        p.kill()
        p.wait()
        self.assertEqual(sorted(os.listdir(self.dir)), ["case", "homes"])

    def test_the_target_must_be_new_or_empty(self):
        self.make_case()
        self.pack()
        self.write("full/mine.txt", "mine")
        self.refused(3, "kh-desk", "open", "case.valise", "-C", "full")
        self.assertEqual(os.listdir(self.path("full")), ["mine.txt"])
        os.mkdir(self.path("empty"))
        self.ok("kh-desk", "open", "case.valise", "-C", "empty")

    def test_too_large_for_the_reader(self):
        self.make_case()
        self.pack()
        self.refused(11, "kh-desk", "open", "case.valise", "-C", "x", "--max-size", "100")
        self.assertFalse(os.path.exists(self.path("x")))

    def test_not_a_bundle(self):
        self.write("text.valise", "hello, this is no bundle at all, but it is longer than sixty-four bytes ........")
        self.refused(10, "kh-desk", "verify", "text.valise")
        self.refused(3, "kh-desk", "verify", "missing.valise")
        self.refused(3, "kh-desk", "verify", "homes")
        self.write("empty.valise", b"")
        self.refused(13, "kh-desk", "verify", "empty.valise")


class Manners(World):
    def test_every_command_has_help_that_ends_in_an_example(self):
        for words in (["agency", "new"], ["agency", "card"], ["agency", "endorse"], ["agency", "revoke"], ["key", "new"], ["key", "request"],
                      ["key", "install"], ["key", "list"], ["key", "passwd"], ["trust", "add"], ["trust", "list"], ["trust", "import"],
                      ["trust", "remove"], ["case", "init"], ["case", "check"], ["pack"], ["verify"], ["list"], ["open"], ["completion"], []):
            out = self.ok(None, *words, "--help").out.decode().rstrip().splitlines()
            self.assertEqual(out[-2], "Example:", words)
            self.assertRegex(out[-1], "^  (valise|source) ")

    def test_json_is_one_document_and_errors_are_json_too(self):
        self.make_case()
        for home, words in (("cn-liaison", ["pack", "case", "--to", KH, "-o", "j.valise"]), ("kh-desk", ["list", "j.valise"]), ("kh-desk", ["verify", "j.valise"]),
                            ("kh-desk", ["open", "j.valise", "-C", "j"]), ("kh-desk", ["key", "list"]), ("kh-desk", ["trust", "list"]), ("kh-desk", ["case", "check", "case"]),
                            ("cn-liaison", ["pack", "case", "--to", KH, "--dry-run"])):
            self.ok(home, "--json", *words).json
        r = self.run_valise("kh-desk", "--json", "open", "missing.valise", "-C", "k")
        self.assertEqual((r.code, r.json["exit"], r.json["error"]["code"]), (3, 3, "unavailable"))

    def test_no_progress_off_a_terminal_and_quiet_is_quiet(self):
        self.make_case({"big.bin": os.urandom(20 << 20)})
        self.assertNotIn("\r", self.pack().err)
        r = self.ok("kh-desk", "-q", "open", "case.valise", "-C", "back")
        self.assertEqual(r.out, b"")

    def test_progress_on_a_terminal(self):
        self.make_case({"big.bin": os.urandom(1 << 20) * 400})
        out = subprocess.run(["script", "-qec", f"{VALISE} --home homes/cn-liaison pack case --to {KH} -o p.valise --level 6", "/dev/null"], cwd=self.dir,
                             capture_output=True, stdin=subprocess.DEVNULL).stdout
        self.assertIn(b"packing", out)
        self.assertIn(b" %", out)

    def test_dry_run_shows_who_reads_what_and_writes_nothing(self):
        self.make_case()
        out = self.ok("cn-liaison", "--json", "pack", "case", "--to", KH, "--to", TH + ":EX-01", "--dry-run").json
        self.assertEqual(out["exhibits"][0]["readers"], [KH, TH])
        self.assertEqual(out["exhibits"][1]["readers"], [KH])
        self.assertEqual(out["sheets"], [KH])
        self.assertEqual(sorted(os.listdir(self.dir)), ["case", "homes"])

    def test_audience_column_and_aliases(self):
        self.make_case()
        toml = read(self.path("case/case.toml")).decode() + f'\n[audience]\nth = "{TH}"\n'
        self.write("case/case.toml", toml)
        sheet = read(self.path("case/exhibits.csv")).decode().splitlines()
        sheet[1] = "EX-01,one,one,other,,,,,,,th,"
        self.write("case/exhibits.csv", "\n".join(sheet) + "\n")
        self.refused(32, "cn-liaison", "pack", "case", "--to", KH + ":EX-01", "-o", "x.valise")
        r = self.pack(KH)
        self.assertIn("EX-01 stays here", r.err)
        self.ok("kh-desk", "open", "case.valise", "-C", "kh")
        self.assertFalse(os.path.exists(self.path("kh/one")))

    def test_a_supplement_names_the_earlier_seal(self):
        self.make_case()
        self.pack()
        self.pack(out="more.valise", more=["--supplement-to", "case.valise"])
        earlier = self.ok("kh-desk", "--json", "verify", "case.valise").json
        self.assertEqual(self.ok("kh-desk", "--json", "verify", "more.valise").json["parent"], earlier["seal"])
        self.assertIsNone(earlier["parent"])

    def test_reading_leaves_no_trace(self):
        self.make_case({"f": b"x"})
        os.utime(self.path("case/f"), ns=(10**18, 10**18))
        self.pack()
        self.assertEqual(os.stat(self.path("case/f")).st_atime_ns, 10**18)

    def test_completion_completes(self):
        self.ok(None, "completion")
        for words, expected in (("pa", "pack"), ("pack --l", "--level"), ("agency e", "endorse"), ("repat add --ba", "--batch"), ("remote add --pas", "--password-file"),
                                ("custody sho", "show"), ("store purge --ho", "--home"), ("receipt accept --no-p", "--no-progress")):
            with self.subTest(words):
                script = f"source <({VALISE} completion); COMP_WORDS=(valise {words}); COMP_CWORD={len(words.split())}; _valise; echo ${{COMPREPLY[@]}}"
                self.assertIn(expected, subprocess.run(["bash", "-c", script], capture_output=True, text=True).stdout.split())

    def test_manual_pages(self):
        self.ok(None, "man", "pages")
        pages = sorted(os.listdir(self.path("pages")))
        commands = re.findall(r"^  ([a-z]+)  ", self.ok(None, "--help").out.decode().split("Subcommands:")[1], re.M)
        self.assertEqual(pages, sorted(["valise.1"] + [f"valise-{c}.1" for c in commands]))
        for page in pages:
            r = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-cbou", self.path("pages", page)], capture_output=True, text=True)
            self.assertEqual(r.stderr, "", page)
            for line in re.findall(r"^  (--[a-z0-9-]+|-[a-z],--[a-z0-9-]+)", self.ok(None, *page[:-2].split("-")[1:], "--help").out.decode(), re.M):
                self.assertIn(line.split(",")[-1], r.stdout, page)
        text = read(self.path("pages", "valise.1")).decode()
        for code in (0, 2, 3, 10, 11, 12, 13, 20, 21, 30, 31, 32, 40, 50, 70):
            self.assertIn(f".B {code}\n", text)
        self.write("in-the-way", b"")
        self.refused(3, None, "man", "in-the-way")

    def test_example_homes_work_read_only(self):
        subprocess.run(["chmod", "-R", "a-w", self.path("homes")])
        self.make_case()
        self.pack()
        self.ok("kh-desk", "verify", "case.valise")


if __name__ == "__main__":
    main()
