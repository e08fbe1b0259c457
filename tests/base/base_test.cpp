#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libexchange/base/pipeline.h"
#include "libexchange/base/secret.h"
#include "libexchange/base/text.h"
#include "libexchange/base/time.h"
#include "tests/catch.h"
#include "tests/scratch.h"

using namespace exchange;

TEST_CASE("hex and base64 are canonical") {
  CHECK(to_hex(as_view("\x01\xff")) == "01ff");
  CHECK(from_hex("01ff").has_value());
  CHECK_FALSE(from_hex("01FF").has_value());
  CHECK_FALSE(from_hex("01f").has_value());
  CHECK(to_base64(as_view("ab")) == "YWI=");
  CHECK(to_base64(as_view("ab"), false) == "YWI");
  CHECK(from_base64("YWI=").has_value());
  for (const char* bad : {"YWI", "YWJ=", "YWI= ", "YWI==", "Y WI=", "YW\n=", "=", "_-=="})
    CHECK_FALSE(from_base64(bad).has_value());
  CHECK(from_base64("")->empty());
}

TEST_CASE("decimals are strict") {
  CHECK(from_decimal("0") == 0);
  CHECK(from_decimal("9223372036854775807") == 9223372036854775807u);
  for (const char* bad :
       {"", "00", "01", "+1", "-1", " 1", "1 ", "9223372036854775808", "99999999999999999999", "1a"})
    CHECK_FALSE(from_decimal(bad).has_value());
}

TEST_CASE("names are printed so that they cannot act on a terminal") {
  CHECK(printable("plain 证据 دليل") == "plain 证据 دليل");
  CHECK(printable("a\x1b[2Jb") == "a\\x1b[2Jb");
  CHECK(printable("a\nb\\") == "a\\x0ab\\\\");
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(printable("x\xe2\x80\xaey") == "x\\u{202e}y");
  CHECK(printable("\xc2\x9b") == "\\u{9b}");
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));  // a surrogate
  CHECK_FALSE(is_utf8("\xc0\xaf"));      // overlong
}

TEST_CASE("columns count wide characters twice and marks not at all") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("证据") == 4);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(pad_right("证", 4) == "证  ");
}

TEST_CASE("times are RFC 3339 with an offset") {
  int offset = 0;
  const auto t = from_rfc3339("2026-05-21T09:14:00+07:00", &offset);
  REQUIRE(t);
  CHECK(offset == 420);
  CHECK(to_utc(*t) == "2026-05-21T02:14:00Z");
  CHECK(from_utc("2026-05-21T02:14:00Z") == *t);
  CHECK(from_rfc3339("2026-05-21T02:14:00.25Z")->nanoseconds == 250000000);
  for (const char* bad :
       {"2026-05-21T09:14:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-05-21T24:00:00Z",
        "2026-05-21T09:14:00+0700", "21.05.2026 09:14", "", "2026-05-21T09:14:00.Z"})
    CHECK_FALSE(from_rfc3339(bad).has_value());
  CHECK_FALSE(from_utc("2026-05-21T02:14:00+00:00").has_value());
  CHECK(to_utc(*from_date("2099-12-31")) == "2099-12-31T23:59:59Z");
}

TEST_CASE("an output appears whole or not at all") {
  Scratch s;
  {
    OutputFile out(s / "a", OutputFile::Existing::refuse);
    out.write(as_view("half"));
  }
  CHECK(s.empty());
  write_file(s / "a", as_view("one"), OutputFile::Existing::refuse);
  CHECK_THROWS_AS(write_file(s / "a", as_view("two"), OutputFile::Existing::refuse), Failure);
  CHECK(to_text(read_file(s / "a", 10)) == "one");
  write_file(s / "a", as_view("two"), OutputFile::Existing::replace);
  CHECK(to_text(read_file(s / "a", 10)) == "two");
  CHECK(std::distance(fs::directory_iterator(s.path), {}) == 1);
  CHECK_THROWS_AS(read_file(s / "a", 2), Failure);
}

TEST_CASE("a refused output that appeared meanwhile is kept") {
  Scratch s;
  OutputFile out(s / "a", OutputFile::Existing::refuse);
  out.write(as_view("mine"));
  s.write("a", "theirs");
  CHECK_THROWS_AS(out.commit(), Failure);
  CHECK(to_text(read_file(s / "a", 10)) == "theirs");
}

TEST_CASE("paths are resolved beneath their folder and through no link") {
  Scratch s;
  s.write("in/file", "x");
  s.write("outside", "y");
  fs::create_symlink(s / "outside", s / "in/link");
  fs::create_directory_symlink(s.path, s / "in/up");
  const Fd folder = open_file(s / "in", O_RDONLY | O_DIRECTORY);
  CHECK(open_beneath(folder.get(), "file", O_RDONLY));
  for (const char* bad : {"../outside", "link", "up/outside", "/etc/passwd", "."})
    CHECK_FALSE((std::string(bad) != "." && open_beneath(folder.get(), bad, O_RDONLY)));
}

TEST_CASE("secrets compare by content, move, and are wiped") {
  const SecretBytes a = SecretBytes::copy_of(as_view("secret")), b = SecretBytes::copy_of(as_view("secret"));
  CHECK(a == b);
  CHECK_FALSE(a == SecretBytes::copy_of(as_view("secreT")));
  Bytes bytes = to_bytes("secret");
  wipe(bytes);
  CHECK(bytes == Bytes(6, 0));
}

TEST_CASE("a pipeline keeps order and stops at the first failure of any thread") {
  struct Slot {
    int in = 0, out = 0;
  };
  std::vector<int> seen;
  {
    Pipeline<Slot> p(
        3, 5, [](Slot& s, std::size_t) { s.out = s.in * 2; }, [&](Slot& s) { seen.push_back(s.out); });
    for (int i = 0; i < 1000; ++i) {
      p.next().in = i;
      p.submit();
    }
    p.finish();
  }
  REQUIRE(seen.size() == 1000);
  for (int i = 0; i < 1000; ++i) REQUIRE(seen[static_cast<std::size_t>(i)] == 2 * i);

  const auto run = [](int bad_in_work, int bad_in_consume) {
    Pipeline<Slot> p(
        2, 4,
        [=](Slot& s, std::size_t) {
          if (s.in == bad_in_work) throw Failure(Code::integrity, "work");
          s.out = s.in;
        },
        [=](Slot& s) {
          if (s.out == bad_in_consume) throw Failure(Code::limit, "consume");
        });
    for (int i = 0; i < 100; ++i) {
      p.next().in = i;
      p.submit();
    }
    p.finish();
  };
  CHECK_THROWS_AS(run(50, -1), Failure);
  CHECK_THROWS_AS(run(-1, 50), Failure);
  CHECK_THROWS_AS(run(-1, 99), Failure);
  CHECK_NOTHROW(run(-1, -1));
}
