"""agency, key, trust: from nothing to a sealed bundle between two agencies."""
import os, stat

from world import KH, World, main, read


class Trust(World):
    def agency(self, home, ident, country, officer, usage="seal,open,custody"):
        self.ok(home, "agency", "new", ident, "--name", "警察 " + ident, "--country", country, "--no-passphrase")
        self.ok(home, "agency", "card", ident, "-o", ident + ".card")
        self.ok(home, "key", "new", officer, "--no-passphrase")
        self.ok(home, "key", "request", officer, "-o", ident + ".request")
        self.ok(home, "agency", "endorse", ident + ".request", "--usage", usage, "--until", "2099-12-31", "-o", ident + ".endorsement")
        self.ok(home, "key", "install", ident + ".endorsement")

    def fingerprint(self, home, ident):
        return next(a["fingerprint"] for a in self.ok(home, "--json", "trust", "list").json if a["agency"] == ident)

    def test_two_agencies_meet(self):
        self.agency("a", "xa-police", "XA", "xa-police/liaison")
        self.agency("b", "xb-police", "XB", "xb-police/desk")
        for home, ident, other in (("a", "xb-police", "b"), ("b", "xa-police", "a")):
            self.ok(home, "trust", "add", ident + ".card", "--fingerprint", self.fingerprint(other, ident))
            self.ok(home, "trust", "import", ident + ".endorsement")
        self.make_case()
        self.ok("a", "pack", "case", "--to", "xb-police/desk", "-o", "x.valise")
        r = self.ok("b", "--json", "verify", "x.valise").json
        self.assertEqual((r["verdict"], r["signer"]["name"], r["warnings"]), ("valid", "xa-police/liaison", []))
        self.ok("b", "open", "x.valise", "-C", "out")

    def test_trust_needs_the_fingerprint_and_does_not_tell_it(self):
        self.agency("a", "xa-police", "XA", "xa-police/liaison")
        right = self.fingerprint("a", "xa-police")
        r = self.refused(2, "b", "trust", "add", "xa-police.card")
        self.assertNotIn(right[7:16], r.err)
        r = self.refused(31, "b", "trust", "add", "xa-police.card", "--fingerprint", "SHA256:" + "00000000 " * 8)
        self.assertNotIn(right[7:16], r.err)
        self.assertFalse(os.path.exists(self.path("homes/b")))
        self.refused(31, "b", "trust", "import", "xa-police.endorsement")
        self.assertFalse(os.path.exists(self.path("homes/b")))
        self.refused(2, "b", "trust", "remove", "xa-police")

    def test_passphrases(self):
        self.write("one", "first passphrase\n")
        self.write("two", "second passphrase\n")
        self.refused(2, "a", "key", "new", "xa-police/desk")  # no terminal, no file
        self.ok("a", "--passphrase-file", "one", "key", "new", "xa-police/desk")
        file = self.path("homes/a/keys/xa-police/desk.key")
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        self.assertNotIn(b"PRIVATE", read(file))
        before = read(file)
        self.refused(21, "a", "--passphrase-file", "two", "key", "passwd", "desk", "--new-passphrase-file", "two")
        self.assertEqual(read(file), before)
        self.ok("a", "--passphrase-file", "one", "key", "passwd", "desk", "--new-passphrase-file", "two")
        self.ok("a", "--passphrase-file", "two", "key", "request", "desk", "-o", "r")
        self.refused(21, "a", "--passphrase-file", "one", "key", "request", "desk", "-o", "r2")
        self.ok("a", "--passphrase-file", "two", "key", "passwd", "desk", "--no-passphrase")
        self.assertIn(b"PRIVATE+KEY", read(file))
        self.refused(2, "a", "key", "new", "xa-police/desk", "--no-passphrase")

    def test_a_key_that_others_can_read(self):
        self.ok("a", "key", "new", "xa-police/desk", "--no-passphrase")
        os.chmod(self.path("homes/a/keys/xa-police/desk.key"), 0o644)
        self.refused(21, "a", "key", "request", "xa-police/desk", "-o", "r")
        os.chmod(self.path("homes/kh-desk/keys/" + KH + ".key"), 0o644)
        self.assertIn("EXAMPLE", self.ok("kh-desk", "key", "request", KH, "-o", "r").err)

    def test_what_cannot_be_endorsed_or_installed(self):
        self.agency("a", "xa-police", "XA", "xa-police/liaison")
        self.refused(2, "a", "agency", "endorse", "xa-police.request", "--usage", "rule", "--until", "2099-12-31", "-o", "e")
        self.refused(2, "a", "agency", "endorse", "xa-police.request", "--usage", "seal", "--until", "soon", "-o", "e")
        self.refused(2, "a", "agency", "endorse", "xa-police.request", "--usage", "seal", "--until", "2001-01-01", "-o", "e")
        self.refused(2, "a", "agency", "new", "XA Police", "--name", "n", "--country", "XA", "--no-passphrase")
        self.refused(2, "a", "agency", "new", "xb-police", "--name", "n", "--country", "99", "--no-passphrase")
        self.refused(2, "a", "agency", "revoke", "0" * 32, "--reason", "r", "-o", "l")
        self.assertFalse(os.path.exists(self.path("e")) or os.path.exists(self.path("l")))
        text = read(self.path("xa-police.request")).decode().replace("xa-police/liaison", "xa-police/somebody")
        self.write("forged", text)
        self.refused(10, "a", "agency", "endorse", "forged", "--usage", "seal", "--until", "2099-12-31", "-o", "e")
        self.ok("c", "key", "new", "xa-police/liaison", "--no-passphrase")
        self.ok("c", "trust", "add", "xa-police.card", "--fingerprint", self.fingerprint("a", "xa-police"))
        self.refused(21, "c", "key", "install", "xa-police.endorsement")

    def test_an_unendorsed_key_cannot_seal(self):
        self.ok("a", "key", "new", "xa-police/desk", "--no-passphrase")
        self.make_case()
        self.refused(31, "a", "pack", "case", "--to", KH, "-o", "x.valise")


if __name__ == "__main__":
    main()
