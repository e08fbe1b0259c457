#!/usr/bin/python3
"""Makes tests/vectors/bundles: one fault a file, the fault is the file's name, the class is in index.json.

Signed with the keys of keys-example; run it again after those were made anew. --big DIR makes the vectors that are too
large to keep instead."""
import base64, hashlib, json, os, struct, sys

from bundlewriter import *
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

HERE = os.path.dirname(os.path.abspath(__file__))
HOMES = os.path.join(HERE, "..", "..", "keys-example")


def key(home, path):
    return Key(os.path.join(HOMES, home, "keys", path + ".key"))


liaison, outsider = key("cn-liaison", "cn-example-police/liaison"), key("outsider", "outsider-example/desk")
kh, th = key("kh-desk", "kh-example-police/evidence-desk"), key("th-desk", "th-example-police/evidence-desk")
root = Key(os.path.join(HOMES, "roots", "roots", "cn-example-police.key"))


def endorsement_of(home, path):
    return open(os.path.join(HOMES, home, "keys", path + ".endorsement"), encoding="utf-8").read()


ENDORSED = endorsement_of("cn-liaison", "cn-example-police/liaison")
NAMES = ["kh-example-police/evidence-desk", "th-example-police/evidence-desk"]


def endorse(**changes):
    text = ENDORSED.split("\n\n")[0] + "\n"
    lines = [line.split(" ", 1) if " " in line else [line] for line in text.rstrip("\n").split("\n")]
    text = "".join(" ".join([l[0], changes.get(l[0].replace("-", "_"), l[1])] if len(l) > 1 else l) + "\n" for l in lines)
    return root.note(text)


def folder(path):
    return File(path, kind=1, mode=0o755)


def small(extra=b""):
    return [case_view(NAMES, [File(b"case.toml", b"title = 'EXAMPLE'\n")]),
            exhibit(0, "EX-01", b"one", [folder(b"one"), File(b"one/a.txt", b"alpha" + extra), File(b"one/b.txt", b"beta")]),
            exhibit(0, "EX-02", b"two.bin", [File(b"two.bin", bytes(range(256)) * 8)])]


def two_chunks(last=5):
    return small()[:2] + [exhibit(0, "EX-02", b"two.bin", [File(b"two.bin", b"\0" * CHUNK + b"x" * last)])]


def writer(name, streams=None, recipients=None, signer=liaison, endorsement=ENDORSED, **hooks):
    w = Writer(name, signer, endorsement, recipients or [[kh.recipient, th.recipient]], streams or small())
    w.hooks = hooks
    return w


VECTORS, BIG = [], []


def vector(kind, reason, command="verify", home="kh-desk", into=VECTORS, name=None):
    """Registers a function that returns the bytes of the vector of its name."""

    def register(make):
        into.append((name or make.__name__, kind, reason, command, home, make))
        return make

    return register


def resealed(kind, reason, name, command="verify", streams=None, home="kh-desk", **hooks):
    def make():
        return writer(name, streams() if streams else None, **hooks).write()

    make.__name__ = name
    vector(kind, reason, command, home)(make)


def after(kind, reason, name, change, streams=None, command="verify"):
    resealed(kind, reason, name, command, streams, file=lambda w, raw: change(w, raw))


def patch(raw, at, new):
    return raw[:at] + new + raw[at + len(new) :]


def seal_at(w):
    body = 32 * len(w.digests)
    return w.sealed_len + 48 + body + -body % 8


# ---- good ones ----


def good(name, streams, **options):
    def make():
        w = writer(name, streams())
        for k, v in options.items():
            setattr(w, k, v)
        return w.write()

    make.__name__ = name
    vector("valid", "positive edge", "open")(make)


good("good_small", small)
good("good_no_exhibits", lambda: small()[:1])
good("good_empty_exhibit", lambda: small()[:1] + [exhibit(0, "EX-01", b"", [])])
good("good_empty_file", lambda: small()[:1] + [exhibit(0, "EX-01", b"f", [File(b"f", b"")])])
good("good_no_minisignature", small, minisign=False)
good("good_grease_stanza", small, extra_stanzas=("-> grease-x a b\nQUJD\n",))
good("good_odd_names", lambda: small()[:1] + [exhibit(0, "EX-01", b"d", [folder(b"d"), File(b"d/\n\"'", b"1"), File(b"d/-rf", b"2"),
     File(b"d/" + b"n" * 250, b"3"), File("d/证据".encode(), b"4"), File(b"d/\xff\xfe", b"5")])])
for n in (1, 2, 3, 4, 5):
    good(f"good_exhibits_{n}", lambda n=n: small()[:1] + [exhibit(0, f"EX-{i:02}", b"f%d" % i, [File(b"f%d" % i, b"x")]) for i in range(1, n + 1)])
good("good_links_recorded", lambda: small()[:1] + [exhibit(0, "EX-01", b"d", [folder(b"d"), File(b"d/fifo", kind=3), File(b"d/link", kind=2, link=b"/etc/passwd")])])


@vector("valid", "a signature line of another key is ignored")
def good_unknown_signature_line():
    return writer("good_unknown", note=lambda w, n: n + "\u2014 somebody AAAAAAAAAA==\n").write()


@vector("valid", "some exhibits for each of two recipients", home="th-desk", command="open")
def good_two_compartments():
    streams = [case_view(NAMES), case_view(NAMES[:1]), exhibit(1, "EX-01", b"one", [File(b"one", b"1")]), exhibit(0, "EX-02", b"two", [File(b"two", b"2")])]
    streams[1].compartment = 1
    return writer("good_two", streams, [[kh.recipient, th.recipient], [kh.recipient]]).write()


vector("valid", "a stranger can check the seal", home="ae-desk", name="not_a_recipient_verifies")(lambda: writer("stranger").write())
vector("no_recipient", "a stranger cannot open", "open", "ae-desk", name="not_a_recipient_opens")(lambda: writer("stranger").write())

# ---- the file as a whole ----

after("malformed", "0D 0A became 0A", "magic_crlf", lambda w, raw: raw.replace(b"\r\n\x1a\n", b"\n\x1a\n", 1))
after("unsupported", "version 2", "version_2", lambda w, raw: patch(raw, 8, b"\2"))
after("unsupported", "suite 2", "suite_2", lambda w, raw: patch(raw, 10, b"\2"))
for field in ("flags", "zero"):
    def make(field=field):
        w = writer("reserved_" + field)
        setattr(w, field, 1)
        return w.write()
    make.__name__ = "preamble_reserved_set_" + field
    vector("malformed", "a reserved field is set, under a good seal")(make)
after("limit", "header_len 4 GiB - 8", "header_len_4g", lambda w, raw: patch(raw, 16, struct.pack("<I", 2**32 - 8)))
after("limit", "4,097 compartments", "nC_4097", lambda w, raw: patch(raw, 20, struct.pack("<I", 4097)))
after("malformed", "no compartment", "nC_0", lambda w, raw: patch(raw, 20, bytes(4)))
after("integrity", "one bit of a chunk", "slice_bit_flip", lambda w, raw: patch(raw, w.entries[1][4] + 300, bytes([raw[w.entries[1][4] + 300] ^ 1])))
after("integrity", "SLICES edited", "slices_table_forged", lambda w, raw: patch(raw, w.sealed_len + 48, bytes(32)))
after("truncated", "cut in a chunk", "truncate_mid_chunk", lambda w, raw: raw[: w.entries[1][4] + 200])
after("truncated", "cut between frames", "truncate_at_frame", lambda w, raw: raw[: w.entries[1][4]])
after("truncated", "cut before SLICES", "truncate_before_slices", lambda w, raw: raw[: w.sealed_len])
after("truncated", "cut before SEAL", "truncate_before_seal", lambda w, raw: raw[: seal_at(w)])
after("truncated", "cut in the footer", "truncate_in_footer", lambda w, raw: raw[:-1])
after("truncated", "an empty file", "empty_file", lambda w, raw: b"")
after("malformed", "one byte after the footer", "trailing_byte", lambda w, raw: raw + b"\0")
after("malformed", "the footer's magic is damaged", "footer_damaged", lambda w, raw: patch(raw, len(raw) - 64, b"X"))
after("malformed", "reserved bytes of the footer", "footer_reserved_set", lambda w, raw: patch(raw, len(raw) - 1, b"\1"))
after("malformed", "sealed_len points into a chunk", "footer_offset_lies", lambda w, raw: patch(raw, len(raw) - 56, struct.pack("<Q", w.entries[1][4] + 96)))
after("malformed", "manifest_off at a stream", "footer_manifest_lies", lambda w, raw: patch(raw, len(raw) - 48, struct.pack("<Q", w.entries[1][4])))
after("malformed", "file_len wrong", "footer_length_lies", lambda w, raw: patch(raw, len(raw) - 40, struct.pack("<Q", len(raw) + 8)))


def without_seal(w, raw):
    at = seal_at(w)
    return raw[:at] + patch(raw[-64:], 24, struct.pack("<Q", at + 64))


after("signature", "no SEAL frame", "seal_stripped", without_seal)


@vector("integrity", "the genuine seal of another bundle")
def seal_from_other_bundle():
    other = writer("other", small(b"!"))
    raw = other.write()
    return writer("mine", seal_parts=lambda w, p: [raw_parts(raw, other)[0], p[1], raw_parts(raw, other)[2]]).write()


def raw_parts(raw, w):
    body, parts = raw[seal_at(w) + 48 :], []
    for _ in range(3):
        n = struct.unpack_from("<I", body)[0]
        parts.append(body[4 : 4 + n])
        body = body[4 + n :]
    return parts


# ---- seal text and signatures ----


def lines(change):
    return lambda w, l: change(list(l))


resealed("malformed", "two lines exchanged", "seal_line_reordered", seal=lines(lambda l: l[:1] + [l[2], l[1]] + l[3:]))
resealed("malformed", "a line too many", "seal_extra_line", seal=lines(lambda l: l + ["note hello"]))
resealed("malformed", "a line missing", "seal_missing_line", seal=lines(lambda l: l[:-1]))
resealed("malformed", "CR LF", "seal_crlf", seal=lines(lambda l: [x + "\r" for x in l]))
resealed("malformed", "not ASCII", "seal_nonascii", seal=lines(lambda l: [x.replace("policy standard", "policy st\u00e4ndard") for x in l]))
resealed("malformed", "leading zero", "seal_number_leading_zero", seal=lines(lambda l: [x.replace("exhibits ", "exhibits 0") for x in l]))
resealed("malformed", "spare bits set", "seal_b64_noncanonical",
         seal=lines(lambda l: [x[:-2] + chr(ord(x[-2]) + 1) + "=" if x.startswith("header ") else x for x in l]))
resealed("unsupported", "suite 2 in the seal", "seal_suite_2", seal=lines(lambda l: [x.replace("suite 1", "suite 2") for x in l]))
resealed("malformed", "another kind of text", "sig_wrong_type_text", seal=lines(lambda l: ["valise-approval/v1"] + l[1:]))
resealed("integrity", "length of another bundle", "seal_length_wrong", seal=lines(lambda l: ["length 4096" if x.startswith("length") else x for x in l]))
resealed("integrity", "number of streams", "seal_exhibits_wrong", seal=lines(lambda l: ["exhibits 2" if x.startswith("exhibits") else x for x in l]))
resealed("integrity", "another content root", "seal_content_wrong", seal=lines(lambda l: ["content " + b64(bytes(32)) if x.startswith("content") else x for x in l]))
resealed("integrity", "another header", "seal_header_wrong", seal=lines(lambda l: ["header " + b64(bytes(32)) if x.startswith("header") else x for x in l]))
resealed("malformed", "no signature line", "seal_unsigned", note=lambda w, n: n.split("\n\n")[0] + "\n\n")
resealed("signature", "signed by nobody known", "seal_signed_by_stranger", note=lambda w, n: kh.note(n.split("\n\n")[0] + "\n"))
resealed("signature", "the signer's line twice", "seal_signed_twice", note=lambda w, n: n + n.split("\n\n")[1])

L = 2**252 + 27742317777372353535851937790883648493


def with_signature(change):
    def edit(w, n):
        text, line = n.split("\n\n")
        raw = base64.b64decode(line.split(" ")[2])
        return text + "\n\n" + f"\u2014 {w.signer.name} {b64(raw[:4] + change(raw[4:]))}\n"
    return edit


resealed("signature", "S + L", "sig_S_plus_L",
         note=with_signature(lambda s: s[:32] + (int.from_bytes(s[32:], "little") + L).to_bytes(32, "little")))
resealed("signature", "one bit", "sig_bit_flip", note=with_signature(lambda s: bytes([s[0] ^ 1]) + s[1:]))
resealed("signature", "R of small order", "sig_small_order_R", note=with_signature(lambda s: b"\1" + bytes(31) + s[32:]))
resealed("signature", "the minisignature of other text", "minisignature_wrong", seal_parts=lambda w, p: [p[0], p[1], w.signer.minisig("other\n").encode()])
resealed("malformed", "bytes after the three parts", "seal_parts_tail", seal_parts=lambda w, p: p + [b"x"])


@vector("signature", "an endorsed colleague signs the same bundle with her own signer line")
def seal_resigned_by_other():
    text = lines(lambda l: [("signer " + th.vkey) if x.startswith("signer") else
                            ("endorsement " + b64(sha(TH_ENDORSED.split("\n\n")[0].encode() + b"\n"))) if x.startswith("endorsement") else x for x in l])
    w = writer("resigned", seal=text, note=lambda w, n: th.note(n.split("\n\n")[0] + "\n"),
               seal_parts=lambda w, p: [p[0], TH_ENDORSED.encode(), b""])
    return w.write()


TH_ENDORSED = endorsement_of("th-desk", "th-example-police/evidence-desk")


@vector("signature", "the header names another signer")
def header_signer_replaced():
    w = writer("replaced")
    w.header_signer = th.vkey
    return w.write()


# ---- trust ----


def trusted(name, reason, endorsement, signer=liaison, kind="trust"):
    def make():
        return writer(name, signer=signer, endorsement=endorsement).write()
    make.__name__ = name
    vector(kind, reason)(make)


trusted("endorse_missing", "no endorsement", "")
trusted("endorse_untrusted_root", "an agency that nobody trusts", endorsement_of("outsider", "outsider-example/desk"), outsider)
trusted("endorse_expired", "sealed after not-after", endorse(not_after="2026-05-01T00:00:00Z"))
trusted("endorse_not_yet", "sealed before not-before", endorse(not_before="2026-07-01T00:00:00Z"))
trusted("endorse_wrong_usage", "usage without seal", endorse(usage="open,custody"))
trusted("endorse_root_signature_bad", "changed after the root signed", ENDORSED.replace("not-after 2099", "not-after 2098"))
trusted("endorse_other_key", "for another key", TH_ENDORSED)
trusted("endorse_malformed", "an unknown usage", endorse(usage="seal,rule"), kind="malformed")
resealed("integrity", "not the endorsement that the seal names", "endorse_exchanged",
         seal_parts=lambda w, p: [p[0], endorse(serial="0" * 32).encode(), p[2]])

# ---- header and keys ----


def header_recipient_added(w, raw):
    at = raw.find(b"-> X25519")
    return patch(raw, at + 3, b"x25519")


after("integrity", "a stanza changed under a good seal", "header_recipient_changed", header_recipient_added)


@vector("key", "the files of two compartments exchanged")
def header_compartments_swapped():
    streams = [case_view(NAMES), case_view(NAMES), exhibit(1, "EX-01", b"one", [File(b"one", b"1")])]
    streams[1].compartment = 1
    w = writer("swapped", streams, [[kh.recipient], [kh.recipient]])
    w.payloads = w.keys[::-1]
    return w.write()


resealed("key", "a commitment's bit", "commit_flip", commits=lambda w, c: bytes([c[0] ^ 1]) + c[1:])
resealed("key", "a stream's commitment", "kc_flip", salted=lambda w, s, n: s[:-1] + bytes([s[-1] ^ 1]) if n == 2 else s)


def one_tag_for_two_keys(keys, nonce, aad, plain, at):
    """`plain` with the 16 bytes at `at` so chosen that under keys[0] its ChaCha20-Poly1305 ciphertext is also good under
    keys[1]: both tags are linear in one block of ciphertext modulo 2**130 - 5 (RFC 8439, 2.5)."""
    p, lengths = (1 << 130) - 5, struct.pack("<QQ", len(aad), len(plain))
    sealed = bytearray(ChaCha20Poly1305(keys[0]).encrypt(nonce, plain, aad)[:-16])
    stream = bytes(a ^ b for a, b in zip(sealed, plain))
    one_time = []
    for key in keys:
        block = Cipher(algorithms.ChaCha20(key, bytes(4) + nonce), None).encryptor().update(bytes(32))
        one_time.append((int.from_bytes(block[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF, int.from_bytes(block[16:], "little")))
    for attempt in range(256):  # one try in four finds a block below 2**128
        sealed[at + 16] = attempt
        sealed[at : at + 16] = bytes(16)
        message = aad + bytes(-len(aad) % 16) + bytes(sealed) + bytes(-len(sealed) % 16) + lengths
        blocks = [int.from_bytes(message[i : i + 16], "little") + (1 << 128) for i in range(0, len(message), 16)]
        power = len(blocks) - (len(aad) + -len(aad) % 16 + at) // 16
        rest = [sum(b * pow(r, len(blocks) - i, p) for i, b in enumerate(blocks)) % p for r, _ in one_time]
        slope = (pow(one_time[0][0], power, p) - pow(one_time[1][0], power, p)) % p
        for k in range(-4, 5):
            x = (rest[1] - rest[0] + one_time[1][1] - one_time[0][1] + (k << 128)) * pow(slope, -1, p) % p
            if x >> 128:
                continue
            sealed[at : at + 16] = x.to_bytes(16, "little")
            chosen = bytes(a ^ b for a, b in zip(sealed, stream))
            both = ChaCha20Poly1305(keys[0]).encrypt(nonce, chosen, aad)
            try:
                ChaCha20Poly1305(keys[1]).decrypt(nonce, both, aad)
                return chosen
            except InvalidTag:
                pass
    raise ValueError("no block found")


def salamander(w, salted, n):
    if n != 2:
        return salted
    file, other = w.streams[1].files[0], w.stream_keys(0, n, bytes(16))
    keys = [w.stream_keys(0, n, salted[:16])[0], other[0]]
    plain = inner(file.data)
    chunk = Frame(CHUNKS, 0, n, 0, 1)
    nonce = bytes(11) + b"\1"
    file.data = one_tag_for_two_keys(keys, nonce, chunk.prefix(len(plain) + 16), plain, 64)[16 : 16 + len(file.data)]
    return salted[:16] + other[5]


resealed("key", "a chunk that opens under two keys, committed to the other one", "salamander_two_keys", salted=salamander,
         streams=lambda: small()[:1] + [exhibit(0, "EX-01", b"f", [File(b"f", hashlib.shake_256(b"salamander").digest(512))])])
for size in (31, 33):
    def make(size=size):
        w = writer(f"payload{size}")
        w.payloads = [(w.keys[0] + b"x")[:size]]
        return w.write()
    make.__name__ = f"age_payload_{size}"
    vector("key", "the compartment key has a wrong length")(make)


resealed("malformed", "a scrypt stanza", "age_scrypt_stanza", header=lambda w, m: m.replace(b"-> X25519 ", b"-> scrypt ", 1))
resealed("malformed", "not an age file", "age_bad_version", header=lambda w, m: m.replace(b"age-encryption.org/v1", b"age-encryption.org/v2", 1))


def bad_mac(w, m):
    at = m.find(b"\n--- ") + 6
    return patch(m, at, b"B" if m[at : at + 1] == b"A" else b"A")


resealed("key", "the age header's MAC", "age_hmac_bad", header=bad_mac)
resealed("malformed", "compartment ids out of order", "header_ids_out_of_order", header=lambda w, m: encode(Struct(b"", [Text(liaison.vkey.encode()), [Struct(struct.pack("<I", 1), [age_file([kh.recipient], w.keys[0], w.chance)])], None])))
resealed("malformed", "a label with a control character", "header_label_control",
         header=lambda w, m: encode(Struct(b"", [Text(liaison.vkey.encode()), [Struct(struct.pack("<I", 0), [age_file([kh.recipient], w.keys[0], w.chance)])], Text(b"a\x1b[2J")])))

# ---- Cap'n Proto ----

resealed("malformed", "two segments", "capnp_two_segments", header=lambda w, m: struct.pack("<IIII", 1, len(m) // 8 - 1, 0, 0) + m[8:])
resealed("malformed", "4,294,967,296 segments", "capnp_segcount_ffffffff", header=lambda w, m: patch(m, 0, b"\xff" * 4))
resealed("malformed", "a far pointer", "capnp_far_pointer", header=lambda w, m: patch(m, 8, struct.pack("<Q", 2)))
resealed("malformed", "a pointer out of bounds", "capnp_out_of_bounds", header=lambda w, m: patch(m, 16, struct.pack("<Q", 0x3FFFFF << 2 | 1 | 2 << 32 | 8 << 35)))


def amplified(w, parts, n):
    """Ten thousand entries whose `raw` is one and the same blob."""
    if n != 2:
        return parts
    count, size = 10000, 4096
    seg = bytearray(struct.pack("<QQQ", 2 << 48, 4 | 1 | 7 << 32 | count << 35, 0))
    seg += struct.pack("<Q", count << 2 | 1 << 48)
    end = 8 * (4 + count)
    for i in range(count):
        at = 8 * (4 + i)
        seg += struct.pack("<Q", ((end - at - 8) // 8 << 2 & 0xFFFFFFFF) | 1 | 2 << 32 | size << 35)
    seg += bytes(size)
    return [struct.pack("<II", 0, len(seg) // 8) + bytes(seg)] + parts[1:]


resealed("limit", "ten thousand pointers to one blob", "capnp_overlapping_pointers", parts=amplified)


def void_list(w, m):
    seg = struct.pack("<QQQ", 1 << 48, 1 | 7 << 32, (2**29 - 1) << 2)
    return struct.pack("<II", 0, len(seg) // 8) + seg


resealed("limit", "536,870,911 empty structs", "capnp_void_list", manifest=void_list)

# ---- frames ----


def on(n, change):
    return lambda w, frames, m: change(w, frames) if m == n else frames


def edited(kind, reason, name, change, n=3, streams=two_chunks):
    resealed(kind, reason, name, streams=streams, frames=on(n, change))


def swap(w, f):
    f[1], f[2] = f[2], f[1]
    return f


def reflag(i, flags):
    def change(w, f):
        f[i].flags = flags
        return f
    return change


def drop(w, f):
    return [f[0], f[2]]


def foreign(w, f):
    f[1].ordinal = 2
    return f


def padded(w, f):
    f[1].pad = b"\1" * (-len(f[1].body) % 8)
    return f


edited("integrity", "two chunks exchanged", "chunk_reordered", swap)
edited("integrity", "the first chunk missing", "chunk_dropped", drop)
edited("malformed", "a chunk of another exhibit", "chunk_from_other_exhibit", foreign)
edited("integrity", "the last chunk is not final", "final_flag_cleared", reflag(2, 0))
edited("integrity", "an earlier chunk is final", "final_flag_early", reflag(1, 1))
edited("malformed", "an unknown flag", "frame_flag_unknown", reflag(2, 3))
edited("malformed", "an unknown kind", "frame_kind_unknown", lambda w, f: (setattr(f[1], "kind", 7), f)[1])
edited("malformed", "a compartment that is not there", "frame_compartment_unknown", lambda w, f: (setattr(f[0], "compartment", 1), f)[1])
edited("malformed", "no CHUNK", "frame_no_chunk", lambda w, f: f[:1])
@vector("malformed", "frame padding set")
def frame_pad_nonzero():
    streams = [case_view(NAMES)] + [exhibit(0, "EX-01", b"f", [File(b"f", b"x" * 517)])]
    w = writer("padset", streams)
    raw = w.write()
    at = seal_at(w)
    body = struct.unpack_from("<I", raw, at + 44)[0] >> 3
    assert -body % 8, "the SEAL body must need padding"
    return raw[: at + 48 + body] + b"\1" + raw[at + 48 + body + 1 :]


@vector("limit", "a frame longer than any may be")
def frame_len_lies():
    def sealed(w, raw):
        return patch(raw, w.entries[1][4] + 96 + 44, struct.pack("<I", (CHUNK + (1 << 17) + 8) << 3 | 2))
    return writer("lies", sealed=sealed).write()


@vector("malformed", "the last stream is another compartment's case view")
def case_views_out_of_order():
    streams = [case_view(NAMES), case_view(NAMES)]
    streams[0].compartment = 1
    return writer("views", streams, [[kh.recipient], [kh.recipient]]).write()


# ---- chunks ----


def chunk_of(n, index, make):
    return lambda w, plain, m, i, final: make(plain) if (m, i) == (n, index) else plain


resealed("malformed", "a chunk that is neither full nor last", "short_nonfinal_chunk", streams=two_chunks,
         pieces=lambda w, p, n: [p[0][:-8], p[0][-8:] + p[1]] if n == 3 else p)
resealed("integrity", "an empty last chunk", "empty_final_after_full", streams=lambda: two_chunks(0), pieces=lambda w, p, n: p + [b""] if n == 3 else p)
resealed("integrity", "contents shorter than the files", "files_sum_short", pieces=lambda w, p, n: [p[0][:-1]] if n == 3 else p)
resealed("integrity", "contents longer than the files", "files_sum_over", pieces=lambda w, p, n: [p[0] + b"x"] if n == 3 else p)
resealed("malformed", "padding not zero", "pad_nonzero_inner", chunk=chunk_of(2, 0, lambda p: p[:-1] + b"\1"))
resealed("malformed", "padding not Padm\u00e9", "pad_not_padme", chunk=chunk_of(2, 0, lambda p: p + bytes(32)))
resealed("malformed", "codec 2", "codec_unknown", chunk=chunk_of(2, 0, lambda p: b"\2" + p[1:]))
resealed("malformed", "reserved bytes", "inner_reserved_set", chunk=chunk_of(2, 0, lambda p: p[:1] + b"\1" + p[2:]))
resealed("limit", "raw_len over a MiB", "raw_len_over", chunk=chunk_of(2, 0, lambda p: inner(b"", 1, b"x" * 100, CHUNK + 1)))
resealed("integrity", "content is not what its hash says", "content_leaf_mismatch", pieces=lambda w, p, n: [b"X" + p[0][1:]] if n == 3 else p)


def z(data, size=True):
    return zstandard.ZstdCompressor(level=1, write_content_size=size).compress(data)


def zvector(kind, reason, name, payload, raw=2048):
    resealed(kind, reason, name, chunk=chunk_of(3, 0, lambda p: inner(b"", 1, payload(p[16 : 16 + raw]), raw)))


zvector("malformed", "two zstd frames", "zstd_two_frames", lambda d: z(d[:1024]) + z(d[1024:]))
zvector("malformed", "a skippable frame after it", "zstd_skippable_tail", lambda d: z(d) + struct.pack("<II", 0x184D2A50, 4) + b"abcd")
zvector("malformed", "no content size", "zstd_no_content_size", lambda d: z(d, False))
zvector("malformed", "not zstd", "zstd_garbage", lambda d: b"garbage" * 9)


zvector("malformed", "asks for a dictionary", "zstd_dict_id", lambda d: rle_frame(2048, [2048], 0xA1, dictionary=b"\7"))
zvector("limit", "a window of 2 GiB", "zstd_window_2g", lambda d: rle_frame(2048, [2048], 0x80, window=bytes([21 << 3])))
resealed("limit", "says 1 MiB, gives a GiB", "zstd_bomb", chunk=chunk_of(3, 0, lambda p: inner(b"", 1, rle_frame(CHUNK, [131072] * 8192), CHUNK)))

# ---- manifest ----


def entry_change(change):
    def hook(w, entries):
        copies = [list(e) for e in entries]
        return change(w, copies) or copies
    return hook


def set_field(i, field, value):
    def change(w, e):
        e[i][field] = value(e[i][field])
    return entry_change(change)


resealed("integrity", "a leaf", "manifest_leaf_wrong", entries=set_field(1, 7, lambda v: bytes(32)))
resealed("integrity", "an offset", "manifest_offset_lies", entries=set_field(1, 4, lambda v: v + 8))
resealed("integrity", "the list's offset", "manifest_files_offset_lies", entries=set_field(1, 5, lambda v: v + 8))
resealed("integrity", "the number of chunks", "manifest_chunks_lie", entries=set_field(1, 2, lambda v: v + 1))
resealed("integrity", "the stored bytes", "manifest_stored_lies", entries=set_field(1, 6, lambda v: v + 8))
resealed("integrity", "an ordinal twice", "manifest_dup_ordinal", entries=set_field(2, 0, lambda v: 2))
resealed("integrity", "an exhibit missing", "manifest_missing_exhibit", entries=entry_change(lambda w, e: e[:-1]))
resealed("integrity", "metadata of another stream", "manifest_meta_exchanged", entries=set_field(1, 8, lambda v: v[:-1] + bytes([v[-1] ^ 1])))
resealed("malformed", "metadata padding", "meta_padding_set", meta=lambda w, p, n: p[:-1] + b"\1" if n == 2 else p)
resealed("malformed", "a salt of 47 bytes", "manifest_salt_short", entries=set_field(1, 9, lambda v: v[:-1]))

# ---- files ----

resealed("integrity", "a chunk offset", "chunk_offset_lies", offsets=lambda w, o, n: U64s([o[0] + 8] + o[1:]) if n == 2 else o)
resealed("integrity", "a chunk offset too many", "chunk_offset_extra", offsets=lambda w, o, n: U64s(o + [o[-1]]) if n == 2 else o)
resealed("malformed", "offsets before entries", "files_parts_order", parts=lambda w, p, n: p[::-1] if n == 2 else p)
resealed("integrity", "no offsets", "files_no_offsets", parts=lambda w, p, n: p[:1] if n == 2 else p)


def files(name, reason, entries, kind="unsafe", command="verify"):
    resealed(kind, reason, name, command, streams=lambda: small()[:1] + [exhibit(0, "EX-01", b"d", entries)])


files("path_dotdot", "..", [File(b"../evil", b"x")])
files("path_dot", ".", [File(b"./evil", b"x")])
files("path_absolute", "absolute", [File(b"/evil", b"x")])
files("path_nul", "a zero byte", [File(b"a\0b", b"x")])
files("path_empty", "empty", [File(b"", b"x")])
files("path_empty_component", "a//b", [File(b"a//b", b"x")])
files("path_trailing_slash", "a/", [File(b"a/", b"x")])
files("path_too_long", "4,097 bytes", [File(b"a" * 4097, b"x")])
files("path_dup_exact", "the same twice", [File(b"a", b"x"), File(b"a", b"y")])
files("path_out_of_order", "b before a", [File(b"b", b"x"), File(b"a", b"y")])
files("path_file_as_parent", "below a file", [File(b"a", b"x"), File(b"a/b", b"y")])
files("path_symlink_parent", "below a link", [File(b"a", kind=2, link=b"/tmp"), File(b"a/b", b"y")])
files("entry_kind_unknown", "kind 7", [File(b"a", kind=7)], "malformed")
files("entry_mode_setuid", "mode 04755", [File(b"a", b"x", mode=0o4755)], "malformed")
files("entry_data_on_folder", "a folder with a size", [File(b"a", kind=1, size=4)], "malformed")
files("entry_hash_missing", "no SHA-256", [File(b"a", b"x", sha256=b"")], "malformed")
files("entry_acquisition_differs", "another acquisition hash", [File(b"a", b"x", acquisition=bytes(32))], "integrity")
files("entry_holes_over", "more holes than bytes", [File(b"a", b"x", holes=2)], "malformed")
files("entry_link_on_file", "a file with a link target", [File(b"a", b"x", link=b"b")], "malformed")


@vector("unsafe", "two streams with the same file", "open")
def path_dup_across_streams():
    return writer("across", small()[:1] + [exhibit(0, f"EX-0{i}", b"a", [File(b"a", b"x")]) for i in (1, 2)]).write()


@vector("integrity", "a recipient re-encrypts a chunk with the real key, seal kept")
def insider_forged_chunk():
    forged = writer("insider", pieces=lambda w, p, n: [b"FORGED!!!"] if n == 2 else p)
    honest = writer("insider")
    good_raw, bad_raw = honest.write(), forged.write()
    at = honest.entries[1][4]
    end = honest.entries[2][4]
    return good_raw[:at] + bad_raw[at:end] + good_raw[end:]


# ---- too large to keep ----


def big(name, kind, reason, size, change=None):
    def make():
        w = writer(name, small()[:1] + [exhibit(0, "EX-01", b"f", [File(b"f", hashlib.shake_256(b"big").digest(size))])],
                   **({"file": change} if change else {}))
        return w.write()
    make.__name__ = name
    vector(kind, reason, "open" if kind == "valid" else "verify", into=BIG)(make)


def swapped_slices(w, raw):
    half = SLICE // 2
    return raw[:half] + raw[SLICE : SLICE + half] + raw[half:SLICE] + raw[SLICE + half :]


@vector("limit", "a header with 65,537 recipients", into=BIG)
def stanzas_65537():
    w = writer("stanzas_65537", recipients=[[kh.recipient]])
    w.extra_stanzas = ("-> g\n\n",) * 65536
    return w.write()


big("good_one_mib", "valid", "exactly a chunk", CHUNK)
big("good_one_mib_and_one", "valid", "a chunk and a byte", CHUNK + 1)
big("good_three_slices", "valid", "20 MiB", 20 << 20)
big("slice_swap", "integrity", "halves of two slices exchanged", 20 << 20, swapped_slices)


def main():
    chosen, target = VECTORS, os.path.join(HERE, "bundles")
    if len(sys.argv) == 3 and sys.argv[1] == "--big":
        chosen, target = BIG, sys.argv[2]
    os.makedirs(target, exist_ok=True)
    codes = {"valid": 0, "malformed": 10, "limit": 11, "unsupported": 12, "truncated": 13, "integrity": 20, "key": 21, "signature": 30,
             "trust": 31, "policy": 32, "no_recipient": 40, "unsafe": 50}
    index = []
    for name, kind, reason, command, home, make in chosen:
        with open(os.path.join(target, name + ".valise"), "wb") as out:
            out.write(make())
        index.append({"file": name + ".valise", "class": kind, "exit": codes[kind], "what": reason, "command": command, "home": home})
    with open(os.path.join(target, "index.json"), "w", encoding="utf-8") as out:
        json.dump(index, out, indent=1, ensure_ascii=False)
        out.write("\n")
    print(f"{len(index)} vectors in {target}")


if __name__ == "__main__":
    main()
