#include "libexchange/store/migrate.h"

#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::string_view kForServer = "{server} ";

std::string dialect(const Database& database, std::string_view sql) {
  std::string out;
  for (constexpr std::string_view mark = "{text}";;) {
    const std::size_t at = sql.find(mark);
    out += sql.substr(0, at);
    if (at == sql.npos) return out;
    out += database.is_server() ? "text collate \"C\"" : "text";
    sql.remove_prefix(at + mark.size());
  }
}

void apply(Database& database, const Migration& step) {
  const std::string sql = dialect(database, step.sql);
  for (std::size_t from = 0; from < sql.size();) {
    const std::size_t end = std::min(sql.find(";\n", from), sql.size());
    std::string statement(trim(sql.substr(from, end - from)));
    const bool for_server = statement.starts_with(kForServer);
    if (for_server) statement.erase(0, kForServer.size());
    if (!statement.empty() && (!for_server || database.is_server())) database.execute(statement);
    from = end + 2;
  }
}

}  // namespace

std::int64_t schema_version(Database& database, std::string_view product) {
  const char* table =
      database.is_server()
          ? "select count(*) from pg_tables where schemaname = current_schema() and tablename = ?"
          : "select count(*) from sqlite_master where type = 'table' and name = ?";
  if (database.number(table, {"schema_version"}) == 0) return 0;
  return database.number("select version from schema_version where product = ?", {product});
}

void migrate(Database& database, std::string_view product, std::span<const Migration> steps) {
  const auto last = static_cast<std::int64_t>(steps.size());
  const auto check = [&](std::int64_t version) {
    if (version > last)
      throw Failure(Code::unsupported,
                    database.name() + ": was written by a newer program (schema " + std::to_string(version) +
                        ", this one knows " + std::to_string(last) + ")",
                    "install the newer valise on this machine");
    return version == last;
  };
  if (check(schema_version(database, product))) return;

  Transaction transaction(database);
  if (database.is_server())
    database.query("select pg_advisory_xact_lock(1986096246)::text", {}, [](const ResultRow&) {});
  const std::int64_t version = schema_version(database, product);
  if (check(version)) return;  // another did it while we waited
  database.execute(dialect(database,
                           "create table if not exists schema_version (product {text} primary key, "
                           "version bigint not null)"));
  for (std::size_t i = static_cast<std::size_t>(version); i < steps.size(); ++i) apply(database, steps[i]);
  database.execute(
      "insert into schema_version (product, version) values (?, ?) "
      "on conflict (product) do update set version = excluded.version",
      {product, last});
  transaction.commit();
}

}  // namespace exchange
