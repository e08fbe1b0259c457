// Check, rebuild, purge, holds and corrections.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libexchange/base/text.h"
#include "tests/catch.h"
#include "tests/store/stored.h"

using namespace stored;
using databases::code_of;

namespace {

constexpr const char* kAfter = "2031-06-01";  // the day after the samples' last

std::string joined(const StoreReport& report) {
  std::string all;
  for (const std::string& fault : report.faults) all += fault + "\n";
  return all;
}

void flip(const fs::path& file, std::uint64_t at) {
  const Fd fd = open_file(file, O_RDWR);
  std::uint8_t byte = 0;
  read_exact_at(fd.get(), MutableView(&byte, 1), at, "file");
  byte ^= 1;
  REQUIRE(::pwrite(fd.get(), &byte, 1, static_cast<off_t>(at)) == 1);
}

Hold hold_until(const std::string& day) {
  Hold hold;
  hold.the_case = crane_case;
  hold.placed_at = to_utc(now());
  hold.placed_by = "Judge A";
  hold.until = day;
  hold.reason = "appeal";
  return hold;
}

bool holds_text(const fs::path& folder, const std::string& text) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && to_text(read_file(entry.path(), 1 << 26)).find(text) != std::string::npos)
      return true;
  return false;
}

}  // namespace

TEST_CASE("every changed row of the index is named, and rebuild mends it") {
  const std::string kind = EACH_DATABASE;
  const std::pair<const char*, const char*> faults[] = {
      {"update identifier set key = 'imei:1' where type = 'imei'", "identifier: missing"},
      {"delete from file", "file: missing"},
      {"insert into person (bundle, id, role, minor, born, nationality) select id, 'P-9', 'suspect', '', '', "
       "'' from bundle",
       "person: not sealed"},
      {"insert into exhibit select * from exhibit", "exhibit: a row stands more than once"},
      {"update bundle set delete_after = '2099-01-01'", "delete_after"},
      {"delete from identifier_also", "identifier_also: missing"},
      {"update name set name = 'X' where form = 'latin'", "name: "},
      {"delete from name_ending", "name_ending: missing"},
      {"update loss set amount = '1'", "loss: "},
      {"update custody_row set event = 'x'", "custody_row: "},
  };
  Desk desk(kind);
  Store store = desk.open();
  const std::string seal = desk.take(store, lantern()).seal;
  for (const auto& [sql, named] : faults) {
    INFO(sql);
    store.database().execute(sql);
    const std::string found = joined(desk.check());
    CHECK(found.find("index of " + seal) != std::string::npos);
    CHECK(found.find(named) != std::string::npos);
    CHECK(joined(desk.rebuild()) == "");
    CHECK(joined(desk.check()) == "");
  }
}

TEST_CASE("a damaged or missing object is named; rebuild leaves it out and keeps the rest") {
  Desk desk(EACH_DATABASE);
  std::string seal, other;
  {
    Store store = desk.open();
    seal = desk.take(store, lantern()).seal;
    other = desk.take(store, crane()).seal;
  }
  flip(desk.object(seal), 100'000);
  CHECK(joined(desk.check()).find("object " + seal + ": integrity: slices: slice 0") != std::string::npos);
  CHECK(joined(desk.rebuild()).find("object " + seal) != std::string::npos);
  {
    Store store = desk.open();
    CHECK(cases(store, now()).size() == 1);
  }
  CHECK(joined(desk.check()).find("object " + seal + ": is not in the index") != std::string::npos);
  flip(desk.object(seal), 100'000);
  CHECK(joined(desk.rebuild()) == "");
  fs::remove(desk.object(other));
  CHECK(joined(desk.check()) == "object " + other + ": is gone\n");
  fs::copy_file(desk.object(seal), desk.object(other));
  CHECK(joined(desk.check()).find("object " + other + ": holds the bundle " + seal) != std::string::npos);
}

TEST_CASE("a damaged index file, a lost one, and a cut log are found and made again") {
  Desk desk("sqlite");
  {
    Store store = desk.open();
    desk.take(store, lantern());
    desk.take(store, crane());
    log_search(store, {"2026-11-25T00:00:00Z", kh, "find", "", "why", 3}, "x");
    place_hold(store, hold_until("2099-01-01"), now());
  }
  const auto whole = [&] {
    CHECK(joined(desk.check()) == "");
    Store store = desk.open();
    CHECK(cases(store, now()).size() == 2);
    CHECK(holds_of(store, crane_case).size() == 1);
  };
  SECTION("a page of rows") {
    const std::uint64_t size = fs::file_size(desk.place.database);
    const Fd fd = open_file(desk.place.database, O_RDWR);
    const Bytes noise(4096, 0x5a);
    for (std::uint64_t page = 20; page < size / 4096; page += 7)
      REQUIRE(::pwrite(fd.get(), noise.data(), noise.size(), static_cast<off_t>(page * 4096)) == 4096);
    std::string found;
    try {
      found = joined(desk.check());
    } catch (const Failure& f) {
      CHECK(f.code() == Code::integrity);
      CHECK(f.hint().find("rebuild") != std::string::npos);
      found = f.what();
    }
    CHECK(found != "");
    CHECK(joined(desk.rebuild()) == "");
    whole();
    CHECK_FALSE(fs::exists(desk.place.database + ".damaged"));
  }
  SECTION("its beginning") {
    const Fd fd = open_file(desk.place.database, O_RDWR);
    REQUIRE(::pwrite(fd.get(), "xxxxxxxxxxxxxxxx", 16, 0) == 16);
    CHECK(code_of([&] { desk.open(); }) == Code::integrity);
    CHECK(joined(desk.rebuild()) == "");
    whole();
  }
  SECTION("gone") {
    fs::remove(desk.place.database);
    CHECK(joined(desk.check()).find("is not in the index") != std::string::npos);
    CHECK(joined(desk.rebuild()) == "");
    whole();
  }
  SECTION("what was last written is lost with the log") {
    fs::remove(desk.place.database);
    const pid_t child = ::fork();  // leaves its log behind, as a power failure does
    if (child == 0) {
      Store store = desk.open();
      Database reader = Database::open(desk.place.database);
      reader.number("select count(*) from bundle");
      desk.rebuild();
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::string log = desk.place.database + "-wal";
    REQUIRE(fs::exists(log));
    fs::resize_file(log, fs::file_size(log) / 2);
    CHECK(joined(desk.check()).find("is not in the index") != std::string::npos);
    CHECK(joined(desk.rebuild()) == "");
    whole();
  }
}

TEST_CASE("rebuild keeps searches, holds, when a bundle came, and tombstones") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  const Instant came = *from_utc("2026-07-01T10:00:00Z");
  desk.take(store, crane(), came);
  const std::string gone = desk.take(store, lantern(), came).seal;
  log_search(store, {"2026-11-25T00:00:00Z", kh, "find", "", "why", 3}, "x");
  purge(store, gone, kh, *from_date(kAfter));
  place_hold(store, hold_until("2099-01-01"), now());
  release_holds(store, crane_case, "Judge B", "decided", now());
  const auto summary = [&] {
    std::string all;
    for (const CaseSummary& c : cases(store, now()))
      all += c.key.reference + " " + c.last_ingested + " " + std::to_string(c.purged) + "\n";
    for (const Hold& h : holds_of(store, crane_case)) all += h.text();
    for (const LoggedSearch& s : searches(store)) all += s.reason + s.query_sha256;
    return all;
  };
  const std::string before = summary();
  CHECK(before.find("2026-07-01T10:00:00Z") != std::string::npos);
  CHECK(joined(desk.rebuild()) == "");
  CHECK(summary() == before);
  CHECK(code_of([&] { desk.take(store, lantern(), came); }) == Code::policy);  // purged stays purged
}

TEST_CASE("purge: after its day, unless held, and nothing readable is left") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  const std::string seal = desk.take(store, crane()).seal;
  desk.take(store, lantern());
  const Instant day = *from_date("2031-05-31"), after = *from_date(kAfter);
  CHECK(purge_due(store, day).empty());
  CHECK(review_due(store, day).size() == 2);
  CHECK(code_of([&] { purge(store, seal, kh, day); }) == Code::policy);
  REQUIRE(purge_due(store, after).size() == 2);

  place_hold(store, hold_until("2033-01-01"), now());
  for (const Retained& r : purge_due(store, after)) CHECK(r.holds.size() == (r.seal == seal ? 1 : 0));
  CHECK(code_of([&] { purge(store, seal, kh, after); }) == Code::policy);
  CHECK(fs::exists(desk.object(seal)));
  CHECK(release_holds(store, crane_case, "Judge A", "decided", now()) == 1);

  desk.events.clear();
  purge(store, seal, kh, after);
  store.database().scrub();
  store.settle(desk.record());
  CHECK(desk.events == std::vector<std::string>{"retention_expired " + seal});
  CHECK_FALSE(fs::exists(desk.object(seal)));
  CHECK(fs::exists(desk.object(seal, "tombstone")));
  CHECK(fs::exists(desk.object(seal, "seal")));
  CHECK(find(store, "AE609990000000000000002", {}).empty());
  CHECK(cases(store, now()).size() == 2);
  for (const char* text : {"Paper Crane", "AE609990000000000000002", "SHILI\x01"})
    CHECK_FALSE(holds_text(desk.database.folder.path, text));
  CHECK(joined(desk.check()) == "");
  CHECK(code_of([&] { place_hold(store, hold_until("2020-01-01"), now()); }) == Code::usage);
}

TEST_CASE("killed at any step of a purge, the next one completes it or it did not begin") {
  const std::string kind = EACH_DATABASE;
  for (const char* step_name : {"tombstone", "rows removed", "purging", "object removed", "purged"}) {
    INFO(step_name);
    Desk desk(kind);
    std::string seal;
    {
      Store store = desk.open();
      seal = desk.take(store, crane()).seal;
    }
    const pid_t child = ::fork();
    if (child == 0) {
      set_step_hook([&](const char* name) {
        if (std::string(name) == step_name) ::kill(::getpid(), SIGKILL);
      });
      Store store = desk.open();
      purge(store, seal, kh, *from_date(kAfter));
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    Store store = desk.open();
    const bool begun = std::string("purging object removed purged").find(step_name) != std::string::npos &&
                       std::string(step_name) != "rows removed";
    CHECK(fs::exists(desk.object(seal)) == !begun);
    CHECK(find(store, "AE609990000000000000002", {}).empty() == begun);
    CHECK(joined(desk.check()) == "");
    desk.events.clear();
    store.settle(desk.record());
    CHECK(desk.events.size() == (begun ? 1 : 0));
    if (!begun) purge(store, seal, kh, *from_date(kAfter));
    CHECK_FALSE(fs::exists(desk.object(seal)));
  }
}

TEST_CASE("a correction counts from the sealer's agency only, is shown, and survives a rebuild") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  desk.take(store, lantern());
  const Home liaison = home("cn-liaison"), outsider = home("outsider");
  const Seal seal = *verify(lantern(), "kh-desk").verdict().seal;
  const auto signed_by = [&](const Home& who, const PrivateKeys& own, Correction what) {
    return make_correction(who, {&own.signing, *who.own_keys().at(0).endorsement}, seal, what).whole();
  };
  const PrivateKeys own = keys(liaison);
  Correction what;
  what.scope = Correction::Scope::exhibit;
  what.subject = "EX-05";
  what.action = Correction::Action::withdraw;
  what.reason = "another phone";
  const std::string whole = signed_by(liaison, own, what);
  accept_notice(store, home("kh-desk"), whole, now());
  accept_notice(store, home("kh-desk"), whole, now());
  const auto shown = [&] {
    REQUIRE(notices(store).size() == 1);
    CHECK(find(store, "+12025550101", {}).front().notices ==
          std::vector<std::string>{"withdrawn: EX-05: another phone"});
    CHECK(find(store, "ex-03", {}).front().notices.empty());
    CHECK(case_detail(store, lantern_case, false).notices.size() == 1);
  };
  shown();
  store.database().execute("delete from correction");
  CHECK(joined(desk.check()).find("correction-") != std::string::npos);
  CHECK(joined(desk.rebuild()) == "");
  shown();

  std::string changed = whole;
  changed.replace(changed.find("another"), 7, "altered");
  CHECK(code_of([&] { accept_notice(store, home("kh-desk"), changed, now()); }) == Code::signature);
  CHECK(code_of([&] { accept_notice(store, home("kh-desk"), "nonsense\n", now()); }) == Code::malformed);
  const PrivateKeys desk_keys = keys(home("kh-desk"));
  const Home kh_home = home("kh-desk");
  const auto acknowledged =
      acknowledge({&desk_keys.signing, *kh_home.own_keys().at(0).endorsement}, notices(store).front(), now());
  CHECK(check_acknowledgement(liaison, acknowledged, now()).good());
  CHECK_FALSE(check_acknowledgement(home("th-desk"),
                                    SignedStatement::parse(
                                        [&] {
                                          std::string w = acknowledged.whole();
                                          return w.replace(w.find("action withdraw"), 15, "action correctt");
                                        }(),
                                        "x"),
                                    now())
                  .good());
}
