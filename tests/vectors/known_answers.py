#!/usr/bin/python3
"""Known answers for what no public vector covers, computed without the C++: keys, notes, minisign, trees, bech32.

Writes known_answers.json beside itself. Needs only hashlib, hmac and PyNaCl."""
import base64, hashlib, hmac, json, os, struct
from nacl.signing import SigningKey
from nacl.bindings import crypto_scalarmult_base

sha = lambda b: hashlib.sha256(b).digest()


def expand(prk, info, n):
    out, block = b"", b""
    while len(out) < n:
        block = hmac.new(prk, block + info + bytes([len(out) // 32 + 1]), hashlib.sha256).digest()
        out += block
    return out[:n]


def mth(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\0" + leaves[0])
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return path(m, leaves[:k]) + [mth(leaves[k:])] if m < k else path(m - k, leaves[k:]) + [mth(leaves[:k])]


def bech32(prefix, data):
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{b:08b}" for b in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[i : i + 5], 2) for i in range(0, len(bits), 5)]

    def poly(vs):
        chk = 1
        for v in vs:
            top = chk >> 25
            chk = (chk & 0x1FFFFFF) << 5 ^ v
            for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
                chk ^= g if top >> i & 1 else 0
        return chk

    head = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = poly(head + values + [0] * 6) ^ 1
    return prefix + "1" + "".join(alphabet[v] for v in values + [check >> 5 * (5 - i) & 31 for i in range(6)])


seed = bytes(range(32))
key = SigningKey(seed)
public = bytes(key.verify_key)
name = "xa-police/desk"
key_id = sha(name.encode() + b"\n\1" + public)[:4]
vkey = f"{name}+{key_id.hex()}+{base64.b64encode(bytes([1]) + public).decode()}"
text = "valise-test/v1\nword value\n"
note = text + f"\n\u2014 {name} {base64.b64encode(key_id + key.sign(text.encode()).signature).decode()}\n"

prehash = hashlib.blake2b(text.encode()).digest()
signature = key.sign(prehash).signature
mini_id = sha(public)[:8]
trusted = b"valise/v1"
minisig = (
    "untrusted comment: valise seal\n"
    + base64.b64encode(b"ED" + mini_id + signature).decode()
    + "\ntrusted comment: valise/v1\n"
    + base64.b64encode(key.sign(signature + trusted).signature).decode()
    + "\n"
)

H = sha(b"header")
K = bytes(range(100, 132))
salt = bytes(16)
c, n = 3, 9
commit = expand(K, b"valise/v1/commit\0" + H + struct.pack("<I", c), 32)
X = expand(K, b"valise/v1/exhibit\0" + H + struct.pack("<IQ", c, n) + salt, 32)
keys = expand(X, b"valise/v1/exhibit-keys\0", 192)
salts = expand(keys[96:128], struct.pack("<Q", 5), 64)
entry, content = b"entry", b"content"
leaf = sha(
    b"valise/v1/leaf-file\0"
    + sha(b"valise/v1/content\0" + salts[:32] + struct.pack("<Q", len(content)) + sha(content))
    + sha(b"valise/v1/meta-file\0" + salts[32:] + entry)
)
meta_leaf = sha(b"valise/v1/meta-exhibit\0" + keys[128:160] + b"meta")
exhibit = sha(b"valise/v1/leaf-exhibit\0" + struct.pack("<QQ", n, 1) + mth([leaf]) + meta_leaf)

trees = []
for size in list(range(10)) + [16, 17, 64, 65]:
    leaves = [struct.pack("<I", i) for i in range(size)]
    trees.append({"size": size, "root": mth(leaves).hex(),
                  "paths": [[h.hex() for h in path(i, leaves)] for i in range(size)]})

answers = {
    "seed": seed.hex(), "vkey": vkey, "text": text, "note": note, "minisig": minisig,
    "minisign_key": base64.b64encode(b"Ed" + mini_id + public).decode(),
    "age_identity": bech32("age-secret-key-", seed).upper(),
    "age_recipient": bech32("age", crypto_scalarmult_base(seed)),
    "keys": {"H": H.hex(), "K": K.hex(), "commit": commit.hex(), "kc": keys[160:].hex(), "file_leaf": leaf.hex(),
             "exhibit_leaf": exhibit.hex(), "header": sha(b"valise/v1/header\0" + b"pre" + b"head").hex()},
    "trees": trees,
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "known_answers.json"), "w") as out:
    json.dump(answers, out, indent=1)
    out.write("\n")
