// The one way to a database, on both kinds.
#include <sys/stat.h>

#include <thread>

#include "libexchange/base/text.h"
#include "libexchange/store/migrate.h"
#include "tests/catch.h"
#include "tests/store/databases.h"

using namespace exchange;
using databases::Place;

namespace {

Code code_of(const std::function<void()>& work) {
  try {
    work();
    return Code::ok;
  } catch (const Failure& f) {
    CHECK(std::string(f.what()).find('\n') == std::string::npos);
    CHECK_FALSE(f.hint().empty());
    return f.code();
  }
}

constexpr Migration kSteps[] = {
    {"a table", "create table thing (name {text} primary key, size bigint);\n"},
    {"an index", "alter table thing add column note {text};\ncreate index thing_size on thing (size);\n"},
    {"a second table",
     "create table other (thing {text} not null references thing (name));\n{server} create table served (x "
     "bigint);\n"},
};

}  // namespace

TEST_CASE("values come back as they went in") {
  Place place(EACH_DATABASE);
  Database db = Database::open(place.address);
  migrate(db, "test", kSteps);
  const std::string names[] = {"plain", "it's; \"quoted\" :v1 ?", "测建国 សុភា မောင် خالد", "", "a\nb\\x"};
  for (const std::string& n : names)
    CHECK(db.execute("insert into thing (name, size) values (?, ?)", {n, std::int64_t{1} << 60}) == 1);
  for (const std::string& n : names) {
    const auto row = db.first("select name, size, note from thing where name = ? and size = ?",
                              {n, std::int64_t{1} << 60});
    REQUIRE(row);
    CHECK(row->text(0) == n);
    CHECK(row->number(1) == std::int64_t{1} << 60);
    CHECK(row->null(2));
  }
  CHECK(db.number("select count(*) from thing") == 5);
  CHECK(db.number("select sum(size) from thing where name = ?", {"nobody"}) == 0);
  CHECK_FALSE(db.first("select name from thing where name = ?", {"nobody"}));
  CHECK(db.execute("update thing set note = ? where size > ?", {std::nullopt, 5}) == 5);
  for (const std::string& bad : {std::string("a\0b", 3), std::string("\xff")})
    CHECK_THROWS_AS(db.execute("insert into thing (name) values (?)", {bad}), Failure);
}

TEST_CASE("a statement for the server is for the server alone") {
  const std::string kind = EACH_DATABASE;
  Place place(kind);
  Database db = Database::open(place.address);
  migrate(db, "test", kSteps);
  const auto insert = [&] { db.execute("insert into served (x) values (1)"); };
  CHECK(code_of(insert) == (db.is_server() ? Code::ok : Code::unavailable));
}

TEST_CASE("text is compared byte by byte") {
  Place place(EACH_DATABASE);
  Database db = Database::open(place.address);
  migrate(db, "test", kSteps);
  for (const char* n : {"b", "a", "B", "é", "-a", "测"})
    db.execute("insert into thing (name) values (?)", {n});
  std::string order;
  db.query("select name from thing order by name", {}, [&](const ResultRow& r) { order += r.text(0) + " "; });
  CHECK(order == "-a B a b é 测 ");
}

TEST_CASE("a transaction is all or nothing") {
  Place place(EACH_DATABASE);
  Database db = Database::open(place.address), other = Database::open(place.address);
  migrate(db, "test", kSteps);
  {
    Transaction t(db);
    db.execute("insert into thing (name) values ('gone')");
    CHECK(other.number("select count(*) from thing") == 0);
  }
  CHECK(db.number("select count(*) from thing") == 0);
  Transaction t(db);
  db.execute("insert into thing (name) values ('kept')");
  t.commit();
  CHECK(other.number("select count(*) from thing") == 1);
}

TEST_CASE("many rows at once") {
  Place place(EACH_DATABASE);
  Database db = Database::open(place.address);
  migrate(db, "test", kSteps);
  Transaction t(db);
  BulkInsert things(db, "thing", {"name", "size", "note"});
  for (int i = 0; i < 1000; ++i)
    things.add({"n" + std::to_string(i), i, i % 2 ? Value(std::nullopt) : Value("even")});
  things.flush();
  t.commit();
  CHECK(things.rows() == 1000);
  CHECK(db.number("select count(*) from thing where note is null") == 500);
  CHECK(db.number("select sum(size) from thing") == 499500);
}

TEST_CASE("every earlier schema is brought forward, a later one refused") {
  const std::string kind = EACH_DATABASE;
  for (std::size_t from = 0; from <= 3; ++from) {
    Place place(kind);
    Database db = Database::open(place.address);
    migrate(db, "test", std::span(kSteps).first(from));
    CHECK(schema_version(db, "test") == static_cast<std::int64_t>(from));
    if (from > 0) db.execute("insert into thing (name) values ('kept')");
    migrate(db, "test", kSteps);
    migrate(db, "test", kSteps);
    CHECK(schema_version(db, "test") == 3);
    CHECK(db.number("select count(*) from thing where note is null") == (from > 0 ? 1 : 0));
    migrate(db, "another", std::span(kSteps).first(0));
    CHECK(code_of([&] { migrate(db, "test", std::span(kSteps).first(2)); }) == Code::unsupported);
  }
}

TEST_CASE("a step that fails leaves the schema as it was") {
  Place place(EACH_DATABASE);
  Database db = Database::open(place.address);
  migrate(db, "test", std::span(kSteps).first(1));
  const Migration bad[] = {
      kSteps[0], kSteps[1], {"nonsense", "create table again (n bigint);\nnot sql at all;\n"}};
  CHECK(code_of([&] { migrate(db, "test", bad); }) == Code::unavailable);
  CHECK(schema_version(db, "test") == 1);
  migrate(db, "test", kSteps);
  CHECK(schema_version(db, "test") == 3);
}

TEST_CASE("two migrate at once") {
  Place place(EACH_DATABASE);
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      Database db = Database::open(place.address);
      migrate(db, "test", kSteps);
      good += schema_version(db, "test") == 3;
    });
  for (auto& t : threads) t.join();
  CHECK(good == 4);
}

TEST_CASE("a lock has one owner, and other names are other locks") {
  Place place(EACH_DATABASE);
  Database a = Database::open(place.address), b = Database::open(place.address);
  {
    const auto mine = DatabaseLock::take(a, "one");
    CHECK_FALSE(DatabaseLock::try_take(b, "one"));
    CHECK(DatabaseLock::try_take(b, "two"));
    std::atomic<bool> released = false, in_order = false;
    std::thread waiter([&] {
      Database c = Database::open(place.address);
      const auto later = DatabaseLock::take(c, "three");
      in_order = released.load();
    });
    {
      const auto held = DatabaseLock::try_take(a, "three");
      if (held) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      released = true;
    }
    waiter.join();
  }
  CHECK(DatabaseLock::try_take(b, "one"));
}

TEST_CASE("what was deleted is in no file after scrub") {
  Place place("sqlite");
  Database db = Database::open(place.address);
  migrate(db, "test", kSteps);
  for (int i = 0; i < 500; ++i)
    db.execute("insert into thing (name) values (?)",
               {"SECRET-" + std::to_string(i) + std::string(300, 'x')});
  db.execute("delete from thing");
  db.scrub();
  for (const auto& entry : fs::directory_iterator(place.folder.path)) {
    struct stat status {};
    REQUIRE(::stat(entry.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(to_text(read_file(entry.path(), 1 << 24)).find("SECRET-") == std::string::npos);
  }
}

TEST_CASE("what stands in the way is said") {
  CHECK(code_of([] { Database::open("/nowhere/at/all.sqlite"); }) == Code::unavailable);
  CHECK(code_of([] { Database::open("postgresql://nobody@%2Fnowhere/x"); }) == Code::unavailable);
  try {
    Database::open("postgresql://analyst:hunter2@db/valise");
    FAIL("a password was taken");
  } catch (const Failure& f) {
    CHECK(f.code() == Code::usage);
    CHECK((f.what() + f.hint()).find("hunter2") == std::string::npos);
  }
  Scratch s;
  s.write("index.sqlite", std::string(8192, 'x'));
  CHECK(code_of([&] {
          migrate(*std::make_unique<Database>(Database::open((s / "index.sqlite").native())), "test", kSteps);
        }) == Code::integrity);
}

TEST_CASE("a server that was restarted is an error that names the remedy") {
  Place place("postgresql");
  Database db = Database::open(place.address);
  migrate(db, "test", kSteps);
  databases::Server::the().restart();
  CHECK(code_of([&] { db.execute("insert into thing (name) values ('x')"); }) == Code::unavailable);
  Database again = Database::open(place.address);
  CHECK(again.number("select count(*) from thing") == 0);
}
