#!/usr/bin/python3
"""A second reader of valise bundles, written from docs/format.md alone.

    read_bundle.py FILE [--home HOME] [-C DIR]

Prints one JSON document {class, exit, checked, problem}. Uses hashlib, hmac, PyNaCl, cryptography and zstandard.
It holds the file in memory: a check of the document, not a tool for large bundles."""
import argparse, glob, json, os, re, struct, sys, time

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from agefile import age_open, age_stanzas
from capnp_message import Message
from common import Refused, hx, mth, padme, require, sha
from notes import USAGES, digest, endorsement, fields, minisig_ok, note, note_by, number, utc, vkey

EXIT = {"valid": 0, "malformed": 10, "limit": 11, "unsupported": 12, "truncated": 13, "integrity": 20, "key": 21,
        "signature": 30, "trust": 31, "policy": 32, "no_recipient": 40, "unsafe": 50}
MAGIC = bytes.fromhex("89564c530d0a1a0a")
CHUNK, SLICE = 1 << 20, 1 << 23
EXHIBIT, CHUNKS, FILES, MANIFEST, SLICES, SEAL = 1, 2, 3, 4, 5, 6


def parse_frame(raw, at, end):
    require(at + 48 <= end, "malformed", "frame beyond the end")
    words, root, kind, flags, comp, ordinal, index, one, length = struct.unpack_from("<4xIQHHIQQII", raw, at)
    require(raw[at : at + 4] == bytes(4) and root == 0x0001000300000000 and one == 1 and length & 7 == 2, "malformed", "not a frame")
    require(1 <= kind <= 6 and flags <= 1, "malformed", "frame kind")
    n = length >> 3
    low, high = {EXHIBIT: (48, 48), SLICES: (32, 64 << 20), SEAL: (12, 256 << 10)}.get(kind, (544, CHUNK + (1 << 17)))
    require(n <= high, "limit", "frame length")
    require(n >= low, "malformed", "frame length")
    stored = (48 + n + 7) // 8 * 8
    require(words == (stored - 8) // 8, "malformed", "frame words")
    return kind, flags, comp, ordinal, index, at + 48, n, stored


class Bundle:
    def __init__(self, raw, home):
        self.raw, self.home, self.problems, self.contents = raw, home, [], False
        self.files = []

    def attempt(self, step, check):
        try:
            check()
            return True
        except Refused as r:
            self.problems.append((step, r.kind, str(r)))
            return False

    def verify(self):
        if not self.attempt(0, self.preamble) or not self.attempt(1, self.envelope) or not self.attempt(2, self.seal_text):
            return
        self.attempt(3, self.signer)
        self.attempt(4, self.signature)
        self.attempt(5, self.slices)
        if not any(p[0] == 5 for p in self.problems):
            self.attempt(6, self.header)
            self.attempt(7, self.walk)
        self.attempt(8, self.revocation)
        if self.problems or not self.identities():
            return
        opened = self.attempt(9, self.compartments) and self.keys
        if opened and self.attempt(10, self.manifest):
            self.contents = self.attempt(11, self.streams_contents)

    def preamble(self):
        raw = self.raw
        require(MAGIC.startswith(raw[:8]), "malformed", "magic")
        require(len(raw) >= 64, "truncated", "preamble")
        version, suite, flags, self.header_len, self.nc, zero = struct.unpack_from("<HHIIIQ", raw, 8)
        require(version == 1 and suite == 1, "unsupported", "version")
        require(flags == 0 and zero == 0, "malformed", "reserved")
        require(self.header_len <= 16 << 20 and self.nc <= 4096, "limit", "header")
        require(self.header_len and self.header_len % 8 == 0 and self.nc, "malformed", "header length")
        self.first = 64 + self.header_len + 32 * self.nc

    def envelope(self):
        raw, size = self.raw, len(self.raw)
        foot = raw[-64:]
        if size < self.first + 64 or not foot.startswith(b"VLSFOOT1"):
            at = self.first
            while at < size:
                require(not raw[at : at + 8] == b"VLSFOOT1" or size - at < 64, "malformed", "bytes after the footer")
                require(size - at >= 48, "truncated", "cut")
                frame = parse_frame(raw, at, size)
                require(size - at >= frame[7], "truncated", "cut")
                at += frame[7]
                if frame[0] == SEAL:
                    require(size - at >= 64, "truncated", "cut")
                    require(size - at != 64, "malformed", "footer damaged")
            raise Refused("truncated", "cut")
        require(foot[32:] == bytes(32), "malformed", "footer reserved")
        self.sealed, self.manifest_at, file_len = struct.unpack_from("<QQQ", foot, 8)
        require(self.sealed <= 1 << 44, "limit", "size")
        require(file_len == size and self.sealed % 8 == 0 and self.manifest_at % 8 == 0 and self.first <= self.manifest_at < self.sealed,
                "malformed", "footer")
        end = size - 64
        kind, flags, comp, ordinal, index, body, n, stored = parse_frame(raw, self.sealed, end)
        require((kind, flags, comp, ordinal, index) == (SLICES, 0, 0, 0, 0) and n == 32 * -(-self.sealed // SLICE), "malformed", "SLICES")
        require(self.sealed + stored <= end, "malformed", "SLICES")
        self.digests = [raw[body + i : body + i + 32] for i in range(0, n, 32)]
        at = self.sealed + stored
        require(at != end, "signature", "no seal")
        kind, flags, comp, ordinal, index, body, n, stored = parse_frame(raw, at, end)
        require((kind, flags, comp, ordinal, index) == (SEAL, 0, 0, 0, 0) and at + stored == end, "malformed", "SEAL")
        require(raw[body + n : at + stored] == bytes(stored - 48 - n), "malformed", "padding")
        parts, rest = [], raw[body : body + n]
        for _ in range(3):
            require(len(rest) >= 4, "malformed", "SEAL parts")
            length = struct.unpack_from("<I", rest)[0]
            require(length <= len(rest) - 4, "malformed", "SEAL parts")
            parts.append(rest[4 : 4 + length])
            rest = rest[4 + length :]
        require(not rest, "malformed", "SEAL parts")
        self.seal_note, self.endorsed, self.mini = parts

    def seal_text(self):
        self.note = note(self.seal_note)
        text = self.note[0]
        require(len(text) <= 4096, "limit", "seal")
        require(all(c == "\n" or 32 <= ord(c) <= 126 for c in text), "malformed", "seal is not ASCII")
        f, rest = fields(text, "valise-seal/v1", "bundle suite header length slices exhibits content signer endorsement policy "
                         "approvals parent time".split())
        require(not rest and re.fullmatch("[0-9a-f]{64}", f["bundle"]), "malformed", "seal")
        require(number(f["suite"]) == 1, "unsupported", "suite")
        for name in ("header", "slices", "content", "endorsement"):
            f[name] = digest(f[name])
        for name in ("length", "exhibits"):
            f[name] = number(f[name])
        f["signer_key"] = vkey(f["signer"])
        policy = f["policy"].split(" ")
        require(len(policy) == 2 and re.fullmatch("[a-z0-9-]{1,64}", policy[0]), "malformed", "policy")
        digest(policy[1])
        approvals = f["approvals"].split(" ")
        require(len(approvals) == 2 and (number(approvals[0]) == 0) == (approvals[1] == "-"), "malformed", "approvals")
        require(approvals[1] == "-" or approvals[1] in USAGES, "malformed", "approvals")
        require(f["parent"] == "-" or digest(f["parent"]), "malformed", "parent")
        f["approvals"], f["when"] = int(approvals[0]), utc(f["time"])
        self.seal = f

    def card(self, agency):
        path = os.path.join(self.home or "", "trust", agency + ".card")
        if not self.home or not os.path.exists(path):
            return None
        n = note(open(path, "rb").read())
        f, _ = fields(n[0], "valise-card/v1", "agency name country root example".split())
        key = vkey(f["root"])
        return key if note_by(n, key) else None

    def signer(self):
        require(self.endorsed, "trust", "no endorsement")
        n, e = endorsement(self.endorsed)
        self.endorsement = e
        require(sha(n[0].encode()) == self.seal["endorsement"], "integrity", "another endorsement")
        require(e["signing"] == self.seal["signer"], "trust", "another key")
        root = self.card(e["agency"])
        require(root, "trust", "agency not trusted")
        require(note_by(n, root), "trust", "root did not sign")
        require("seal" in e["usage"].split(","), "trust", "usage")
        require(e["from"] <= self.seal["when"] <= e["to"], "trust", "validity")

    def signature(self):
        require(note_by(self.note, self.seal["signer_key"]), "signature", "seal")
        if self.mini:
            require(minisig_ok(self.seal["signer_key"][2], self.note[0].encode(), self.mini.decode("latin1")), "signature", "minisign")

    def slices(self):
        require(self.seal["length"] == self.sealed, "integrity", "length")
        require(mth(self.digests) == self.seal["slices"], "integrity", "slice table")
        for i, d in enumerate(self.digests):
            require(sha(self.raw[i * SLICE : min((i + 1) * SLICE, self.sealed)]) == d, "integrity", f"slice {i}")

    def header(self):
        message = self.raw[64 : 64 + self.header_len]
        self.h = sha(b"valise/v1/header\0", self.raw[:64], message)
        require(self.h == self.seal["header"], "integrity", "header")
        require(self.raw[32:64].hex() == self.seal["bundle"], "integrity", "bundle id")
        root = Message(message).root()
        label = root.text(2)
        require(len(label) <= 256 and not any(b < 32 or b == 127 for b in label), "malformed", "label")
        self.age = []
        for c in root.structs(1):
            require(c.num("I", 0) == len(self.age), "malformed", "compartment order")
            self.age.append(c.blob(0))
        require(root.text(0).decode("utf-8", "replace") == self.seal["signer"], "signature", "another signer")
        require(len(self.age) == self.nc, "malformed", "number of compartments")
        require(sum(len(age_stanzas(a)[0]) for a in self.age) <= 65536, "limit", "stanzas")

    def walk(self):
        at, self.streams, last, final, manifest = self.first, [], None, False, None
        while at < self.sealed:
            kind, flags, comp, ordinal, index, body, n, stored = parse_frame(self.raw, at, self.sealed)
            require(at + stored <= self.sealed, "malformed", "frame beyond sealed_len")
            require(self.raw[body + n : at + stored] == bytes(stored - 48 - n), "malformed", "padding")
            if kind == EXHIBIT:
                require(not flags and not index and manifest is None and last in (None, FILES), "malformed", "EXHIBIT")
                require(last is None or final, "integrity", "final")
                require(comp < self.nc, "malformed", "compartment")
                stream = {"offset": at, "c": comp, "n": ordinal, CHUNKS: [], FILES: [], MANIFEST: [], "bytes": stored,
                          "body": self.raw[body : body + n]}
                if ordinal == 0:
                    require(comp == 0 and len(self.streams) >= self.nc, "malformed", "manifest")
                    manifest = stream
                else:
                    require(ordinal == len(self.streams) + 1, "malformed", "ordinal")
                    require(len(self.streams) >= self.nc or comp == len(self.streams), "malformed", "case views")
                    require(len(self.streams) < (1 << 20) + 4096, "limit", "streams")
                    self.streams.append(stream)
                current = stream
            else:
                require(kind in (CHUNKS, FILES, MANIFEST) and last is not None, "malformed", "frame order")
                before = CHUNKS if kind == FILES else EXHIBIT
                require((kind == MANIFEST) == (manifest is not None) and last in (kind, before), "malformed", "frame order")
                require(ordinal == current["n"] and comp == current["c"], "malformed", "another exhibit")
                require(not (kind == last and final), "integrity", "after final")
                require(kind == last or last == EXHIBIT or final, "integrity", "final missing")
                require(index == len(current[kind]), "integrity", "index")
                current[kind].append((at, body, n, index, flags))
                current["bytes"] += stored
            last, final, at = kind, bool(flags), at + stored
        require(last == MANIFEST and manifest["offset"] == self.manifest_at, "malformed", "manifest place")
        require(final, "integrity", "final missing")
        require(len(self.streams) == self.seal["exhibits"], "integrity", "number of streams")
        self.man = manifest

    def revocation(self):
        e = getattr(self, "endorsement", None)
        path = os.path.join(self.home or "", "trust", (e or {}).get("agency", "") + ".revocations")
        if e and self.home and os.path.exists(path):
            n = note(open(path, "rb").read())
            revoked = [l.split(" ")[1] for l in n[0].split("\n") if l.startswith("revoked ")]
            require(e["serial"] not in revoked, "trust", "revoked")
        require(self.seal["approvals"] == 0, "policy", "approvals")

    def identities(self):
        found = []
        for path in glob.glob(os.path.join(self.home or "/nonexistent", "keys", "*", "*.key")):
            for line in open(path, encoding="latin1"):
                if line.startswith("AGE-SECRET-KEY-1"):
                    values = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(c) for c in line.strip().lower().split("1")[1]][:-6]
                    bits = "".join(f"{v:05b}" for v in values)
                    found.append(bytes(int(bits[i : i + 8], 2) for i in range(0, 256, 8)))
        return found

    def compartments(self):
        self.keys = {}
        for c, file in enumerate(self.age):
            key = age_open(file, self.identities())
            if key is None:
                continue
            require(len(key) == 32, "key", "compartment key")
            at = 64 + self.header_len + 32 * c
            require(hx(key, b"valise/v1/commit\0" + self.h + struct.pack("<I", c), 32) == self.raw[at : at + 32], "key", "commitment")
            self.keys[c] = key
        require(not self.keys or 0 in self.keys, "key", "compartment 0")

    def stream_keys(self, c, n, salted):
        x = hx(self.keys[c], b"valise/v1/exhibit\0" + self.h + struct.pack("<IQ", c, n) + salted[:16], 32)
        k = hx(x, b"valise/v1/exhibit-keys\0", 192)
        require(k[160:] == salted[16:], "key", "stream key")
        return [k[i : i + 32] for i in range(0, 160, 32)]

    def open_body(self, key, frame):
        at, body, n, index, final = frame
        try:
            plain = ChaCha20Poly1305(key).decrypt(bytes(3) + struct.pack(">QB", index, final), self.raw[body : body + n], self.raw[at : at + 48])
        except InvalidTag:
            raise Refused("integrity", "tag")
        codec, z1, z2, raw_len, length, z3 = struct.unpack_from("<BBHIII", plain)
        payload = plain[16:]
        require(codec <= 1 and not (z1 or z2 or z3), "malformed", "codec")
        require(raw_len <= CHUNK, "limit", "raw_len")
        require(length <= len(payload) and (codec or length == raw_len) and (not codec or 0 < length < raw_len)
                and padme(max(length, 512)) == len(payload), "malformed", "lengths")
        require(payload[length:] == bytes(len(payload) - length), "malformed", "padding")
        payload = payload[:length]
        return self.unzstd(payload, raw_len) if codec else payload

    @staticmethod
    def unzstd(payload, raw_len):
        try:
            require(payload[:4] == b"\x28\xb5\x2f\xfd", "malformed", "zstd")
            p = zstandard.get_frame_parameters(payload)
        except zstandard.ZstdError:
            raise Refused("malformed", "zstd")
        require(p.content_size == raw_len and p.dict_id == 0, "malformed", "zstd header")
        require(p.window_size <= CHUNK, "limit", "zstd window")
        d = zstandard.ZstdDecompressor(max_window_size=CHUNK).decompressobj()
        try:
            out = d.decompress(payload)
        except zstandard.ZstdError:
            raise Refused("limit" if Bundle.expands(payload, raw_len) else "malformed", "zstd")
        require(d.unused_data == b"", "malformed", "zstd: more than one frame")
        require(len(out) <= raw_len, "limit", "zstd")
        require(len(out) == raw_len, "malformed", "zstd")
        return out

    @staticmethod
    def expands(payload, raw_len):
        """True when the raw and run-length blocks alone claim more than raw_len."""
        d = payload[4]
        single = d >> 5 & 1
        at = 5 + (not single) + (0, 1, 2, 4)[d & 3] + (single, 2, 4, 8)[d >> 6]
        total = 0
        while at + 3 <= len(payload):
            block = int.from_bytes(payload[at : at + 3], "little")
            kind, size = block >> 1 & 3, block >> 3
            total += size if kind < 2 else 0
            at += 3 + (1 if kind == 1 else size)
            if block & 1:
                break
        return total > raw_len

    def manifest(self):
        k_enc = self.stream_keys(0, 0, self.man["body"])[0]
        entries = []
        for frame in self.man[MANIFEST]:
            part = Message(self.open_body(k_enc, frame)).root().structs(0)
            require(part, "malformed", "empty part")
            entries += part
        require(len(entries) == len(self.streams), "integrity", "number of entries")
        leaves = []
        for e, s in zip(entries, self.streams):
            leaf, salted = e.blob(0), e.blob(2)
            require(len(leaf) == 32 and len(salted) == 48, "malformed", "entry")
            told = (e.num("Q", 0), e.num("I", 8), e.num("I", 12), e.num("I", 16), e.num("Q", 24), e.num("Q", 32), e.num("Q", 40))
            there = (s["n"], s["c"], len(s[CHUNKS]), len(s[FILES]), s["offset"], s[FILES][0][0], s["bytes"])
            require(told == there and salted == s["body"], "integrity", "entry does not match the frames")
            leaves.append(leaf)
            s["leaf"], s["meta"] = leaf, e.blob(1)
        require(mth(leaves) == self.seal["content"], "integrity", "content root")

    def streams_contents(self):
        for s in self.streams:
            if s["c"] in self.keys:
                self.stream(s)

    def stream(self, s):
        k_enc, k_files, k_meta, s_files, s_meta = self.stream_keys(s["c"], s["n"], s["body"])
        require(len(s["meta"]) >= 528, "malformed", "metadata")
        try:
            plain = ChaCha20Poly1305(k_meta).decrypt(bytes(12), s["meta"], b"valise/v1/seal-meta\0" + self.h + struct.pack("<Q", s["n"]))
        except InvalidTag:
            raise Refused("integrity", "metadata")
        length = struct.unpack_from("<I", plain)[0]
        require(length <= len(plain) - 4 and padme(max(4 + length, 512)) == len(plain) and not any(plain[4 + length :]), "malformed", "metadata padding")
        meta = plain[4 : 4 + length]
        root = Message(meta).root()
        is_view = root.num("H", 16) == 1
        require(is_view == (s["n"] <= self.nc), "integrity", "kind of stream")

        entries, offsets = [], []
        for frame in s[FILES]:
            part = Message(self.open_body(k_files, frame)).root()
            listed, table = part.structs(0), part.u64s(1)
            require(bool(listed) != bool(table) and not (listed and offsets), "malformed", "FILES part")
            entries += [e.blob(0) for e in listed]
            offsets += table
        require(offsets == [f[0] for f in s[CHUNKS]], "integrity", "chunk offsets")
        leaves, files, previous = [], [], None
        for j, raw in enumerate(entries):
            f = self.file_entry(raw)
            self.check_path(f, previous)
            salts = hx(s_files, struct.pack("<Q", j), 64)
            content = sha(b"valise/v1/content\0", salts[:32], struct.pack("<Q", f["size"]), f["sha256"] or bytes(32))
            leaves.append(sha(b"valise/v1/leaf-file\0", content, sha(b"valise/v1/meta-file\0", salts[32:], raw)))
            files.append(f)
            previous = f
        leaf = sha(b"valise/v1/leaf-exhibit\0", struct.pack("<QQ", s["n"], len(entries)), mth(leaves),
                   sha(b"valise/v1/meta-exhibit\0", s_meta, meta))
        require(leaf == s["leaf"], "integrity", "exhibit leaf")
        total = sum(f["size"] for f in files)
        require((root.num("Q", 0), root.num("Q", 8)) == (len(files), total), "integrity", "metadata counts")
        data = b""
        for frame in s[CHUNKS]:
            piece = self.open_body(k_enc, frame)
            final = frame[4]
            require(final or len(piece) == CHUNK, "malformed", "short chunk")
            require(not final or len(piece) or frame[3] == 0, "integrity", "empty final chunk")
            data += piece
        require(len(data) == total, "integrity", "sum of sizes")
        at = 0
        for f in files:
            f["data"] = data[at : at + f["size"]]
            at += f["size"]
            require(f["kind"] != 0 or sha(f["data"]) == f["sha256"], "integrity", "file hash")
        self.files += files

    @staticmethod
    def file_entry(raw):
        r = Message(raw).root()
        f = {"path": r.blob(0), "kind": r.num("H", 0), "mode": r.num("H", 2), "size": r.num("Q", 8), "sha256": r.blob(1)}
        require(f["kind"] <= 6 and f["mode"] <= 0o777, "malformed", "entry")
        regular = f["kind"] == 0
        acquired, link = r.blob(6), r.blob(7)
        require(len(f["sha256"]) == 32 if regular else not (f["size"] or f["sha256"] or acquired), "malformed", "entry data")
        for i in range(2, 6):
            require(r.child(i).num("I", 8) < 10**9, "malformed", "time")
        require(len(acquired) in (0, 32), "malformed", "acquisition hash")
        require(not acquired or acquired == f["sha256"], "integrity", "acquisition hash")
        require(r.num("Q", 16) <= f["size"], "malformed", "holes")
        require(not link or (f["kind"] == 2 and len(link) <= 4096), "malformed", "link")
        return f

    @staticmethod
    def check_path(f, previous):
        path = f["path"]
        require(0 < len(path) <= 4096 and 0 not in path, "unsafe", "path")
        require(all(p not in (b"", b".", b"..") for p in path.split(b"/")), "unsafe", "path")
        if previous:
            require(path.replace(b"/", b"\0") > previous["path"].replace(b"/", b"\0"), "unsafe", "path order")
            require(previous["kind"] == 1 or not path.startswith(previous["path"] + b"/"), "unsafe", "below a file")


def release(files, folder):
    seen = {}
    for f in files:
        if f["path"] in seen and not f["kind"] == seen[f["path"]] == 1:
            return "unsafe"
        seen[f["path"]] = f["kind"]
    for f in files:
        path = os.path.join(folder.encode(), f["path"])
        if f["kind"] == 1:
            os.makedirs(path, exist_ok=True)
        elif f["kind"] == 0:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "xb").write(f["data"])
    return "valid"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--home")
    parser.add_argument("-C", dest="folder")
    options = parser.parse_args()
    os.environ["TZ"] = "UTC"
    time.tzset()
    bundle = Bundle(open(options.file, "rb").read(), options.home)
    bundle.verify()
    problems = sorted(bundle.problems, key=lambda p: p[0])
    kind = problems[0][1] if problems else "valid"
    if kind == "valid" and options.folder:
        if not bundle.contents:
            kind = "no_recipient"
        else:
            kind = release(bundle.files, options.folder)
    print(json.dumps({"class": kind, "exit": EXIT[kind], "checked": "contents" if bundle.contents else "seal",
                      "problem": problems[0][2] if problems else ""}))
    return EXIT[kind]


if __name__ == "__main__":
    sys.exit(main())
