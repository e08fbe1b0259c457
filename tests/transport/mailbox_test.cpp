#include "libexchange/transport/mailbox.h"

#include <fcntl.h>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/transport/journal.h"
#include "tests/catch.h"
#include "tests/scratch.h"

using namespace exchange;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

const fs::path kHomes = fs::path(TEST_SOURCE_DIR).parent_path() / "keys-example";

PrivateKeys keys_of(const char* home) {
  return read_key_file(Home(kHomes / home).own_keys().at(0).file, {}, [](const std::string&) {});
}
Endorsement endorsement_of(const char* home) { return *Home(kHomes / home).own_keys().at(0).endorsement; }

Stored holding(std::initializer_list<Part> parts) {
  Stored stored;
  for (const Part& part : parts) stored.parts[part] = "";
  return stored;
}

Announcement announcement() {
  Announcement a;
  a.seal = sha256(as_view("a seal"));
  a.sealed = 20 * kMiB;
  a.length = a.sealed + 1000;
  a.tail = sha256(as_view("a tail"));
  a.to = {*Address::parse("kh-example-police/evidence-desk")};
  a.sender = keys_of("cn-liaison").verifier();
  a.endorsement = endorsement_of("cn-liaison").text_hash;
  a.time = *from_utc("2026-06-01T00:00:00Z");
  return a;
}

Code refusal(const std::string& text) {
  try {
    Announcement::parse(text);
    return Code::ok;
  } catch (const Failure& f) {
    return f.code();
  }
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a file is cut into slices, and what follows the sealed bytes") {
  const auto blocks = blocks_of(20 * kMiB, 20 * kMiB + 1000);
  REQUIRE(blocks.size() == 4);
  CHECK(blocks[2].offset == 16 * kMiB);
  CHECK(blocks[2].length == 4 * kMiB);
  CHECK(blocks[3].offset == 20 * kMiB);
  CHECK(blocks[3].length == 1000);
  CHECK(blocks_of(8 * kMiB, 8 * kMiB + 1).size() == 2);
  std::uint64_t at = 0;
  for (const Block& b : blocks_of(kMaxSealed, kMaxSealed + 70 * kMiB)) {
    if (b.offset != at || b.length == 0 || b.length > kSlice) FAIL("a gap at " << at);
    at += b.length;
  }
  CHECK(at == kMaxSealed + 70 * kMiB);
}

TEST_CASE("names of parts: one spelling, and no other") {
  const Part part{8 * kMiB, 5};
  CHECK(part.name() == "part-00000008388608-5");
  CHECK(*Part::parse(part.name()) == part);
  CHECK(Part::parse("part-00000000000000-8388608"));
  for (const char* bad :
       {"part-8388608-5", "part-00000008388608-", "part-00000008388608-0", "part-00000008388608-05",
        "part-00000008388608-8388609", "part-00000008388608-5 ", "part-0000000838860x-5", "part-", "",
        "Part-00000008388608-5", "part-000000083886085", "part--0000008388608-5", "part-00000008388608--5"})
    CHECK_FALSE(Part::parse(bad));
}

TEST_CASE("parts cover a block, or leave gaps") {
  const Block block{8 * kMiB, 8 * kMiB};
  CHECK(cover(holding({{8 * kMiB, 8 * kMiB}}), block)->size() == 1);
  CHECK_FALSE(cover(holding({}), block));
  const Stored mixed = holding({{8 * kMiB, kMiB},
                                {8 * kMiB, 4 * kMiB},
                                {12 * kMiB, 2 * kMiB},
                                {14 * kMiB, 2 * kMiB},
                                {16 * kMiB, kMiB}});
  const auto parts = cover(mixed, block);
  REQUIRE(parts);
  CHECK(parts->size() == 3);
  CHECK(parts->front().length == 4 * kMiB);  // the longest
  CHECK(gaps(mixed, block).empty());
  // One that reaches beyond the block does not count.
  CHECK_FALSE(cover(holding({{12 * kMiB, 8 * kMiB}, {8 * kMiB, 4 * kMiB}}), block));
  const auto open = gaps(holding({{9 * kMiB, kMiB}, {12 * kMiB, kMiB}}), block);
  REQUIRE(open.size() == 3);
  CHECK((open[0].offset == 8 * kMiB && open[0].length == kMiB));
  CHECK((open[1].offset == 10 * kMiB && open[1].length == 2 * kMiB));
  CHECK((open[2].offset == 13 * kMiB && open[2].length == 3 * kMiB));
  CHECK(gaps(holding({}), block).at(0).length == 8 * kMiB);
}

TEST_CASE("an announcement is read in one spelling only") {
  const std::string text = announcement().text();
  CHECK(Announcement::parse(text).text() == text);
  CHECK(refusal(with(text, "length 20972520", "length 020972520")) == Code::malformed);
  CHECK(refusal(with(text, "length 20972520", "length 20971520")) ==
        Code::malformed);  // nothing after the sealed bytes
  CHECK(refusal(with(text, "length 20972520", "length 920971520")) == Code::malformed);  // far too much
  CHECK(refusal(with(text, "sealed 20971520", "sealed 99999999999999999")) == Code::limit);
  CHECK(refusal(with(text, "announcement/v1", "announcement/v2")) == Code::malformed);
  CHECK(refusal(with(text, "to kh", "to kh-example-police/evidence-desk\nto kh")) == Code::malformed);
  CHECK(refusal(with(text, "to kh", "to xx-example/desk\nto kh")) == Code::malformed);  // not ascending
  CHECK(refusal(text + "more 1\n") == Code::malformed);
  CHECK(refusal(with(text, "\ntime", "\n time")) == Code::malformed);
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    if (refusal(text.substr(0, cut)) != Code::malformed) FAIL("cut at " << cut);
}

TEST_CASE("an announcement opens for its readers, and says whose it is") {
  const PrivateKeys sender = keys_of("cn-liaison"), reader = keys_of("kh-desk"),
                    stranger = keys_of("th-desk");
  const AgeRecipient readers[] = {reader.receiving->recipient()};
  const Bytes stored = seal_announcement(announcement(), sender, endorsement_of("cn-liaison"), readers);
  const AgeIdentity* own[] = {&*reader.receiving};
  const AgeIdentity* others[] = {&*stranger.receiving};
  CHECK(open_announcement(stored, own)->announcement.text() == announcement().text());
  CHECK_FALSE(open_announcement(stored, others));
  CHECK_THROWS_AS(
      open_announcement(seal_announcement(announcement(), sender, endorsement_of("th-desk"), readers), own),
      Failure);
  CHECK_THROWS_AS(
      open_announcement(seal_announcement(announcement(), stranger, endorsement_of("cn-liaison"), readers),
                        own),
      Failure);
  for (std::size_t i = 0; i < stored.size(); i += 7) {
    Bytes changed = stored;
    changed[i] ^= 1;
    try {
      if (open_announcement(changed, own)) FAIL("byte " << i);
    } catch (const Failure& f) {
      if (f.code() == Code::bug) FAIL("byte " << i << ": " << f.what());
    }
  }
}

TEST_CASE("remotes are kept without secrets, and odd ones refused") {
  Scratch home;
  Remote r;
  r.name = "ministry";
  r.url = "https://dav.example.org/mail";
  r.user = "liaison";
  r.secret_file = "/etc/pass";
  save_remote(home.path, r);
  const Remote again = load_remote(home.path, "ministry");
  CHECK(again.url == r.url);
  CHECK(again.place() == "https://dav.example.org/mail/");
  CHECK(again.secret_file == r.secret_file);
  CHECK_THROWS_AS(save_remote(home.path, r), Failure);
  CHECK_THROWS_AS(load_remote(home.path, "../ministry"), Failure);
  for (const char* url :
       {"http://h/x", "https://u:p@h/x", "https://u@h/x", "https:///x", "https://h/x?y", "https://h/a b",
        "ftp://h/x", "sftp://u:p@h/x", "dir:here", "s3://h/b", "", "file:///etc"}) {
    INFO(url);
    Remote bad;
    bad.name = "bad";
    bad.url = url;
    CHECK_THROWS_AS(save_remote(home.path, bad), Failure);
  }
  CHECK(load_remotes(home.path).size() == 1);
}

TEST_CASE("what was acknowledged is remembered, and trusted only as long as the server agrees") {
  Scratch home;
  Remote r;
  r.name = "stick";
  r.url = "dir:/nowhere";
  const Hash seal = sha256(as_view("x"));
  const Part one{0, 100}, two{100, 100};
  {
    Acknowledged acknowledged(home.path, r, seal);
    acknowledged.add(one);
    acknowledged.add(two);
    Stored stored;
    stored.parts[one] = "stamp 1";
    acknowledged.settle(stored);
  }
  {
    std::string cut = "200 100";  // a run that was killed while it wrote
    const Fd file = open_file(remote_folder(home.path, r) / "out" / to_hex(seal), O_WRONLY | O_APPEND);
    write_all(file.get(), as_view(cut), "journal");
  }
  const Acknowledged acknowledged(home.path, r, seal);
  CHECK(acknowledged.knows(one, "stamp 1"));
  CHECK_FALSE(acknowledged.knows(one, "stamp 2"));
  CHECK_FALSE(acknowledged.knows(two, ""));
  CHECK_FALSE(acknowledged.knows({200, 100}, ""));
  CHECK(remembered_part_size(home.path, r) == kSlice);
  remember_part_size(home.path, r, kSmallestPart);
  CHECK(remembered_part_size(home.path, r) == 2 * kSmallestPart);
  const RemoteLock lock(home.path, r);
  CHECK_THROWS_AS(RemoteLock(home.path, r), Failure);
}
