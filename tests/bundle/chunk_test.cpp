#include "libexchange/bundle/chunk.h"

#include <algorithm>

#include "tests/catch.h"

using namespace exchange;

namespace {

struct Fixture {
  AeadKey key = AeadKey::random();
  Aead aead{key};
  Compressor compressor{1};
  Decompressor decompressor;
  Bytes buffer;

  Bytes round_trip(const Bytes& plain, std::size_t* stored = nullptr) {
    const View whole = seal_frame(buffer, {FrameKind::chunk, true, 0, 1, 0, 0}, plain, aead, compressor);
    const Frame frame = Frame::parse(whole.first(kFramePrefix), "test");
    if (stored) *stored = whole.size();
    Bytes body = to_bytes(whole.subspan(kFramePrefix, frame.body_len)), out;
    open_frame(out, frame, body, aead, decompressor, "test");
    return out;
  }
};

Bytes random_bytes(std::size_t n) {
  Bytes out(n);
  fill_random(out);
  return out;
}

}  // namespace

TEST_CASE("chunks of every size come back") {
  Fixture f;
  for (std::size_t n : {0u, 1u, 63u, 64u, 511u, 512u, 513u, 65536u, 1048575u, 1048576u}) {
    const Bytes text(n, 'a'), noise = random_bytes(n);
    CHECK(f.round_trip(text) == text);
    CHECK(f.round_trip(noise) == noise);
  }
}

TEST_CASE("what compresses is stored small, what does not is stored as it is, never larger than the limit") {
  Fixture f;
  std::size_t stored = 0;
  f.round_trip(Bytes(kChunk, 'a'), &stored);
  CHECK(stored < 2000);
  f.round_trip(random_bytes(kChunk), &stored);
  CHECK(stored == kFramePrefix + 16 + kChunk + 16);
}

TEST_CASE("a changed body or another place does not open") {
  Fixture f;
  const Bytes plain(1000, 'a');
  const View whole = seal_frame(f.buffer, {FrameKind::chunk, true, 0, 1, 0, 0}, plain, f.aead, f.compressor);
  const Frame frame = Frame::parse(whole.first(kFramePrefix), "test");
  const Bytes body = to_bytes(whole.subspan(kFramePrefix, frame.body_len));
  const auto code_of = [&](Frame at, Bytes b) {
    Bytes out;
    try {
      open_frame(out, at, b, f.aead, f.decompressor, "test");
      return Code::ok;
    } catch (const Failure& failure) {
      return failure.code();
    }
  };
  CHECK(code_of(frame, body) == Code::ok);
  Bytes changed = body;
  changed[20] ^= 1;
  CHECK(code_of(frame, changed) == Code::integrity);
  Frame moved = frame;
  moved.index = 1;
  CHECK(code_of(moved, body) == Code::integrity);
  moved = frame;
  moved.final = false;
  CHECK(code_of(moved, body) == Code::integrity);
  moved = frame;
  moved.ordinal = 2;
  CHECK(code_of(moved, body) == Code::integrity);
}
