#include "libexchange/store/staged_rows.h"

namespace exchange {

namespace {

std::string staging(const IndexTableInfo& table) { return "incoming_" + std::string(table.name); }

// The columns without the first, the bundle's number.
std::vector<std::string> own_columns(const IndexTableInfo& table) {
  return {table.columns.begin() + 1, table.columns.end()};
}

std::string listed(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column;
  return list;
}

}  // namespace

StagedRows::StagedRows(Database& database) : database_(database), counts_(index_tables().size()) {
  for (const IndexTableInfo& table : index_tables())
    database_.execute("create temporary table " + staging(table) + " as select " +
                      listed(own_columns(table)) + " from " + std::string(table.name) + " where 1 = 0");
}

StagedRows::~StagedRows() {
  try {
    for (const IndexTableInfo& table : index_tables())
      database_.execute("drop table if exists " + staging(table));
  } catch (const Failure&) {  // they end with the connection
  }
}

void StagedRows::fill(BundleRows& rows, const std::atomic<bool>& stop) {
  std::vector<BulkInsert> inserts;
  for (const IndexTableInfo& table : index_tables())
    inserts.emplace_back(database_, staging(table), own_columns(table));
  rows.each([&](IndexTable table, Values row) {
    if (stop) throw Failure(Code::interrupted, "stopped");
    inserts[static_cast<std::size_t>(table)].add(std::move(row));
  });
  for (std::size_t i = 0; i < inserts.size(); ++i) {
    inserts[i].flush();
    counts_[i] = inserts[i].rows();
  }
}

std::uint64_t StagedRows::count(IndexTable table) const { return counts_[static_cast<std::size_t>(table)]; }

void StagedRows::move(std::int64_t bundle) {
  for (const IndexTableInfo& table : index_tables()) {
    const std::string columns = listed(own_columns(table));
    database_.execute("insert into " + std::string(table.name) + " (" + table.columns.front() + ", " +
                          columns + ") select cast(? as bigint), " + columns + " from " + staging(table),
                      {bundle});
  }
}

}  // namespace exchange
