// Numbered steps from any earlier schema to this one. A table of them is the schema's definition.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "libexchange/store/database.h"

namespace exchange {

// Step N (its place in the table, from 1). Statements end in ";" at a line's end. "{text}" is the type of
// text: compared byte by byte in both databases. A statement that begins with "{server} " is not for SQLite.
struct Migration {
  std::string_view what;
  std::string_view sql;
};

// Brings the tables of `product` (a word; several may share a database) to the last step, all in one
// transaction; two at once wait for each other. Failure{unsupported}: the database is newer than this
// program.
void migrate(Database& database, std::string_view product, std::span<const Migration> steps);

// The step at which the database stands; 0: none of its tables are there.
std::int64_t schema_version(Database& database, std::string_view product);

}  // namespace exchange
