// Lists of people as posts keep them: a CSV, one person a row.
#pragma once
#include <string>
#include <vector>

#include "libexchange/casefile/problems.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/repatriation/pen.h"

namespace exchange::repatriation {

struct SheetImport {
  Track track = Track::assisted_return;
  std::string batch;  // may be empty
  std::string host;   // alpha-3, for rows that name neither host nor a known site; may be empty
  LocalTime now;      // for rows without reported_at
};

struct ImportedRow {
  std::size_t line;
  std::string id;
  bool added;  // else it was here already
};

struct ImportResult {
  std::vector<ImportedRow> rows;
  Problems problems{Policy::standard()};  // of every row, with line and column; never a name among the values
  std::size_t added() const;
};

// Columns: id, reported_at, note, and any field of fields.csv; id may be empty. A row whose content is here
// already is not added again, so a second run adds nothing; the same row twice in a sheet stands for two
// persons. Writes with `pen`, which the caller commits only if nothing is refused. Never changes a value
// silently: what is read in another way than it is written draws a warning. Failure: as read_sheet().
ImportResult import_people(const Desk& desk, Pen& pen, const Author& author, const std::string& name,
                           const ReadBytes& read, const SheetImport& how);

// One value of a field, brought into its one form: "kh" → "KHM", " F" → "female". Nothing and a reason for
// what does not fit; a warning for what was read with some freedom.
struct FieldReading {
  std::optional<std::string> value;
  std::string why, remedy, warning;
};
FieldReading read_field(const Tables& tables, const FieldType& type, const std::string& cell);

}  // namespace exchange::repatriation
