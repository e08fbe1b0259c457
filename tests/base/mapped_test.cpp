// Looking at a file in place: the bytes, and a file that ends under one's eyes.
#include "libexchange/base/mapped.h"

#include <unistd.h>

#include <thread>
#include <vector>

#include "libexchange/base/file.h"
#include "tests/catch.h"

using namespace exchange;

namespace {

constexpr std::size_t kLength = 1 << 20;

Fd file_of(std::uint8_t byte, std::size_t length) {
  Fd file = temporary_file();
  write_all(file.get(), Bytes(length, byte), "test");
  return file;
}

std::uint64_t sum_of(const Mapped& mapped) {
  std::uint64_t sum = 0;
  mapped.look([&](View bytes) {
    for (const std::uint8_t b : bytes) sum += b;
  });
  return sum;
}

Code failure_of(const Mapped& mapped) {
  try {
    (void)sum_of(mapped);
  } catch (const Failure& f) {
    return f.code();
  }
  return Code::ok;
}

}  // namespace

TEST_CASE("a part of a file is looked at in place") {
  const Fd file = file_of(3, kLength + 100);
  CHECK(sum_of(Mapped(file.get(), 0, kLength, "test")) == 3 * kLength);
  CHECK(sum_of(Mapped(file.get(), kLength, 100, "test")) == 300);
}

TEST_CASE("a file that ends while it is looked at is an error and not a signal") {
  const Fd file = file_of(1, kLength);
  const Mapped before(file.get(), 0, kLength, "test");
  REQUIRE(::ftruncate(file.get(), kLength / 2) == 0);
  const Mapped after(file.get(), 0, kLength, "test");
  CHECK(failure_of(before) == Code::truncated);
  CHECK(failure_of(after) == Code::truncated);
  CHECK(sum_of(Mapped(file.get(), 0, kLength / 2, "test")) == kLength / 2);

  std::vector<std::thread> threads;
  std::vector<Code> codes(4, Code::ok);
  for (std::size_t i = 0; i < codes.size(); ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 50; ++n) codes[i] = failure_of(after);
    });
  for (auto& thread : threads) thread.join();
  CHECK(codes == std::vector<Code>(4, Code::truncated));
}
