"""age v1 files: section 4."""
import hashlib, hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base
from nacl.exceptions import CryptoError, RuntimeError as SodiumError

from common import Refused, b64, extract, hx, require


def age_stanzas(raw):
    pos = 0

    def line():
        nonlocal pos
        end = raw.find(b"\n", pos)
        require(end >= 0, "malformed", "age header")
        out, pos = raw[pos:end], end + 1
        try:
            return out.decode("ascii")
        except UnicodeDecodeError:
            raise Refused("malformed", "age header")

    require(line() == "age-encryption.org/v1", "malformed", "not age")
    stanzas = []
    while True:
        start = pos
        text = line()
        if text.startswith("---"):
            require(text.startswith("--- ") and stanzas, "malformed", "age header end")
            mac = b64(text[4:], padded=False)
            require(len(mac) == 32, "malformed", "age mac")
            require(len(raw) - pos >= 16, "malformed", "age nonce")
            return stanzas, raw[: start + 3], mac, raw[pos : pos + 16], raw[pos + 16 :]
        require(text.startswith("-> "), "malformed", "age stanza")
        args = text[3:].split(" ")
        require(all(a and all(33 <= ord(c) <= 126 for c in a) for a in args), "malformed", "age arguments")
        body = b""
        while True:
            part = line()
            require(len(part) <= 64, "malformed", "age body")
            body += b64(part, padded=False)
            if len(part) < 64:
                break
        require(len(stanzas) < 65536, "limit", "stanzas")
        stanzas.append((args, body))


def age_open(raw, identities):
    stanzas, head, mac, nonce, payload = age_stanzas(raw)
    require(not any(a[0] == "scrypt" for a, _ in stanzas), "malformed", "scrypt")
    for scalar in identities:
        for args, body in stanzas:
            if args[0] != "X25519":
                continue
            require(len(args) == 2, "malformed", "X25519 stanza")
            share = b64(args[1], padded=False)
            require(len(share) == 32, "malformed", "X25519 share")
            require(len(body) == 32, "key", "file key length")
            try:
                shared = crypto_scalarmult(scalar, share)
            except (SodiumError, CryptoError):
                raise Refused("key", "low order share")
            require(shared != bytes(32), "key", "low order share")
            wrap = hx(extract(share + crypto_scalarmult_base(scalar), shared), b"age-encryption.org/v1/X25519", 32)
            try:
                file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), body, b"")
            except InvalidTag:
                continue
            expected = hmac.new(hx(extract(b"", file_key), b"header", 32), head, hashlib.sha256).digest()
            require(expected == mac, "key", "age header mac")
            try:
                return ChaCha20Poly1305(hx(extract(nonce, file_key), b"payload", 32)).decrypt(bytes(11) + b"\1", payload, b"")
            except InvalidTag:
                raise Refused("key", "age payload")
    return None
