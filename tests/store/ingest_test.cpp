// Taking in: whole or not at all, once, and what stands in its way.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "libexchange/base/text.h"
#include "tests/catch.h"
#include "tests/store/stored.h"

using namespace stored;
using databases::code_of;

TEST_CASE("a bundle is taken in as it is, once") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  const Ingested first = desk.take(store, lantern());
  CHECK_FALSE(first.already);
  CHECK(first.reference == kLantern);
  CHECK(first.requesting == "cn-example-police");
  CHECK(first.exhibits == 7);
  CHECK(first.readable == 7);
  CHECK(first.files == 8);
  CHECK(first.persons == 3);
  CHECK(read_file(desk.object(first.seal), 1 << 20) == read_file(lantern(), 1 << 20));
  struct stat status {};
  REQUIRE(::stat(desk.object(first.seal).c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);

  CHECK(desk.take(store, lantern()).already);
  CHECK_FALSE(desk.take(store, crane()).already);
  CHECK(desk.events.size() == 2);
  CHECK(cases(store, now()).size() == 2);
  CHECK(desk.check().faults == std::vector<std::string>{});
}

TEST_CASE("the same seal with other bytes around it is refused") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  const Ingested first = desk.take(store, crane());
  store.database().execute("update bundle set tail = ?", {std::string(64, '0')});
  CHECK(code_of([&] { desk.take(store, crane()); }) == Code::integrity);
  CHECK(read_file(desk.object(first.seal), 1 << 20) == read_file(crane(), 1 << 20));
}

TEST_CASE("an object without its row is not written over") {
  Desk desk("sqlite");
  {
    Store store = desk.open();
    desk.take(store, crane());
    store.database().execute("update bundle set seal = ?, bundle_id = ?", {std::string(64, '0'), "x"});
  }
  Store store = desk.open();
  CHECK(code_of([&] { desk.take(store, crane()); }) == Code::integrity);
}

TEST_CASE("what is not good, not whole or not for us is not taken in") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  Scratch s;
  Bytes bytes = read_file(lantern(), 1 << 20);
  bytes[bytes.size() / 2] ^= 1;
  write_file(s / "bad.valise", bytes, OutputFile::Existing::refuse);
  CHECK(code_of([&] { desk.take(store, s / "bad.valise"); }) == Code::integrity);
  pack(fs::path(TEST_SOURCE_DIR) / "data" / "paper-crane", {th}, s / "th.valise");
  CHECK(code_of([&] { desk.take(store, s / "th.valise"); }) == Code::no_recipient);
  CHECK(code_of([&] { desk.take(store, lantern(), *from_date("2031-06-01")); }) == Code::policy);
  CHECK(store.objects().list().empty());
  CHECK(store.database().number("select count(*) from bundle") == 0);
  CHECK(desk.events.empty());
}

TEST_CASE("a file that is changed while it is taken in is refused, and nothing is left") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  Scratch s;
  const Bytes bytes = read_file(lantern(), 1 << 20);
  // One byte in the sealed part, and one in the signature lines that follow it.
  for (const std::size_t at : {bytes.size() / 2, bytes.size() - 100}) {
    write_file(s / "file.valise", bytes, OutputFile::Existing::replace);
    VerifiedBundle bundle = verify(s / "file.valise", "kh-desk");
    REQUIRE(bundle.verdict().good());
    set_step_hook([&](const char* name) {
      if (std::string(name) != "arriving") return;
      const Fd file = open_file(s / "file.valise", O_RDWR);
      const std::uint8_t changed = bytes[at] ^ 1;
      CHECK(::pwrite(file.get(), &changed, 1, static_cast<off_t>(at)) == 1);
    });
    CHECK(code_of([&] { ingest(store, bundle, {kh, now(), 2}, desk.record()); }) != Code::ok);
    set_step_hook({});
    CHECK(store.objects().list().empty());
    CHECK(store.database().number("select count(*) from bundle") == 0);
    CHECK(store.database().number("select count(*) from arriving") == 0);
  }
}

TEST_CASE("killed at any step, a bundle is wholly there or not at all, and its event is recorded") {
  const std::string kind = EACH_DATABASE;
  for (const char* step_name :
       {"arriving", "object", "objects", "rows", "committed", "event recorded", "settled"}) {
    INFO(step_name);
    Desk desk(kind);
    desk.open();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      set_step_hook([&](const char* name) {
        if (std::string(name) == step_name) ::kill(::getpid(), SIGKILL);
      });
      Store store = desk.open();
      desk.take(store, crane());
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));

    Store store = desk.open();
    const bool there = store.database().number("select count(*) from bundle") == 1;
    const bool committed =
        std::string("committed event recorded settled").find(step_name) != std::string::npos;
    CHECK(there == committed);
    CHECK(store.objects().list().size() == (there ? 2 : 0));
    CHECK(store.database().number("select count(*) from arriving") == 0);
    CHECK(desk.check().faults == std::vector<std::string>{});
    CHECK(desk.take(store, crane()).already == there);
    CHECK(store.settle({}) == 0);
    CHECK(desk.events.size() == (std::string(step_name) == "settled" ? 0 : 1));
    CHECK(desk.check().faults == std::vector<std::string>{});
  }
}

TEST_CASE("an event that could not be recorded stays due") {
  Desk desk(EACH_DATABASE);
  Store store = desk.open();
  VerifiedBundle bundle = verify(crane(), "kh-desk");
  const RecordEvent fails = [](const DueEvent&) { throw Failure(Code::unavailable, "no room in the log"); };
  CHECK(code_of([&] { ingest(store, bundle, {kh, now(), 2}, fails); }) == Code::unavailable);
  CHECK(store.settle({}) == 1);
  CHECK(desk.take(store, crane()).already);
  CHECK(desk.events.size() == 1);
  CHECK(store.settle({}) == 0);
}

TEST_CASE("many at once: the same bundle and others") {
  Desk desk(EACH_DATABASE);
  desk.open();
  lantern(), crane();
  std::atomic<int> new_ones = 0, failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      try {
        Store store = desk.open();
        VerifiedBundle bundle = verify(i % 2 ? lantern() : crane(), "kh-desk");
        new_ones += !ingest(store, bundle, {kh, now(), 1}, [](const DueEvent&) {}).already;
        new_ones += find(store, "GB29NWBK60161331926819", {}).empty();  // readers work meanwhile
      } catch (const Failure& f) {
        ++failed;
      }
    });
  for (auto& t : threads) t.join();
  CHECK(failed == 0);
  CHECK(new_ones == 2);
  CHECK(desk.check().faults == std::vector<std::string>{});
}

TEST_CASE("the server restarts in the middle") {
  Desk desk("postgresql");
  Store store = desk.open();
  set_step_hook([&](const char* name) {
    if (std::string(name) == "rows") databases::Server::the().restart();
  });
  CHECK(code_of([&] { desk.take(store, crane()); }) == Code::unavailable);
  set_step_hook({});
  Store again = desk.open();
  CHECK(again.objects().list().empty());
  CHECK_FALSE(desk.take(again, crane()).already);
  CHECK(desk.check().faults == std::vector<std::string>{});
}

TEST_CASE("a store of every earlier schema is brought forward with what it holds") {
  const std::string kind = EACH_DATABASE;
  const auto all = store_migrations();
  for (std::size_t from = 1; from <= all.size(); ++from) {
    databases::Place place(kind);
    {
      Database db = Database::open(place.address);
      migrate(db, kStoreProduct, all.first(from));
      db.execute("insert into arriving (seal) values ('x')");
    }
    Database db = Database::open(place.address);
    migrate(db, kStoreProduct, all);
    CHECK(db.number("select count(*) from arriving") == 1);
    for (const char* table : {"search", "hold", "correction", "identifier"})
      CHECK(db.number(std::string("select count(*) from ") + table) == 0);
  }
}
