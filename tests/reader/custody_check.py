"""Checks an export of custody and a receipt from docs/custody.md alone: hashlib and PyNaCl, none of our code."""
import base64, hashlib, os

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey


class Bad(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Bad(why)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text):
    return base64.b64decode(text, validate=True)


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def vkey(text):
    """NAME+HASH8+BASE64 → name, 4-byte id, public key."""
    name, short, key = text.split("+", 2)
    raw = b64(key)
    need(raw[0] == 1 and len(raw) == 33, "vkey")
    ident = sha(name.encode(), b"\n", raw)[:4]
    need(ident.hex() == short, "vkey id")
    return name, ident, raw[1:]


def note(whole):
    text, _, lines = whole.partition(b"\n\n")
    return text + b"\n", [line.split(" ") for line in lines.decode().splitlines()]


def verify_note(whole, key):
    text, lines = note(whole)
    name, ident, public = vkey(key)
    mine = [b64(line[2]) for line in lines if line[1] == name and b64(line[2])[:4] == ident]
    need(len(mine) == 1, "no signature of " + name)
    try:
        VerifyKey(public).verify(text, mine[0][4:])
    except BadSignatureError:
        raise Bad("signature of " + name)
    return text.decode()


def fields(text, title):
    lines = text.splitlines()
    need(lines[0] == title, "title")
    found = {}
    for line in lines[1:]:
        word, _, value = line.partition(" ")
        found.setdefault(word, []).append(value)
    return found


def one(found, word):
    need(len(found.get(word, [])) == 1, word)
    return found[word][0]


def endorsement(whole, root):
    e = fields(verify_note(whole, root), "valise-endorsement/v1")
    need("custody" in one(e, "usage").split(","), "usage")
    return e


def climb(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    need(index < size, "index")
    for p in path:
        need(sn != 0, "path too long")
        if fn & 1 or fn == sn:
            r = sha(b"\1", p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1", r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "path too short")
    return r


def root_of(card):
    c = fields(note(card)[0].decode(), "valise-card/v1")
    verify_note(card, one(c, "root"))
    return one(c, "root")


def listed(folder, name, count, root):
    """The lines that are shown of a long list, each proved."""
    lines = read(folder, "events", name + ".exhibit").decode().splitlines()
    need(lines[0] == "valise-custody-exhibit/v1", "title")
    shown, at = [], 1
    while at < len(lines):
        place, line = int(lines[at].removeprefix("place ")), lines[at + 1].removeprefix("exhibit ")
        at += 2
        path = []
        while at < len(lines) and not lines[at].startswith("place "):
            path.append(b64(lines[at]))
            at += 1
        need(climb(sha(b"\0", line.encode()), place, count, path) == root, "list")
        shown.append(line)
    return shown


def check_export(folder, root):
    """Number of events; Bad when anything is not as the document says. `root` is the trusted vkey of the agency."""
    head = read(folder, "checkpoint")
    origin, size, tree = note(head)[0].decode().splitlines()
    size, tree = int(size), b64(tree)
    known = {}
    for name in os.listdir(os.path.join(folder, "endorsements")):
        whole = read(folder, "endorsements", name)
        need(sha(note(whole)[0]).hex() == name, "endorsement's name")
        known[name] = endorsement(whole, root)
    def signed_by(e):
        try:
            return bool(verify_note(head, one(e, "signing")))
        except Bad:
            return False
    need(any(signed_by(e) and one(e, "agency") == origin.split("/")[0] for e in known.values()), "checkpoint's signature")
    wanted = {}
    for line in read(folder, "exhibits").decode().splitlines():
        exhibit, agency, reference = line.split(" ", 2)
        wanted[exhibit, agency + " " + reference] = ("-", "-")
    names = sorted(n[:-6] for n in os.listdir(os.path.join(folder, "events")) if n.endswith(".event"))
    for name in names:
        whole = read(folder, "events", name + ".event")
        proof, _, checkpoint = read(folder, "events", name + ".tlog-proof").partition(b"\n\n")
        need(checkpoint == head, "proof's checkpoint")
        proof = proof.decode().splitlines()
        need(proof[0] == "c2sp.org/tlog-proof@v1" and proof[1] == f"index {int(name)}", "proof's head")
        need(climb(sha(b"\0", whole), int(name), size, [b64(l) for l in proof[2:]]) == tree, "place in the log")
        text = note(whole)[0].decode()
        e = fields(text, "valise-custody/v1")
        signer = known[b64(one(e, "endorsement")).hex()]
        need(one(e, "signer") == one(signer, "signing"), "signer")
        verify_note(whole, one(e, "signer"))
        need(one(signer, "not-before") <= one(e, "recorded") <= one(signer, "not-after"), "time")
        lines = e.get("exhibit", [])
        if "exhibits" in e:
            count, list_root = one(e, "exhibits").split(" ")
            lines = listed(folder, name, int(count), b64(list_root))
        for line in lines:
            exhibit, index, before = line.split(" ")
            if (exhibit, one(e, "case")) in wanted:
                need(wanted[exhibit, one(e, "case")] == (index, before), "chain of " + exhibit)
                wanted[exhibit, one(e, "case")] = (str(int(name)), base64.b64encode(sha(text.encode())).decode())
    need(all(last != ("-", "-") for last in wanted.values()), "a chain is not here")
    return len(names)


def check_receipt(whole, root):
    """The fields of a receipt."""
    at = whole.index(b"\nvalise-endorsement/v1\n") + 1
    signed, endorsed = whole[:at], whole[at:]
    e = endorsement(endorsed, root)
    r = fields(verify_note(signed, one(e, "signing")), "valise-receipt/v1")
    need(one(r, "signer") == one(e, "signing") and one(r, "receiver") == one(e, "officer"), "signer")
    need(b64(one(r, "endorsement")) == sha(note(endorsed)[0]), "endorsement")
    return {word: values[0] for word, values in r.items()}
