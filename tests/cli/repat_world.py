"""An embassy with its officers, a second post, and lists of people whose names must not leak."""
import atexit, csv, io, os, shutil, tempfile

from world import World

POST, PROTECTION, SUPERVISOR = ("cn-example-mfa/" + n for n in ("consular-phnom-penh", "protection-officer", "supervisor"))
BANGKOK = "cn-example-mfa/consular-bangkok"
COUNTRIES = ["CN", "VN", "TH", "KH", "MM", "LA", "ID", "PH", "MY", "IN", "PK", "BD", "NP", "KE", "ET", "UG", "BR", "EG", "MA", "TR"]
NAMES = [("测建国", "CE JIANGUO"), ("สมชาย ตัวอย่าง", "SOMCHAI TUAYANG"), ("خالد المثالي", "KHALID AL MITHALI"),
         ("Nguyễn Thị Ví Dụ", "NGUYEN THI VI DU"), ("សុភា ឧទាហរណ៍", "SOPHEA OUTEAHOR"), ("မောင်နမူနာ", "MAUNG NAMUNA")]
COLUMNS = ["id", "name_native", "name_latin", "sex", "born", "minor", "nationality", "document_type", "document_no", "host",
           "site", "reported_at", "channel", "note"]


def sheet(rows, columns=COLUMNS):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row.get(c, "") for c in columns])
    return out.getvalue()


def person(i, **more):
    native, latin = NAMES[i % len(NAMES)]
    row = {"name_native": f"{native} {i}", "name_latin": f"{latin} {i}", "sex": "fm"[i % 2], "born": str(1970 + i % 30),
           "minor": "no", "nationality": COUNTRIES[i % 20], "document_type": "none", "host": "TH", "site": "TH-EX-01",
           "reported_at": "2026-05-21T10:00:00+07:00", "channel": "host_police"}
    row.update(more)
    return row


class RepatWorld(World):
    template = None  # the homes, made once a run

    def setUp(self):
        super().setUp()
        if RepatWorld.template is None:
            self.make_officers()
            RepatWorld.template = tempfile.mkdtemp(prefix="valise-repat-")
            atexit.register(shutil.rmtree, RepatWorld.template)
            shutil.copytree(self.path("homes"), os.path.join(RepatWorld.template, "homes"))
        else:
            shutil.rmtree(self.path("homes"))
            shutil.copytree(os.path.join(RepatWorld.template, "homes"), self.path("homes"))

    def make_officers(self):
        self.officer("cn-embassy", PROTECTION, "protection,open,seal")
        self.officer("cn-embassy", SUPERVISOR, "supervisor")
        shutil.copytree(self.path("homes", "cn-embassy", "trust"), self.path("homes", "bangkok", "trust"))
        self.officer("bangkok", BANGKOK, "consular,seal,open")
        for home in ("cn-embassy", "bangkok", "kh-desk", "th-desk"):
            self.ok(home, "trust", "import", *[self.path(n.replace("/", ".") + ".endorsement") for n in (PROTECTION, SUPERVISOR, BANGKOK)])

    def officer(self, home, name, usage):
        base = self.path(name.replace("/", "."))
        self.ok(home, "key", "new", name, "--no-passphrase", "--example")
        self.ok(home, "key", "request", name, "-o", base + ".request")
        self.ok("roots", "agency", "endorse", base + ".request", "--usage", usage, "--from", "2026-01-01", "--until",
                "2099-12-31", "-o", base + ".endorsement")
        self.ok(home, "key", "install", base + ".endorsement")

    def repat(self, *words, home="cn-embassy", **options):
        return self.ok(home, "repat", *words, **options)

    def json(self, *words, home="cn-embassy"):
        return self.ok(home, "--json", "repat", *words).json

    def no(self, *words, code=32, home="cn-embassy"):
        return self.refused(code, home, "repat", *words)

    def people(self, rows, *more, home="cn-embassy", name="people.csv"):
        self.write(name, sheet(rows))
        return self.ok(home, "--json", "repat", "import", name, *more).json

    def record(self, who, track="assisted_return", home="cn-embassy"):
        found = [r for r in self.json("list", home=home) if r["id"] == who and r["track"] == track]
        return found[0] if found else None

    def advance(self, who, state, at, *more):
        return self.repat("advance", who, state, "--at", at, *more)

    GATES = ["identity=ok", "nationality=ok", "medical=ok", "risk=ok", "consent=ok", "travel_document=ok", "exit=waived", "ticket=ok", "reception=ok"]

    def make_ready(self, who, gates=None):
        """The way of V-0001 in the sample, as far as `ready`."""
        self.advance(who, "safe", "2026-05-21T08:00:00Z", "--doc", "HND-1")
        self.advance(who, "registered", "2026-05-21T10:00:00Z", "--doc", "REG-1")
        self.advance(who, "screened", "2026-05-22T04:00:00Z", "--doc", "SCR-1")
        self.advance(who, "protected", "2026-05-22T05:00:00Z", "--doc", "SHL-1")
        self.advance(who, "preparing", "2026-06-04T05:00:00Z", "--doc", "CNS-1")
        words = [w for g in (self.GATES if gates is None else gates) for w in ("--gate", g)]
        return self.run_valise("cn-embassy", "repat", "advance", who, "ready", "--at", "2026-06-12T05:00:00Z", "--doc", "NAT-1", *words)
