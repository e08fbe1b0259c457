"""Cap'n Proto messages with their limits: section 6."""
import struct

from common import require


class Message:
    def __init__(self, raw):
        require(len(raw) >= 16 and len(raw) % 8 == 0, "malformed", "message length")
        require(raw[:4] == bytes(4) and 8 + 8 * struct.unpack_from("<I", raw, 4)[0] == len(raw), "malformed", "segments")
        self.seg = raw[8:]
        self.words = len(self.seg) // 8
        self.budget = 2 * self.words + 1024

    def spend(self, words):
        self.budget -= words
        require(self.budget >= 0, "limit", "amplification")

    def pointer(self, at):
        return struct.unpack_from("<Q", self.seg, at * 8)[0]

    def target(self, at, kind):
        value = self.pointer(at)
        require(value & 3 == kind, "malformed", "wrong pointer")
        offset = (value >> 2 & 0x3FFFFFFF) - (1 << 30 if value >> 31 & 1 else 0)
        return at + 1 + offset, value

    def struct_at(self, at, depth):
        require(depth > 0, "limit", "too deep")
        if self.pointer(at) == 0:
            return Struct(self, 0, 0, 0, depth)
        start, value = self.target(at, 0)
        data, ptrs = value >> 32 & 0xFFFF, value >> 48
        require(0 <= start and start + data + ptrs <= self.words, "malformed", "struct out of bounds")
        self.spend(data + ptrs)
        return Struct(self, start, data, ptrs, depth)

    def root(self):
        return self.struct_at(0, 16)


class Struct:
    def __init__(self, m, start, data, ptrs, depth):
        self.m, self.start, self.data, self.ptrs, self.depth = m, start, data, ptrs, depth

    def num(self, fmt, at):
        size = struct.calcsize(fmt)
        return struct.unpack_from("<" + fmt, self.m.seg, self.start * 8 + at)[0] if at + size <= self.data * 8 else 0

    def child(self, i):
        if i >= self.ptrs:
            return Struct(self.m, 0, 0, 0, self.depth - 1)
        return self.m.struct_at(self.start + self.data + i, self.depth - 1)

    def list(self, i):
        """(element size code, start, count) of a list pointer, or None."""
        if i >= self.ptrs or self.m.pointer(self.start + self.data + i) == 0:
            return None
        start, value = self.m.target(self.start + self.data + i, 1)
        code, count = value >> 32 & 7, value >> 35
        bits = (0, 1, 8, 16, 32, 64, 64)[code] if code < 7 else 64
        words = (count * bits + 63) // 64 + (1 if code == 7 else 0)
        require(0 <= start and start + words <= self.m.words, "malformed", "list out of bounds")
        self.m.spend(count if code == 0 else words)
        return code, start, count

    def blob(self, i):
        found = self.list(i)
        if found is None:
            return b""
        require(found[0] == 2, "malformed", "not bytes")
        return self.m.seg[found[1] * 8 : found[1] * 8 + found[2]]

    def text(self, i):
        raw = self.blob(i)
        require(not raw or raw[-1] == 0, "malformed", "text without end")
        return raw[:-1]

    def structs(self, i):
        found = self.list(i)
        if found is None:
            return []
        code, start, count = found
        require(code == 7 or code == 0, "malformed", "not structs")
        require(self.depth > 1, "limit", "too deep")
        if code == 0:
            return [Struct(self.m, 0, 0, 0, self.depth - 1)] * count
        tag = self.m.pointer(start)
        n, data, ptrs = tag >> 2 & 0x3FFFFFFF, tag >> 32 & 0xFFFF, tag >> 48
        require(tag & 3 == 0 and n * (data + ptrs) <= count, "malformed", "list tag")
        if data + ptrs == 0:
            self.m.spend(n)
        return [Struct(self.m, start + 1 + k * (data + ptrs), data, ptrs, self.depth - 1) for k in range(n)]

    def u64s(self, i):
        found = self.list(i)
        if found is None:
            return []
        require(found[0] == 5, "malformed", "not numbers")
        return list(struct.unpack_from(f"<{found[2]}Q", self.m.seg, found[1] * 8))
