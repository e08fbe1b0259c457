"""Stock tools agree with what the program writes."""
import os, subprocess

from world import KH, ROOT, TH, World, main, read

CHECK = os.path.join(ROOT, "tests", "stock_check.sh")
SCHEMAS = os.path.join(ROOT, "schemas")


class Stock(World):
    def check(self, bundle, home="kh-desk", name=KH):
        return subprocess.run([CHECK, bundle, SCHEMAS, self.path("homes", home, "keys", name + ".key")], cwd=self.dir, capture_output=True, text=True)

    def test_a_bundle_is_checked_without_our_program(self):
        self.make_case({"big.bin": os.urandom(9 << 20), "text": b"words " * 100000, "small": b"x"})
        self.pack(KH, TH + ":EX-02")
        r = self.check("case.valise")
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertEqual(len(r.stdout.splitlines()), 6, r.stdout)
        self.assertNotEqual(self.check("case.valise", "ae-desk", "ae-example-police/evidence-desk").returncode, 0)
        raw = bytearray(read(self.path("case.valise")))
        raw[5 << 20] ^= 1
        self.write("bad.valise", bytes(raw))
        self.assertNotEqual(self.check("bad.valise").returncode, 0)

    def test_age_opens_a_key_file(self):
        self.write("pass", "open sesame\n")
        self.ok("kh-desk", "--passphrase-file", "pass", "key", "new", "kh-example-police/other")
        file = self.path("homes/kh-desk/keys/kh-example-police/other.key")
        self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)
        subprocess.run(["bash", "-c", f"(sleep 0.5; printf 'open sesame\\n'; sleep 2) | script -qec 'age -d -o key.txt {file}' /dev/null"], cwd=self.dir, capture_output=True, timeout=60)
        self.assertIn(b"AGE-SECRET-KEY-1", read(self.path("key.txt")))

    def test_the_frame_is_what_capnp_encodes(self):
        text = '(kind=2,flags=1,compartment=16909060,ordinal=1,index=2,body="%s")' % ("x" * 600)
        out = subprocess.run(["capnp", "encode", "-I/usr/include", os.path.join(SCHEMAS, "bundle.capnp"), "Frame"], input=text.encode(), capture_output=True).stdout
        self.assertEqual(out[:48].hex(), "00000000500000000000000003000100" "0200010004030201" "0100000000000000" "0200000000000000" "01000000c2120000")


if __name__ == "__main__":
    main()
