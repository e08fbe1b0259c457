"""Memory does not grow with the bundle: peaks of the program's own processes, in MiB."""
import os, subprocess, unittest

from world import KH, VALISE, World, main

MOST = 128  # MiB, whatever the bundle's size
SLOW = os.environ.get("TEST_SLOW")


def sanitized():
    with open(VALISE, "rb") as f:
        return b"__asan_init" in f.read()


@unittest.skipIf(sanitized(), "the address sanitizer keeps freed memory")
class Memory(World):
    def peak(self, home, *words):
        p = subprocess.Popen([VALISE, "-q", "--home", self.path("homes", home), *words], cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = p.stderr.read().decode()
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        p.stderr.close()
        self.assertEqual(p.returncode, 0, said)
        return usage.ru_maxrss / 1024

    def peaks(self):
        return {"pack": self.peak("cn-liaison", "pack", "case", "--to", KH, "-o", "case.valise"), "verify": self.peak("kh-desk", "verify", "case.valise"),
                "list": self.peak("kh-desk", "list", "case.valise", "--files"), "open": self.peak("kh-desk", "open", "case.valise", "-C", "back")}

    def test_a_large_bundle(self):
        block = os.urandom(1 << 20)
        os.makedirs(self.path("case/video"))
        with open(self.path("case/video/a.bin"), "wb") as noise, open(self.path("case/log.txt"), "wb") as text:
            for n in range(2000 if SLOW else 200):
                noise.write(n.to_bytes(8, "little") + block[8:])
                text.write(b"%08d message\n" % n * 20000)
        self.make_case({"note.txt": b"x"})
        for command, most in self.peaks().items():
            self.assertLess(most, MOST, command)

    def test_many_small_files(self):
        count = 300000 if SLOW else 20000
        for n in range(count):
            if n % 1000 == 0:
                folder = self.path("case", "chat", "d%03d" % (n // 1000))
                os.makedirs(folder)
            with open(os.path.join(folder, "f%06d" % n), "w") as out:
                out.write(f"message {n}")
        self.make_case({"note.txt": b"x"})
        for command, most in self.peaks().items():
            self.assertLess(most, 2 * MOST if SLOW else MOST, command)


if __name__ == "__main__":
    main()
