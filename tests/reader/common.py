"""Hashes, encodings and the one exception of the reader."""
import base64, hashlib, hmac


class Refused(Exception):
    def __init__(self, kind, why):
        super().__init__(why)
        self.kind = kind


def require(ok, kind, why):
    if not ok:
        raise Refused(kind, why)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hx(prk, info, n):
    out = block = b""
    while len(out) < n:
        block = hmac.new(prk, block + info + bytes([len(out) // 32 + 1]), hashlib.sha256).digest()
        out += block
    return out[:n]


def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def mth(leaves):
    level = [sha(b"\0", x) for x in leaves]
    if not level:
        return sha()
    stack = []
    for i, h in enumerate(level):
        while i & 1:
            h = sha(b"\1", stack.pop(), h)
            i >>= 1
        stack.append(h)
    h = stack.pop()
    while stack:
        h = sha(b"\1", stack.pop(), h)
    return h


def b64(text, kind="malformed", padded=True):
    try:
        raw = base64.b64decode(text + ("" if padded else "=" * (-len(text) % 4)), validate=True)
    except Exception:
        raise Refused(kind, "bad base64")
    again = base64.b64encode(raw).decode()
    require((again if padded else again.rstrip("=")) == text, kind, "base64 is not canonical")
    return raw


def padme(n):
    if n < 2:
        return n
    e = n.bit_length() - 1
    z = e - e.bit_length()
    return (n + (1 << z) - 1) >> z << z
