#include "libexchange/custody/index.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "libexchange/base/text.h"
#include "libexchange/custody/event_types.h"
#include "libexchange/custody/statement.h"

namespace exchange {

namespace {

constexpr const char* kSchema[] = {
    "create table if not exists head (exhibit text, reference text, agency text, event integer, id text, "
    "primary key (exhibit, reference, agency)) without rowid",
    "create index if not exists head_case on head (reference)",
    "create table if not exists seal_number (agency text, number text, event integer, "
    "primary key (agency, number)) without rowid",
    "create table if not exists act (seal text, type text, event integer, primary key (seal, type, event)) "
    "without rowid",
    "create table if not exists covered (one integer primary key check (one = 1), events integer)",
    "insert or ignore into covered values (1, 0)",
};

std::string options(CustodyIndex::Mode mode, const fs::path& file) {
  if (mode == CustodyIndex::Mode::memory) return "db=:memory:";
  const std::string name = file.native();
  if (name.find_first_of("\"\n") != name.npos)
    throw Failure(Code::usage, printable(name) + ": a folder with a quotation mark cannot hold a custody log",
                  "choose another folder");
  return fmt::format("db=\"{}\" timeout=30{}", name, mode == CustodyIndex::Mode::read ? " readonly=1" : "");
}

// Runs `work`; what the database throws becomes a Failure.
template <class Work>
auto guarded(const std::string& name, Work work) {
  try {
    return work();
  } catch (const soci::soci_error& e) {
    throw Failure(Code::unavailable, name + ": " + printable(e.what()),
                  "is the disk full? a lost index is made again from the log by itself");
  }
}

}  // namespace

struct CustodyIndex::Database {
  std::string name;
  soci::session sql;
  std::optional<soci::transaction> changes;  // goes before `sql`, and rolls back
};

CustodyIndex::CustodyIndex(Mode mode, const fs::path& file) : db_(std::make_unique<Database>()) {
  db_->name = mode == Mode::memory ? "custody index" : printable(file.native());
  if (mode == Mode::write) open_file(file, O_RDWR | O_CREAT, 0660);  // with our mode, not the database's
  guarded(db_->name, [&] {
    soci::session& sql = db_->sql;
    sql.open(soci::sqlite3, options(mode, file));
    if (mode == Mode::read) return;
    // After a power failure it is as of an earlier commit at worst: the rest is added from the log.
    if (mode == Mode::write) sql << "pragma synchronous = normal";
    db_->changes.emplace(sql);
    for (const char* statement : kSchema) sql << statement;
  });
}

CustodyIndex::CustodyIndex(CustodyIndex&&) noexcept = default;

CustodyIndex::~CustodyIndex() {
  try {
    if (db_ && db_->changes) db_->changes->rollback();
  } catch (...) {  // the database is gone: nothing to undo
  }
}

std::uint64_t CustodyIndex::covered() const {
  return guarded(db_->name, [&] {
    long long events = 0;
    db_->sql << "select events from covered", soci::into(events);
    return static_cast<std::uint64_t>(events);
  });
}

void CustodyIndex::add(const Hash& id, const CustodyEvent& e) {
  guarded(db_->name, [&] {
    soci::session& sql = db_->sql;
    const auto event = static_cast<long long>(covered());
    std::string exhibit, hex = to_hex(id), reference = e.the_case.reference, agency = e.the_case.agency;
    soci::statement put =
        (sql.prepare << "insert or replace into head values (:x, :r, :a, :e, :i)", soci::use(exhibit),
         soci::use(reference), soci::use(agency), soci::use(event), soci::use(hex));
    for (const ExhibitLink& link : e.exhibits) {
      exhibit = link.exhibit;
      put.execute(true);
    }
    if (const std::string number = e.field(std::string(new_seal_field(e.type))); !number.empty())
      sql << "insert or ignore into seal_number values (:a, :n, :e)", soci::use(e.by.agency),
          soci::use(number), soci::use(event);
    if (const std::string& seal = e.field("seal"); !seal.empty())
      sql << "insert into act values (:s, :t, :e)", soci::use(seal), soci::use(e.type), soci::use(event);
    sql << "update covered set events = :n", soci::use(event + 1);
  });
}

void CustodyIndex::commit() {
  guarded(db_->name, [&] {
    db_->changes->commit();
    db_->changes.emplace(db_->sql);
  });
}

void CustodyIndex::clear() {
  guarded(db_->name, [&] {
    for (const char* table : {"head", "seal_number", "act"}) db_->sql << "delete from " << table;
    db_->sql << "update covered set events = 0";
  });
}

std::optional<ExhibitLink::Previous> CustodyIndex::last(const ExhibitId& x) const {
  return guarded(db_->name, [&]() -> std::optional<ExhibitLink::Previous> {
    long long event = 0;
    std::string hex;
    db_->sql << "select event, id from head where exhibit = :x and reference = :r and agency = :a",
        soci::use(x.exhibit), soci::use(x.the_case.reference), soci::use(x.the_case.agency),
        soci::into(event), soci::into(hex);
    const auto id = hash_from_hex(hex);
    if (!db_->sql.got_data() || !id) return std::nullopt;
    return ExhibitLink::Previous{static_cast<std::uint64_t>(event), *id};
  });
}

std::vector<ExhibitId> CustodyIndex::exhibits(const std::string& exhibit,
                                              const std::string& reference) const {
  return guarded(db_->name, [&] {
    std::vector<ExhibitId> out;
    ExhibitId x;
    soci::statement all =
        (db_->sql.prepare << "select reference, agency, exhibit from head where (:x = '' or exhibit = :x2) "
                             "and (:r = '' or reference = :r2) order by reference, agency, exhibit",
         soci::use(exhibit), soci::use(exhibit), soci::use(reference), soci::use(reference),
         soci::into(x.the_case.reference), soci::into(x.the_case.agency), soci::into(x.exhibit));
    all.execute();
    while (all.fetch()) out.push_back(x);
    return out;
  });
}

std::optional<std::uint64_t> CustodyIndex::seal_number(const std::string& agency,
                                                       const std::string& number) const {
  return guarded(db_->name, [&]() -> std::optional<std::uint64_t> {
    long long event = 0;
    db_->sql << "select event from seal_number where agency = :a and number = :n", soci::use(agency),
        soci::use(number), soci::into(event);
    if (!db_->sql.got_data()) return std::nullopt;
    return static_cast<std::uint64_t>(event);
  });
}

std::vector<std::uint64_t> CustodyIndex::acts(const std::string& seal, const std::string& type) const {
  return guarded(db_->name, [&] {
    std::vector<std::uint64_t> out;
    long long event = 0;
    soci::statement all =
        (db_->sql.prepare << "select event from act where seal = :s and type = :t order by event",
         soci::use(seal), soci::use(type), soci::into(event));
    all.execute();
    while (all.fetch()) out.push_back(static_cast<std::uint64_t>(event));
    return out;
  });
}

std::string CustodyIndex::dump() const {
  return guarded(db_->name, [&] {
    std::string out = std::to_string(covered()) + "\n";
    const auto rows = [&](const char* select) {
      std::string line;
      soci::statement all = (db_->sql.prepare << select, soci::into(line));
      all.execute();
      while (all.fetch()) out += line + "\n";
    };
    rows(
        "select exhibit || ' ' || reference || ' ' || agency || ' ' || event || ' ' || id from head "
        "order by exhibit, reference, agency");
    rows("select agency || ' ' || number || ' ' || event from seal_number order by agency, number");
    rows("select seal || ' ' || type || ' ' || event from act order by seal, type, event");
    return out;
  });
}

std::optional<std::pair<std::string, std::uint64_t>> reused_seal(const CustodyIndex& index,
                                                                 const CustodyEvent& e) {
  const std::string& number = e.field(std::string(new_seal_field(e.type)));
  const auto used = number.empty() ? std::nullopt : index.seal_number(e.by.agency, number);
  return used ? std::optional(std::pair(number, *used)) : std::nullopt;
}

}  // namespace exchange
