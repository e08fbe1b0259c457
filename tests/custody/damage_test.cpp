// A log that was changed, cut, rolled back or forked is found out, whatever byte it was.
#include <fstream>

#include "libexchange/base/text.h"
#include "libexchange/custody/log_check.h"
#include "libexchange/custody/record.h"
#include "tests/catch.h"
#include "tests/custody/world.h"

using namespace world;

namespace {

void grow(Officer& o, int events, int from = 0) {
  LogWriter log(o.home, o.signer);
  for (int i = from; i < from + events; ++i)
    log.add(i == 0 ? event("seized", "2026-05-21T09:14:00+07:00", {{"authority", "w"}})
                   : event("photographed", "2026-05-21T09:14:00+07:00", {{"ref", "P-" + std::to_string(i)}}));
  log.commit();
}

LogReport checked(Officer& o, std::optional<Checkpoint> earlier = {}) {
  LogCheckOptions options;
  options.earlier = std::move(earlier);
  return check_log(o.home, o.log(), options);
}

bool sound(Officer& o, std::optional<Checkpoint> earlier = {}) {
  return checked(o, std::move(earlier)).problems.empty();
}

void put(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("a flipped bit anywhere in the log is found") {
  Officer o("cn-liaison");
  grow(o, 5);
  REQUIRE(sound(o));
  const auto hash = o.signer.endorsement.text_hash;
  for (const std::string& name : {std::string("checkpoint"), std::string("entries"), std::string("ends"),
                                  std::string("hashes"), "endorsements/" + to_hex(hash)}) {
    const std::string whole = bytes_of(o.log() / name);
    const std::size_t step = whole.size() > 1000 ? 7 : 1;
    for (std::size_t i = 0; i < whole.size(); i += step) {
      std::string flipped = whole;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
      put(o.log() / name, flipped);
      if (sound(o)) FAIL(name << ": byte " << i << " was changed and not noticed");
    }
    put(o.log() / name, whole);
  }
  CHECK(sound(o));
}

TEST_CASE("a log that lost bytes is found, and nothing is appended to a damaged one") {
  Officer o("cn-liaison");
  grow(o, 5);
  for (const char* name : {"entries", "ends", "hashes"}) {
    CAPTURE(name);
    const std::string whole = bytes_of(o.log() / name);
    for (std::size_t keep : {whole.size() - 1, whole.size() / 2, std::size_t{0}}) {
      put(o.log() / name, whole.substr(0, keep));
      CHECK(!sound(o));
      CHECK_THROWS_AS(LogWriter(o.home, o.signer), Failure);
    }
    put(o.log() / name, whole);
  }
  // The last hash is changed: the tree is not the checkpoint's.
  std::string hashes = bytes_of(o.log() / "hashes");
  hashes[0] = static_cast<char>(hashes[0] ^ 1);
  put(o.log() / "hashes", hashes);
  const LogReport r = checked(o);
  REQUIRE(!r.problems.empty());
  CHECK(r.code() == Code::integrity);
}

TEST_CASE("bytes behind the checkpoint are an unfinished append: not seen, and dropped") {
  Officer o("cn-liaison");
  grow(o, 3);
  const std::string entries = bytes_of(o.log() / "entries"), ends = bytes_of(o.log() / "ends"),
                    hashes = bytes_of(o.log() / "hashes");
  put(o.log() / "entries", entries + "valise-custody/v1\nhalf an ev");
  put(o.log() / "ends", ends + "12345");
  put(o.log() / "hashes", hashes + std::string(40, 'x'));
  CHECK(sound(o));
  CHECK(checked(o).events == 3);
  grow(o, 1, 3);
  CHECK(sound(o));
  CHECK(bytes_of(o.log() / "entries").starts_with(entries + "valise-custody/v1\nevent photographed"));
}

TEST_CASE("a log without its checkpoint is damaged, but a log that was only begun is not") {
  Officer o("cn-liaison");
  { LogWriter log(o.home, o.signer); }  // killed before the first event
  put(o.log() / "entries", "valise-custody/v1\nhalf");
  CHECK(sound(o));
  grow(o, 3);
  CHECK(checked(o).events == 3);
  const std::string entries = bytes_of(o.log() / "entries");
  fs::remove(o.log() / "checkpoint");
  CHECK(checked(o).code() == Code::integrity);
  CHECK_THROWS_AS(LogWriter(o.home, o.signer), Failure);
  CHECK(bytes_of(o.log() / "entries") == entries);
}

TEST_CASE("a log whose beginning failed or was killed, whichever file was next, begins again") {
  for (const char* next : {"entries", "ends", "hashes", "checkpoint"}) {
    CAPTURE(next);
    Officer o("cn-liaison");
    fs::create_directories(o.log() / next);  // in the way
    CHECK_THROWS_AS(LogWriter(o.home, o.signer), Failure);
    fs::remove(o.log() / next);
    CHECK(CustodyLog(o.log()).size() == 0);
    grow(o, 1);
    CHECK(checked(o).events == 1);
  }
}

TEST_CASE("a log that was rolled back, forked or exchanged does not continue an earlier checkpoint") {
  Officer o("cn-liaison");
  grow(o, 3);
  const Scratch backup;
  fs::copy(o.log(), backup / "old", fs::copy_options::recursive);
  grow(o, 4, 3);
  const Checkpoint later = *CustodyLog(o.log()).checkpoint();
  const Checkpoint early = *CustodyLog(backup / "old").checkpoint();
  CHECK(sound(o, early));
  CHECK(sound(o, later));
  fs::remove_all(o.log());
  fs::copy(backup / "old", o.log(), fs::copy_options::recursive);
  CHECK(checked(o, later).code() == Code::integrity);  // rolled back
  grow(o, 4, 100);
  CHECK(checked(o, later).code() == Code::integrity);  // forked at equal size
  grow(o, 4, 200);
  CHECK(checked(o, later).code() == Code::integrity);  // and beyond
  CHECK(sound(o, early));
  Officer other("kh-desk");
  grow(other, 3);
  CHECK(checked(o, *CustodyLog(other.log()).checkpoint()).code() == Code::integrity);
}

TEST_CASE("a forged checkpoint gets no good signature by the next append") {
  Officer o("cn-liaison"), thief("kh-desk");
  grow(o, 3);
  Checkpoint forged = *CustodyLog(o.log()).checkpoint();
  forged.note = thief.signer.sign(forged.text());
  put(o.log() / "checkpoint", forged.note.whole());
  CHECK(checked(o).code() == Code::signature);
  CHECK_THROWS_AS(LogWriter(o.home, o.signer), Failure);
}

TEST_CASE("a log belongs to one agency, and a key needs the usage") {
  Officer o("cn-liaison"), other("kh-desk"), approver("approver");
  grow(o, 1);
  fs::copy(o.log(), other.log(), fs::copy_options::recursive);
  const auto code_of = [](Officer& who) {
    try {
      LogWriter(who.home, who.signer);
    } catch (const Failure& f) {
      return f.code();
    }
    return Code::ok;
  };
  CHECK(code_of(other) == Code::trust);
  CHECK(code_of(approver) == Code::trust);
  CHECK(!fs::exists(approver.log()));
}

TEST_CASE("the index is made again when it is lost, old, broken or lies") {
  Officer o("cn-liaison");
  grow(o, 3);
  const fs::path file = o.log() / "index.db";
  const auto works = [&](int events) {
    CHECK(CustodyLog(o.log()).history({the_case, "EX-01"}).size() == static_cast<std::size_t>(events));
    LogWriter log(o.home, o.signer);
    CHECK(log.index().covered() == static_cast<std::uint64_t>(events));
    CHECK(log.history({the_case, "EX-01"}).size() == static_cast<std::size_t>(events));
  };
  const std::string old = bytes_of(file);
  fs::remove(file);
  works(3);
  grow(o, 2, 3);
  put(file, old);  // behind the log
  works(5);
  put(file, "this is no database, and is long enough to be looked at as if it were one");
  works(5);
  CHECK(sound(o));
  {
    CustodyIndex lies(CustodyIndex::Mode::write, file);
    lies.clear();
    for (int i = 0; i < 5; ++i) lies.add(Hash{}, event("photographed"));
    lies.commit();
  }
  CHECK(!sound(o));
}

TEST_CASE("a key that was renewed or revoked: what it signed before stands") {
  Officer o("cn-liaison");
  grow(o, 3);
  const auto revoke = [&](Instant at) {
    const PrivateKeys root = read_key_file(
        fs::path(TEST_SOURCE_DIR).parent_path() / "keys-example/roots/roots/cn-example-police.key", {},
        [](const std::string&) {});
    RevocationList list;
    list.agency = "cn-example-police";
    list.number = 1000 + static_cast<std::uint64_t>(at.seconds % 1000);
    list.issued = now();
    list.next_update = {now().seconds + 1000, 0};
    list.example = true;
    list.revoked = {{o.signer.endorsement.serial, at, "lost"}};
    put(o.folder / "trust/cn-example-police.revocations",
        sign_note(list.text(), root.name, root.signing).whole());
  };
  revoke({now().seconds + 100, 0});
  CHECK(sound(o));
  CHECK(checked(o).warnings.size() >= 1);
  CHECK_THROWS_AS(LogWriter(o.home, o.signer), Failure);
  revoke({now().seconds - 100, 0});
  CHECK(checked(o).code() == Code::trust);
}
