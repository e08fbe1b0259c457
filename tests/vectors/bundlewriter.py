"""An independent writer of valise bundles, from docs/format.md, that can also write wrong ones.

Deterministic: keys and salts come from a counter. Uses hashlib, hmac, PyNaCl, cryptography, zstandard."""
import base64, hashlib, hmac, os, re, struct

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base
from nacl.signing import SigningKey

CHUNK, SLICE = 1 << 20, 1 << 23
EXHIBIT, CHUNKS, FILES, MANIFEST, SLICES, SEAL = 1, 2, 3, 4, 5, 6


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
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return sha(b"\0", leaves[0])
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1", mth(leaves[:k]), mth(leaves[k:]))


def b64(raw):
    return base64.b64encode(raw).decode()


def padme(n):
    if n < 2:
        return n
    e = n.bit_length() - 1
    z = e - e.bit_length()
    return (n + (1 << z) - 1) >> z << z


class Chance:
    """Bytes that look random and are always the same."""

    def __init__(self, seed):
        self.seed, self.count = seed.encode(), 0

    def __call__(self, n):
        self.count += 1
        return hashlib.shake_256(self.seed + struct.pack("<Q", self.count)).digest(n)


# ---- Cap'n Proto ------------------------------------------------------------------------------------------------


class Struct:
    def __init__(self, data=b"", ptrs=()):
        self.data, self.ptrs = data + bytes(-len(data) % 8), list(ptrs)


class Text(bytes):
    pass


class U64s(list):
    pass


def encode(root):
    seg = bytearray(8)

    def put(at, word):
        seg[at : at + 8] = struct.pack("<Q", word & (1 << 64) - 1)

    def rel(at, target):
        return (target - at - 8) // 8 << 2 & 0xFFFFFFFF

    def body(at, s):
        seg[at : at + len(s.data)] = s.data
        for i, p in enumerate(s.ptrs):
            place(at + len(s.data) + 8 * i, p)

    def place(at, value):
        target = len(seg)
        if value is None or (isinstance(value, (bytes, list)) and not value):
            return
        if isinstance(value, Struct):
            seg.extend(bytes(len(value.data) + 8 * len(value.ptrs)))
            put(at, rel(at, target) | (len(value.data) // 8) << 32 | len(value.ptrs) << 48)
            body(target, value)
        elif isinstance(value, bytes):
            raw = value + (b"\0" if isinstance(value, Text) else b"")
            seg.extend(raw + bytes(-len(raw) % 8))
            put(at, rel(at, target) | 1 | 2 << 32 | len(raw) << 35)
        elif isinstance(value, U64s):
            seg.extend(struct.pack(f"<{len(value)}Q", *value))
            put(at, rel(at, target) | 1 | 5 << 32 | len(value) << 35)
        elif isinstance(value[0], Struct):
            size = len(value[0].data) // 8 + len(value[0].ptrs)
            seg.extend(bytes(8 + 8 * size * len(value)))
            put(at, rel(at, target) | 1 | 7 << 32 | size * len(value) << 35)
            put(target, len(value) << 2 | (len(value[0].data) // 8) << 32 | len(value[0].ptrs) << 48)
            for i, s in enumerate(value):
                body(target + 8 + 8 * size * i, s)
        else:  # a list of pointers
            seg.extend(bytes(8 * len(value)))
            put(at, rel(at, target) | 1 | 6 << 32 | len(value) << 35)
            for i, v in enumerate(value):
                place(target + 8 * i, v)

    place(0, root)
    return struct.pack("<II", 0, len(seg) // 8) + bytes(seg)


# ---- keys and notes ---------------------------------------------------------------------------------------------


class Key:
    """A private key file of a home, in the clear."""

    def __init__(self, path):
        text = open(path, encoding="ascii", errors="replace").read()
        m = re.search(r"^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)$", text, re.M)
        self.name, self.id = m[1], bytes.fromhex(m[2])
        self.signing = SigningKey(base64.b64decode(m[3])[1:])
        self.public = bytes(self.signing.verify_key)
        self.vkey = f"{self.name}+{m[2]}+{b64(bytes([1]) + self.public)}"
        m = re.search(r"^AGE-SECRET-KEY-1(\S+)$", text, re.M)
        if m:
            bits = "".join(f"{'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.index(c):05b}" for c in m[1].lower()[:-6])
            self.scalar = bytes(int(bits[i : i + 8], 2) for i in range(0, 256, 8))
            self.recipient = crypto_scalarmult_base(self.scalar)

    def sign(self, message):
        return self.signing.sign(message).signature

    def line(self, text):
        return f"\u2014 {self.name} {b64(self.id + self.sign(text.encode()))}\n"

    def note(self, text):
        return text + "\n" + self.line(text)

    def minisig(self, text):
        first = self.sign(hashlib.blake2b(text.encode()).digest())
        return ("untrusted comment: valise seal\n" + b64(b"ED" + sha(self.public)[:8] + first)
                + "\ntrusted comment: valise/v1\n" + b64(self.sign(first + b"valise/v1")) + "\n")


def age_file(recipients, payload, chance, extra=()):
    def unpadded(raw):
        return b64(raw).rstrip("=")

    file_key, nonce = chance(16), chance(16)
    head = "age-encryption.org/v1\n"
    for stanza in extra:
        head += stanza
    for recipient in recipients:
        e = chance(32)
        share = crypto_scalarmult_base(e)
        wrap = hx(extract(share + recipient, crypto_scalarmult(e, recipient)), b"age-encryption.org/v1/X25519", 32)
        body = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, b"")
        head += f"-> X25519 {unpadded(share)}\n{unpadded(body)}\n"
    head += "---"
    mac = hmac.new(hx(extract(b"", file_key), b"header", 32), head.encode(), hashlib.sha256).digest()
    sealed = ChaCha20Poly1305(hx(extract(nonce, file_key), b"payload", 32)).encrypt(bytes(11) + b"\1", payload, b"")
    return head.encode() + f" {unpadded(mac)}\n".encode() + nonce + sealed


# ---- the bundle ---------------------------------------------------------------------------------------------------


class Frame:
    def __init__(self, kind, compartment=0, ordinal=0, index=0, flags=0, body=b""):
        self.kind, self.flags, self.compartment, self.ordinal, self.index, self.body = kind, flags, compartment, ordinal, index, body
        self.pad = None

    def prefix(self, length):
        words = (40 + length + -length % 8) // 8
        return struct.pack("<IIQHHIQQII", 0, words, 0x0001000300000000, self.kind, self.flags, self.compartment, self.ordinal,
                           self.index, 1, length << 3 | 2)

    def bytes(self):
        n = len(self.body)
        return self.prefix(n) + self.body + (self.pad if self.pad is not None else bytes(-n % 8))


def inner(plain, codec=0, payload=None, raw_len=None, pad=None):
    payload = plain if payload is None else payload
    head = struct.pack("<BBHIII", codec, 0, 0, len(plain) if raw_len is None else raw_len, len(payload), 0)
    return head + payload + (bytes(padme(max(len(payload), 512)) - len(payload)) if pad is None else pad)


def rle_frame(size, blocks, descriptor=0xA0, window=b"", dictionary=b"", byte=b"x"):
    """A zstd frame of run-length blocks: says `size`, gives the sum of `blocks`."""
    out = struct.pack("<I", 0xFD2FB528) + bytes([descriptor]) + window + dictionary + struct.pack("<I", size)
    for i, n in enumerate(blocks):
        out += struct.pack("<I", int(i == len(blocks) - 1) | 1 << 1 | n << 3)[:3] + byte
    return out


def packed(piece):
    """A chunk's plaintext: run-length coded where it is one byte over and over, so that vectors stay small."""
    if len(piece) < 4096 or piece != piece[:1] * len(piece):
        return inner(piece)
    blocks = [131072] * (len(piece) // 131072) + ([len(piece) % 131072] if len(piece) % 131072 else [])
    return inner(b"", 1, rle_frame(len(piece), blocks, byte=piece[:1]), len(piece))


def seal_body(key, frame, plain):
    nonce = bytes(3) + struct.pack(">QB", frame.index, frame.flags & 1)
    frame.body = ChaCha20Poly1305(key).encrypt(nonce, plain, frame.prefix(len(plain) + 16))


class File:
    def __init__(self, path, data=b"", kind=0, mode=0o644, **odd):
        self.path, self.data, self.kind, self.mode, self.odd = path, data, kind, mode, odd

    def entry(self):
        t = Struct(struct.pack("<qI4x", 1700000000, 0))
        regular = self.kind == 0
        size = self.odd.get("size", len(self.data) if regular else 0)
        hash_ = self.odd.get("sha256", sha(self.data) if regular else b"")
        ptrs = [self.path, hash_, t, t, t, None, self.odd.get("acquisition", b""), self.odd.get("link", b"")]
        return encode(Struct(struct.pack("<HHIQQ", self.kind, self.mode, 0, size, self.odd.get("holes", 0)), ptrs))

    def size(self):
        return self.odd.get("size", len(self.data) if self.kind == 0 else 0)

    def sha256(self):
        return self.odd.get("sha256", sha(self.data)) if self.kind == 0 else bytes(32)


class Stream:
    def __init__(self, compartment, meta, files=()):
        self.compartment, self.meta, self.files = compartment, meta, list(files)


def case_view(audience, files=()):
    def meta(n, size):
        view = Struct(struct.pack("<H", 0o755), [[Text(a.encode()) for a in audience], Text(b"XA-VECTOR-2026-000001"), Text(b"EXAMPLE vector"),
                      Text(b"cn-example-police"), [Text(b"untoc art. 18")], Text(b"to test readers of the format"), Text(b"AMBER+STRICT"),
                      Struct(struct.pack("<qI", 1700000000, 0))])
        return encode(Struct(struct.pack("<QQH", n, size, 1), [view]))

    return Stream(0, meta, files)


def exhibit(compartment, ident, path, files):
    def meta(n, size):
        return encode(Struct(struct.pack("<QQH", n, size, 0), [Struct(b"", [Text(ident.encode()), path, Text(b"title"), Text(b"other"), None])]))

    return Stream(compartment, meta, files)


class Writer:
    """Writes one bundle. Every step is a method, so that a vector can replace or follow it: see make_bundles.py."""

    def __init__(self, name, signer, endorsement, recipients, streams):
        self.chance = Chance(name)
        self.signer, self.endorsement, self.recipients, self.streams = signer, endorsement, recipients, streams
        self.version, self.suite, self.flags, self.zero = 1, 1, 0, 0
        self.keys = [self.chance(32) for _ in recipients]
        self.payloads = list(self.keys)
        self.extra_stanzas = ()
        self.bundle_id = self.chance(32)
        self.header_signer = signer.vkey
        self.hooks = {}
        self.minisign = True

    def hook(self, name, *args):
        if name in self.hooks:
            return self.hooks[name](self, *args)
        return args[0] if args else None

    def header_message(self):
        compartments = [Struct(struct.pack("<I", c), [age_file(r, self.payloads[c], self.chance, self.extra_stanzas)])
                        for c, r in enumerate(self.recipients)]
        return self.hook("header", encode(Struct(b"", [Text(self.header_signer.encode()), compartments, None])))

    def stream_keys(self, c, n, salt):
        x = hx(self.keys[c], b"valise/v1/exhibit\0" + self.h + struct.pack("<IQ", c, n) + salt, 32)
        k = hx(x, b"valise/v1/exhibit-keys\0", 192)
        return [k[i : i + 32] for i in range(0, 192, 32)]

    def chunk_plain(self, piece, n, index, final):
        return self.hook("chunk", packed(piece), n, index, final)

    def stream_frames(self, s, n):
        c, salt = s.compartment, self.chance(16)
        k_enc, k_files, k_meta, s_files, s_meta, kc = self.stream_keys(c, n, salt)
        files = s.files
        total = sum(f.size() for f in files)
        meta = s.meta(len(files), total)
        salted = self.hook("salted", salt + kc, n)
        frames = [Frame(EXHIBIT, c, n, body=salted)]
        data = b"".join(f.data for f in files if f.kind == 0)
        pieces = self.hook("pieces", [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)] or [b""], n)
        for i, piece in enumerate(pieces):
            f = Frame(CHUNKS, c, n, i, int(i == len(pieces) - 1))
            f.key = k_enc
            seal_body(k_enc, f, self.chunk_plain(piece, n, i, f.flags))
            frames.append(f)
        frames = self.hook("frames", frames, n)
        at, offsets = self.position, U64s()
        for f in frames:
            if f.kind == CHUNKS:
                offsets.append(at)
            at += len(f.bytes())
        raws = [f.entry() for f in files]
        raws = self.hook("raws", raws, n)
        parts = ([encode(Struct(b"", [[Struct(b"", [r]) for r in raws], None]))] if raws else []) + \
                [encode(Struct(b"", [None, self.hook("offsets", offsets, n)]))]
        parts = self.hook("parts", parts, n)
        for i, part in enumerate(parts):
            f = Frame(FILES, c, n, i, int(i == len(parts) - 1))
            seal_body(k_files, f, inner(part))
            frames.append(f)
        leaves = []
        for j, (f, raw) in enumerate(zip(files, raws)):
            salts = hx(s_files, struct.pack("<Q", j), 64)
            leaves.append(sha(b"valise/v1/leaf-file\0", sha(b"valise/v1/content\0", salts[:32], struct.pack("<Q", f.size()), f.sha256()),
                              sha(b"valise/v1/meta-file\0", salts[32:], raw)))
        leaf = sha(b"valise/v1/leaf-exhibit\0", struct.pack("<QQ", n, len(files)), mth(leaves), sha(b"valise/v1/meta-exhibit\0", s_meta, meta))
        plain = struct.pack("<I", len(meta)) + meta
        plain += bytes(padme(max(len(plain), 512)) - len(plain))
        sealed = ChaCha20Poly1305(k_meta).encrypt(bytes(12), self.hook("meta", plain, n), b"valise/v1/seal-meta\0" + self.h + struct.pack("<Q", n))
        stored = sum(len(f.bytes()) for f in frames)
        files_at = self.position + sum(len(f.bytes()) for f in frames if f.kind in (EXHIBIT, CHUNKS))
        count = lambda kind: sum(f.kind == kind for f in frames)
        self.entries.append([n, c, count(CHUNKS), count(FILES), self.position, files_at, stored, leaf, sealed, salted])
        return frames

    def manifest_frames(self):
        salt = self.chance(16)
        k_enc, _, _, _, _, kc = self.stream_keys(0, 0, salt)
        entries = self.hook("entries", self.entries)
        part = encode(Struct(b"", [[Struct(struct.pack("<QIII4xQQQ", *e[:7]), [e[7], e[8], e[9]]) for e in entries]]))
        f = Frame(MANIFEST, flags=1)
        seal_body(k_enc, f, inner(self.hook("manifest", part)))
        return [Frame(EXHIBIT, body=salt + kc), f]

    def seal_text(self):
        lines = ["valise-seal/v1", "bundle " + self.bundle_id.hex(), "suite 1", "header " + b64(self.h), f"length {self.sealed_len}",
                 "slices " + b64(mth(self.digests)), f"exhibits {len(self.streams)}", "content " + b64(mth([e[7] for e in self.entries])),
                 "signer " + self.signer.vkey, "endorsement " + b64(sha(self.endorsement.split("\n\n")[0].encode() + b"\n")),
                 "policy standard " + b64(sha(b"policy")), "approvals 0 -", "parent -", "time 2026-06-01T00:00:00Z"]
        return "\n".join(self.hook("seal", lines)) + "\n"

    def write(self):
        header = self.header_message()
        preamble = bytes.fromhex("89564c530d0a1a0a") + struct.pack("<HHIIIQ", self.version, self.suite, self.flags, len(header), len(self.keys), self.zero) + self.bundle_id
        self.h = sha(b"valise/v1/header\0", preamble, header)
        commits = b"".join(hx(k, b"valise/v1/commit\0" + self.h + struct.pack("<I", c), 32) for c, k in enumerate(self.keys))
        out = bytearray(preamble + header + self.hook("commits", commits))
        self.entries = []
        for i, s in enumerate(self.streams):
            self.position = len(out)
            for f in self.stream_frames(s, i + 1):
                out += f.bytes()
        manifest_at = len(out)
        for f in self.manifest_frames():
            out += f.bytes()
        out = bytearray(self.hook("sealed", bytes(out)))
        self.sealed_len = len(out)
        self.digests = self.hook("digests", [sha(out[i : i + SLICE]) for i in range(0, len(out), SLICE)])
        out += Frame(SLICES, body=b"".join(self.digests)).bytes()
        text = self.seal_text()
        note = self.hook("note", self.signer.note(text))
        parts = [note.encode() if isinstance(note, str) else note, self.endorsement.encode(), self.signer.minisig(text).encode() if self.minisign else b""]
        parts = self.hook("seal_parts", parts)
        out += Frame(SEAL, body=b"".join(struct.pack("<I", len(p)) + p for p in parts)).bytes()
        out += b"VLSFOOT1" + struct.pack("<QQQ", self.sealed_len, manifest_at, len(out) + 64) + bytes(32)
        return self.hook("file", bytes(out))
