"""The tour of the README runs as it stands."""
import os, re, shutil, subprocess

from world import ROOT, World, main, read, VALISE


class Readme(World):
    def test_the_tour(self):
        text = read(os.path.join(ROOT, "README.md")).decode()
        blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
        self.assertEqual(len(blocks), 1)
        shutil.copytree(os.path.join(ROOT, "keys-example"), self.path("keys-example"))
        os.mkdir(self.path("build"))
        os.symlink(VALISE, self.path("build/valise"))
        r = subprocess.run(["bash", "-euo", "pipefail", "-c", blocks[0]], cwd=self.dir, capture_output=True, text=True, env=dict(os.environ, TMPDIR=self.dir))
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn("identical", r.stdout)
        self.assertIn("valid, seal and contents checked", r.stdout)

    def test_the_first_commands_stand_early(self):
        head = read(os.path.join(ROOT, "README.md")).decode().splitlines()[:20]
        self.assertTrue(any("./dev demo" in line for line in head))
        self.assertTrue(any("./dev test" in line for line in head))


if __name__ == "__main__":
    main()
