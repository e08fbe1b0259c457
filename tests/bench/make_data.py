#!/usr/bin/python3
"""make_data.py FOLDER MEGABYTES: a mixed case: media, tables, chats, a disk image with holes, small files."""
import glob, os, random, sys

folder, size = sys.argv[1], int(sys.argv[2]) << 20
chance = random.Random(1)
media = [open(p, "rb").read() for p in sorted(glob.glob("/usr/share/forensics-samples/original-files/*/*")) if os.path.getsize(p) > 200000]


def write(name, pieces, limit):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        done = 0
        for piece in pieces:
            out.write(piece)
            done += len(piece)
            if done >= limit:
                return done


def noise():
    while True:
        yield chance.randbytes(1 << 20)


def table():
    i = 0
    while True:
        yield "".join(f"2026-05-{chance.randrange(1, 31):02};{i + k};AE{chance.randrange(10**21):021};{chance.randrange(10**7) / 100};USD\n" for k in range(2000)).encode()
        i += 2000


def chat():
    words = "转账 客服 ธนาคาร บัญชี รหัส تحويل حساب ngân hàng mật khẩu account transfer courier parcel refund today please".split()
    while True:
        yield "".join(f'{{"at":{chance.randrange(10**9)},"from":"{chance.randrange(99)}","text":"{" ".join(chance.choices(words, k=12))}"}}\n' for _ in range(2000)).encode()


def images():
    while True:
        yield chance.choice(media) + chance.randbytes(16)


n = 0
done = 0
while done < size * 40 // 100:
    done += write(f"media/{n:04}.jpg", images(), chance.randrange(1, 8) << 20)
    n += 1
write("bank/transactions.csv", table(), size * 15 // 100)
write("chat/export.json", chat(), size * 15 // 100)
image = os.path.join(folder, "disk/image.dd")
os.makedirs(os.path.dirname(image))
with open(image, "wb") as out:
    part = size * 20 // 100
    for at in range(0, part, 4 << 20):
        out.seek(at)
        kind = chance.randrange(3)
        if kind == 1:
            out.write(chance.randbytes(4 << 20))
        elif kind == 2:
            out.write((b"".join(next(table()) for _ in range(25)) * 2)[: 4 << 20])
    out.truncate(part)
text = b"".join(next(chat()) for _ in range(4))
for n in range(size * 10 // 100 // 7000):
    start = chance.randrange(len(text) - 9000)
    write(f"small/{n // 500:03}/{n:06}.bin", [chance.randbytes(3000) if n % 3 == 0 else text[start : start + 9000]], 1)
