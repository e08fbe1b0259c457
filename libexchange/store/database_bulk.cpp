#include <algorithm>
#include <array>

#include "libexchange/store/database_session.h"

namespace exchange {

namespace {

constexpr std::size_t kRowsAtOnce = 64;

std::string insert_sql(const std::string& table, const std::vector<std::string>& columns, std::size_t rows) {
  std::string names, sql;
  for (const std::string& c : columns) names += (names.empty() ? "" : ", ") + c;
  sql = "insert into " + table + " (" + names + ") values ";
  for (std::size_t r = 0, n = 0; r < rows; ++r) {
    sql += r == 0 ? "(" : ", (";
    for (std::size_t c = 0; c < columns.size(); ++c) sql += (c == 0 ? ":v" : ", :v") + std::to_string(++n);
    sql += ")";
  }
  return sql;
}

// One prepared insert of `rows` rows, with room for its values.
struct Insert {
  Insert(soci::session& session, const std::string& table, const std::vector<std::string>& columns,
         std::size_t rows)
      : texts(rows * columns.size()), nulls(rows * columns.size(), soci::i_ok), statement(session) {
    for (std::size_t i = 0; i < texts.size(); ++i) statement.exchange(soci::use(texts[i], nulls[i]));
    statement.alloc();
    statement.prepare(insert_sql(table, columns, rows));
    statement.define_and_bind();
  }
  // `from`: as many values as it has room for. They are moved out.
  void run(std::string* from, const bool* null) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      texts[i].swap(from[i]);
      nulls[i] = null[i] ? soci::i_null : soci::i_ok;
    }
    statement.execute(true);
  }
  std::vector<std::string> texts;
  std::vector<soci::indicator> nulls;
  soci::statement statement;
};

}  // namespace

struct BulkInsert::Impl {
  Database::Impl& database;
  std::string table;
  std::vector<std::string> columns;
  std::optional<Insert> many, one;
  std::vector<std::string> texts;
  std::unique_ptr<bool[]> nulls;
  std::size_t waiting = 0;  // rows
  std::uint64_t rows = 0;
};

BulkInsert::BulkInsert(Database& database, const std::string& table, const std::vector<std::string>& columns)
    : impl_(new Impl{*database.impl_, table, columns, {}, {}, {}, {}}) {
  impl_->texts.resize(kRowsAtOnce * columns.size());
  impl_->nulls = std::make_unique<bool[]>(kRowsAtOnce * columns.size());
}
BulkInsert::BulkInsert(BulkInsert&&) noexcept = default;
BulkInsert::~BulkInsert() = default;

std::uint64_t BulkInsert::rows() const { return impl_->rows; }

void BulkInsert::add(Values row) {
  ensure(row.size() == impl_->columns.size(), "a value for every column");
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::size_t at = impl_->waiting * row.size() + i;
    impl_->texts[at] = storable(row[i].text());
    impl_->nulls[at] = row[i].null();
  }
  ++impl_->rows;
  if (++impl_->waiting < kRowsAtOnce) return;
  translated(impl_->database.name, [&] {
    if (!impl_->many) impl_->many.emplace(impl_->database.session, impl_->table, impl_->columns, kRowsAtOnce);
    impl_->many->run(impl_->texts.data(), impl_->nulls.get());
  });
  impl_->waiting = 0;
}

void BulkInsert::flush() {
  const std::size_t width = impl_->columns.size();
  translated(impl_->database.name, [&] {
    if (impl_->waiting > 0 && !impl_->one)
      impl_->one.emplace(impl_->database.session, impl_->table, impl_->columns, 1);
    for (std::size_t r = 0; r < impl_->waiting; ++r)
      impl_->one->run(impl_->texts.data() + r * width, impl_->nulls.get() + r * width);
  });
  impl_->waiting = 0;
}

}  // namespace exchange
