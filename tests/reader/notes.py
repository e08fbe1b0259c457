"""Keys, signatures and signed texts: section 9 of docs/format.md, and the seal's lines."""
import hashlib, re, time

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

from common import Refused, b64, require, sha

P = 2**255 - 19


def good_point(b):
    y = int.from_bytes(b, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return False
    d = -121665 * pow(121666, P - 2, P) % P
    x2 = (y * y - 1) * pow(d * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != x2:
        return False
    if x & 1 != sign:
        x = P - x
    for _ in range(3):  # times eight must not be the identity
        dd = d * x * x * y * y % P
        x, y = (2 * x * y * pow(1 + dd, P - 2, P)) % P, ((y * y + x * x) * pow(1 - dd, P - 2, P)) % P
    return not (x == 0 and y == 1)


def signed(key, message, signature):
    if len(signature) != 64 or not good_point(key) or not good_point(signature[:32]):
        return False
    try:
        VerifyKey(key).verify(message, signature)
        return True
    except (BadSignatureError, CryptoError, ValueError):
        return False


def vkey(text):
    m = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
    require(m, "malformed", "no vkey")
    raw = b64(m[3])
    require(len(raw) == 33 and raw[0] == 1, "malformed", "no Ed25519 vkey")
    ident = sha(m[1].encode(), b"\n", raw)[:4]
    require(ident.hex() == m[2], "malformed", "vkey of wrong id")
    return m[1], ident, raw[1:]


def note(raw):
    require(len(raw) <= 65536, "limit", "note too large")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed", "note is not UTF-8")
    require(not any((ord(c) < 32 and c != "\n") or ord(c) == 127 for c in text), "malformed", "control characters")
    cut = text.rfind("\n\n")
    require(cut > 0 and text.endswith("\n"), "malformed", "no signature")
    body, rest, lines = text[: cut + 1], text[cut + 2 : -1], []
    require(len(text) > cut + 2, "malformed", "no signature")
    for line in rest.split("\n"):
        require(len(lines) < 16, "limit", "too many signatures")
        parts = line.split(" ")
        require(len(parts) == 3 and parts[0] == "\u2014" and parts[1] and "+" not in parts[1], "malformed", "signature line")
        data = b64(parts[2])
        require(len(data) >= 5, "malformed", "signature line")
        lines.append((parts[1], data[:4], data[4:]))
    return body, lines


def note_by(n, key):
    ours = [s for name, ident, s in n[1] if (name, ident) == key[:2]]
    return len(ours) == 1 and signed(key[2], n[0].encode(), ours[0])


def minisig_ok(key, text, mini):
    lines = mini.split("\n")
    if len(lines) != 5 or lines[0] != "untrusted comment: valise seal" or lines[2] != "trusted comment: valise/v1" or lines[4]:
        return False
    try:
        a, g = b64(lines[1]), b64(lines[3])
    except Refused:
        return False
    return (len(a) == 74 and a[:2] == b"ED" and a[2:10] == sha(key)[:8]
            and signed(key, hashlib.blake2b(text).digest(), a[10:]) and signed(key, a[10:] + b"valise/v1", g))


def fields(text, title, names):
    """Lines 'word value' in exactly this order."""
    lines = text.split("\n")
    require(lines[0] == title and lines[-1] == "", "malformed", "not " + title)
    rest = lines[1:-1]
    out = {}
    for name in names:
        require(rest and rest[0].startswith(name + " ") and len(rest[0]) > len(name) + 1, "malformed", f"{title}: {name}")
        out[name] = rest.pop(0)[len(name) + 1 :]
    return out, rest


def utc(text):
    require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text), "malformed", "no UTC time")
    try:
        return int(time.strftime("%s", time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))) - time.timezone
    except ValueError:
        raise Refused("malformed", "no UTC time")


def number(text):
    require(re.fullmatch(r"0|[1-9]\d{0,18}", text) and int(text) < 2**63, "malformed", "no number")
    return int(text)


def digest(text):
    raw = b64(text)
    require(len(raw) == 32, "malformed", "no hash")
    return raw


USAGES = "seal open approve custody consular protection supervisor grant".split()


def endorsement(raw):
    n = note(raw)
    f, rest = fields(n[0], "valise-endorsement/v1",
                     "serial agency name country officer signing receiving usage not-before not-after example".split())
    require(not rest and f["example"] in ("yes", "no") and re.fullmatch("[0-9a-f]{32}", f["serial"]), "malformed", "endorsement")
    use = f["usage"].split(",")
    require(all(u in USAGES for u in use) and use == [u for u in USAGES if u in use], "malformed", "usage")
    f["key"] = vkey(f["signing"])
    require(f["key"][0] == f["officer"] and f["officer"].split("/")[0] == f["agency"], "malformed", "names disagree")
    f["from"], f["to"] = utc(f["not-before"]), utc(f["not-after"])
    require(f["from"] <= f["to"], "malformed", "validity")
    return n, f
