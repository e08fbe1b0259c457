// Every byte of a small bundle is changed, and the file is cut at every length: never accepted, nothing
// released.
#include <fcntl.h>
#include <unistd.h>

#include "libexchange/base/text.h"
#include "tests/bundle/world.h"
#include "tests/catch.h"

using namespace world;

namespace {

bool is_refusal(Code code) { return exit_code(code) >= 10 && exit_code(code) <= 31; }

// Opens the bundle as `open` does; what it leaves is counted by the caller.
Code open_code(const fs::path& file, const fs::path& target) {
  try {
    VerifiedBundle bundle = verify(file, "kh-desk", VerifyOptions::Depth::envelope);
    Extractor extractor(target);
    Contents& contents = bundle.contents();
    for (std::size_t i = 0; i < contents.streams().size(); ++i) {
      const CheckedFiles checked = contents.check_files(i, {}, {});
      contents.read_files(i, checked, {}, extractor, 1, {});
    }
    extractor.commit(0755, {});
    return Code::ok;
  } catch (const Failure& f) {
    return f.code();
  }
}

}  // namespace

TEST_CASE("a bundle with any one byte changed is refused") {
  Scratch s;
  small_case(s);
  pack(s / "case", {kh, std::string(th) + ":EX-01"}, s / "good.valise");
  Bytes bytes = read_file(s / "good.valise", 1 << 20);
  REQUIRE(verify(s / "good.valise", "kh-desk").verdict().contents_checked);
  INFO("size " << bytes.size());
  const Fd file = open_file(s / "bad.valise", O_RDWR | O_CREAT, 0600);
  write_all(file.get(), bytes, "bad");
  std::size_t wrong = 0;
  std::string where;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t changed = bytes[i] ^ static_cast<std::uint8_t>(1 << (i % 8));
    REQUIRE(::pwrite(file.get(), &changed, 1, static_cast<off_t>(i)) == 1);
    const VerifiedBundle bundle = verify(s / "bad.valise", "kh-desk");
    if (!is_refusal(bundle.verdict().code)) {
      ++wrong;
      where += " " + std::to_string(i) + "=" + std::string(name_of(bundle.verdict().code));
    }
    REQUIRE(::pwrite(file.get(), &bytes[i], 1, static_cast<off_t>(i)) == 1);
  }
  INFO(where);
  CHECK(wrong == 0);
  CHECK(verify(s / "bad.valise", "kh-desk").verdict().good());
}

TEST_CASE("a bundle cut at any length is refused, and with bytes after it too") {
  Scratch s;
  small_case(s);
  pack(s / "case", {kh}, s / "good.valise");
  const Bytes bytes = read_file(s / "good.valise", 1 << 20);
  const Fd file = open_file(s / "cut.valise", O_RDWR | O_CREAT, 0600);
  write_all(file.get(), bytes, "cut");
  std::string where;
  for (std::size_t n = bytes.size(); n-- > 0;) {
    REQUIRE(::ftruncate(file.get(), static_cast<off_t>(n)) == 0);
    const Code code = verify(s / "cut.valise", "kh-desk").verdict().code;
    if (code != Code::truncated) where += " " + std::to_string(n) + "=" + std::string(name_of(code));
  }
  INFO(where);
  CHECK(where.empty());
  Bytes longer = bytes;
  longer.push_back(0);
  write_file(s / "longer.valise", longer, OutputFile::Existing::replace);
  CHECK(verify(s / "longer.valise", "kh-desk").verdict().code == Code::malformed);
}

TEST_CASE("opening a changed bundle leaves nothing behind") {
  Scratch s, out;
  small_case(s);
  pack(s / "case", {kh}, s / "good.valise");
  const Bytes bytes = read_file(s / "good.valise", 1 << 20);
  for (std::size_t i = 0; i < bytes.size(); i += 97) {
    Bytes bad = bytes;
    bad[i] ^= 0x40;
    write_file(s / "bad.valise", bad, OutputFile::Existing::replace);
    const Code code = open_code(s / "bad.valise", out / "target");
    INFO("byte " << i);
    CHECK(is_refusal(code));
    CHECK(out.empty());
  }
  CHECK(open_code(s / "good.valise", out / "target") == Code::ok);
  CHECK(fs::exists(out / "target/one/b/c.txt"));
}
