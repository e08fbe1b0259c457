#include "libexchange/base/direct_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "tests/catch.h"
#include "tests/scratch.h"

using namespace exchange;

namespace {

constexpr std::size_t kMiB = 1 << 20;

Bytes pattern(std::size_t length) {
  Bytes bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return bytes;
}

void write_in_pieces(DirectWriter& out, View bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size())))
    out.write(bytes.first(std::min(piece, bytes.size())));
}

}  // namespace

TEST_CASE("what is written past the page cache is read back whole, whatever its length") {
  const Scratch disk;
  for (const fs::path& folder : {disk.path, fs::path("/dev/shm")}) {  // tmpfs knows no direct writing
    const fs::path path = folder / random_name();
    DirectWriter out;
    for (const std::size_t length : {0ul, 1ul, kMiB - 1, kMiB, kMiB + 1, 3 * kMiB, 3 * kMiB + 4097}) {
      const Bytes bytes = pattern(length);
      {
        const Fd fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
        out.begin(fd.get(), "file");
        write_in_pieces(out, bytes, 300'001);
        out.finish();
        CHECK((::fcntl(fd.get(), F_GETFL) & O_DIRECT) == 0);  // as it was
      }
      CHECK(read_file(path, 4 * kMiB) == bytes);
    }
    fs::remove(path);
  }
}

TEST_CASE("a hole between two parts stays a hole") {
  const Scratch scratch;
  const Bytes bytes = pattern(2 * kMiB);
  {
    const Fd fd = open_file(scratch / "f", O_WRONLY | O_CREAT);
    DirectWriter out;
    out.begin(fd.get(), "file");
    out.write(View(bytes).first(8192));
    out.skip(16 * kMiB);
    out.write(bytes);
    out.finish();
  }
  const Bytes back = read_file(scratch / "f", 32 * kMiB);
  REQUIRE(back.size() == 18 * kMiB + 8192);
  CHECK(std::equal(bytes.begin(), bytes.begin() + 8192, back.begin()));
  CHECK(std::all_of(back.begin() + 8192, back.begin() + 8192 + 16 * kMiB, [](auto b) { return b == 0; }));
  CHECK(std::equal(bytes.begin(), bytes.end(), back.end() - 2 * kMiB));
}

TEST_CASE("a pipe and a file that already has bytes are written in the ordinary way") {
  const Scratch scratch;
  const Bytes bytes = pattern(2 * kMiB + 5);
  scratch.write("f", "before");
  {
    const Fd fd = open_file(scratch / "f", O_WRONLY);
    REQUIRE(::lseek(fd.get(), 6, SEEK_SET) == 6);
    DirectWriter out;
    out.begin(fd.get(), "file");
    out.write(bytes);
    out.finish();
  }
  CHECK(fs::file_size(scratch / "f") == bytes.size() + 6);

  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const Fd from(ends[0]);
  Fd to(ends[1]);
  Bytes back(bytes.size());
  std::thread reader([&] { read_some(from.get(), back, "pipe"); });
  DirectWriter out;
  out.begin(to.get(), "pipe");
  write_in_pieces(out, bytes, 70'000);
  out.finish();
  reader.join();
  CHECK(back == bytes);
}

TEST_CASE("a full disk is a failure that names the file") {
  const Fd full = open_file("/dev/full", O_WRONLY);
  DirectWriter out;
  out.begin(full.get(), "case.valise");
  out.write(pattern(10));
  CHECK_THROWS_AS(out.finish(), Failure);
}
