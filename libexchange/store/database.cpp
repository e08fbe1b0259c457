#include "libexchange/store/database.h"

#include <fcntl.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/store/database_session.h"

namespace exchange {

namespace {

constexpr std::string_view kServer = "postgresql://";
constexpr int kBusySeconds = 60;  // as long as another writer may take

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return printable(trim(text));
}

// `?` to the names that SOCI wants. No literal of ours holds one.
std::string with_names(const std::string& sql) {
  std::string out;
  std::size_t n = 0;
  for (const char c : sql) c == '?' ? out += ":v" + std::to_string(++n) : out += c;
  return out;
}

// A statement with its values bound, which must outlive it.
struct Bound {
  Bound(soci::session& session, const std::string& sql, const Values& given) : statement(session) {
    texts.reserve(given.size());
    nulls.reserve(given.size());
    for (const Value& v : given) {
      texts.push_back(storable(v.text()));
      nulls.push_back(v.null() ? soci::i_null : soci::i_ok);
      statement.exchange(soci::use(texts.back(), nulls.back()));
    }
    statement.alloc();
    statement.prepare(with_names(sql));
  }
  std::vector<std::string> texts;
  std::vector<soci::indicator> nulls;
  soci::statement statement;
};

std::optional<std::string> cell(const soci::row& row, std::size_t i) {
  if (row.get_indicator(i) == soci::i_null) return std::nullopt;
  switch (row.get_properties(i).get_data_type()) {
    case soci::dt_integer:
      return std::to_string(row.get<int>(i));
    case soci::dt_long_long:
      return std::to_string(row.get<long long>(i));
    case soci::dt_unsigned_long_long:
      return std::to_string(row.get<unsigned long long>(i));
    case soci::dt_double:
      return std::to_string(row.get<double>(i));
    default:
      return row.get<std::string>(i);
  }
}

// The file is made first, so that nobody else can read it, nor its log, which gets the same mode.
void make_private(const fs::path& file) { open_file(file, O_RDWR | O_CREAT | O_NOCTTY, 0600); }

void connect_sqlite(soci::session& session, const fs::path& file) {
  if (file.native().find('"') != std::string::npos)
    throw Failure(Code::usage, printable(file.native()) + ": a database path may not hold a quotation mark",
                  "choose another --home");
  make_private(file);
  // What is in clear stays on the disk of the index.
  ::setenv("SQLITE_TMPDIR", fs::absolute(file).parent_path().c_str(), 1);
  session.open(soci::sqlite3, "dbname=\"" + file.native() + "\" timeout=" + std::to_string(kBusySeconds));
  for (const char* pragma :
       {"pragma journal_mode = wal", "pragma synchronous = full", "pragma secure_delete = on",
        "pragma foreign_keys = on", "pragma cache_size = -65536"})
    session << pragma;
}

void refuse_password(const std::string& address) {
  const std::string authority =
      address.substr(kServer.size(), address.find_first_of("/?", kServer.size()) - kServer.size());
  const std::size_t at = authority.rfind('@');
  if ((at != std::string::npos && authority.substr(0, at).find(':') != std::string::npos) ||
      address.find("password=") != std::string::npos)
    throw Failure(Code::usage, "the address of the database holds a password",
                  "put it into a file of mode 0600 and name that with PGPASSFILE or ?passfile=FILE");
}

}  // namespace

void translated(const std::string& name, const std::function<void()>& work) {
  try {
    work();
  } catch (const soci::sqlite3_soci_error& e) {
    const int result = e.result() & 0xff;
    if (result == SQLITE_CORRUPT || result == SQLITE_NOTADB)
      throw Failure(Code::integrity, name + ": the database is damaged: " + one_line(e.what()),
                    "build it again from the sealed bundles: valise store rebuild");
    const char* hint = result == SQLITE_FULL   ? "make room on the disk and run it again; nothing was changed"
                       : result == SQLITE_BUSY ? "another program is writing to it: try again"
                       : result == SQLITE_READONLY ? "it is read-only for this user; nothing was changed"
                                                   : "check the disk and its rights; nothing was changed";
    throw Failure(Code::unavailable, name + ": " + one_line(e.what()), hint);
  } catch (const soci::soci_error& e) {
    throw Failure(Code::unavailable, name + ": " + one_line(e.what()),
                  "check that the server runs and lets this user in; what was not confirmed was not changed");
  }
}

const std::string& storable(const std::string& text) {
  if (!is_utf8(text) || text.find('\0') != std::string::npos)
    throw Failure(Code::malformed,
                  "text that a database cannot keep: \"" + printable(text.substr(0, 80)) + "\"");
  return text;
}

std::int64_t ResultRow::number(std::size_t column) const {
  const std::string value = text(column);
  return value.empty() ? 0 : std::stoll(value);
}

bool Database::is_server(std::string_view address) { return address.starts_with(kServer); }

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Database Database::open(const std::string& address) {
  auto impl = std::make_unique<Impl>();
  impl->name = printable(address.substr(0, is_server(address) ? address.find('?') : address.npos));
  if (is_server(address)) {
    refuse_password(address);
    translated(impl->name, [&] {
      // SOCI looks for NAME=VALUE and hands the rest on as it is: an address needs one to come through.
      const char* mark = address.find('?') == address.npos ? "?" : "&";
      impl->session.open(soci::postgresql, address + mark + "application_name=valise");
      // What the server remarks is no message of ours.
      PQsetNoticeProcessor(
          static_cast<soci::postgresql_session_backend*>(impl->session.get_backend())->conn_,
          [](void*, const char*) {}, nullptr);
    });
  } else {
    impl->file = address;
    translated(impl->name, [&] { connect_sqlite(impl->session, impl->file); });
  }
  return Database(std::move(impl));
}

bool Database::is_server() const { return impl_->file.empty(); }
const std::string& Database::name() const { return impl_->name; }

std::uint64_t Database::execute(const std::string& sql, const Values& values) {
  std::uint64_t changed = 0;
  translated(name(), [&] {
    Bound bound(impl_->session, sql, values);
    bound.statement.define_and_bind();
    bound.statement.execute(true);
    changed = static_cast<std::uint64_t>(std::max(0LL, bound.statement.get_affected_rows()));
  });
  return changed;
}

void Database::query(const std::string& sql, const Values& values,
                     const std::function<void(const ResultRow&)>& row) {
  translated(name(), [&] {
    Bound bound(impl_->session, sql, values);
    soci::row found;
    bound.statement.exchange(soci::into(found));
    bound.statement.define_and_bind();
    bound.statement.execute();
    while (bound.statement.fetch()) {
      std::vector<std::optional<std::string>> cells(found.size());
      for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = cell(found, i);
      row(ResultRow(std::move(cells)));
    }
  });
}

std::optional<ResultRow> Database::first(const std::string& sql, const Values& values) {
  std::optional<ResultRow> out;
  query(sql, values, [&](const ResultRow& row) {
    if (!out) out = row;
  });
  return out;
}

std::int64_t Database::number(const std::string& sql, const Values& values) {
  const auto row = first(sql, values);
  return row ? row->number(0) : 0;
}

void Database::scrub() {
  if (is_server()) {
    execute("vacuum full");
  } else {
    execute("vacuum");
    query("pragma wal_checkpoint(truncate)", {}, [](const ResultRow&) {});
  }
}

std::vector<std::string> Database::damage() {
  std::vector<std::string> lines;
  if (is_server()) return lines;
  query("pragma integrity_check(20)", {}, [&](const ResultRow& row) {
    if (row.text(0) != "ok") lines.push_back(one_line(row.text(0)));
  });
  return lines;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute(database_.is_server() ? "begin" : "begin immediate");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("rollback");
  } catch (const Failure&) {  // the connection is gone, and the transaction with it
  }
}

void Transaction::commit() {
  database_.execute("commit");
  open_ = false;
}

}  // namespace exchange
