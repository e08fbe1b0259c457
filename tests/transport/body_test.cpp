// What is sent out of a file is compared with its digest before its last byte is given out.
#include "libexchange/transport/body.h"

#include "tests/catch.h"

using namespace exchange;

namespace {

constexpr std::size_t kSize = 1000, kOffset = 24;

Bytes pattern() {
  Bytes bytes(kOffset + kSize);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  return bytes;
}

Source file_of(View bytes) {
  Fd file = temporary_file();
  write_all(file.get(), bytes, "test");
  return Source::of(std::move(file), "test");
}

}  // namespace

TEST_CASE("a body is read piece by piece, again from its beginning, and asked once more at its end") {
  const Bytes bytes = pattern();
  const View part = View(bytes).subspan(kOffset);
  const Source source = file_of(bytes);
  Body body(source, kOffset, kSize, sha256(part));
  Bytes got(kSize);
  body.read(0, MutableView(got).first(300));  // cut here
  for (int round = 0; round < 2; ++round) {
    std::ranges::fill(got, std::uint8_t{0});
    for (std::size_t at = 0; at < kSize; at += 250) body.read(at, MutableView(got).subspan(at, 250));
    CHECK(std::ranges::equal(got, part));
    CHECK_NOTHROW(body.read(kSize, {}));
  }
  CHECK(std::ranges::equal(body.in_memory(), part));
}

TEST_CASE("a body that is not what was sealed keeps its last bytes back, each time") {
  const Bytes bytes = pattern();
  const Source source = file_of(bytes);
  Body body(source, kOffset, kSize, Hash{});
  Bytes got(kSize);
  for (int round = 0; round < 2; ++round) {
    CHECK_NOTHROW(body.read(0, MutableView(got).first(999)));
    CHECK_THROWS_AS(body.read(999, MutableView(got).subspan(999)), Failure);
  }
  CHECK_THROWS_AS(body.in_memory(), Failure);
}
