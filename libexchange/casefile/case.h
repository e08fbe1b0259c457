// The case folder, read and checked: case.toml, exhibits.csv, persons.csv, identifiers.csv, losses.csv,
// custody.csv.
//
// A maintained TOML and CSV parser reads them; every problem is listed at once, with file, row and column.
// Sheets of rows are read row by row: a million identifiers cost no more memory than ten.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libexchange/base/bytes.h"
#include "libexchange/base/time.h"
#include "libexchange/casefile/problems.h"
#include "libexchange/casefile/request.h"

namespace exchange {

// A sheet's row as written: column names lower case, values unchanged, in the sheet's column order.
using Row = std::vector<std::pair<std::string, std::string>>;
using Audience = std::set<std::string>;  // addresses; empty: none named

struct ExhibitRow {
  std::string id;    // EX-03, EX-03.1, EX-03-D1
  std::string path;  // relative to the case folder, raw bytes, no trailing slash; empty: nothing digital
  std::string title, kind, parent;
  Audience audience;               // empty: everyone in --to
  std::string acquisition_sha256;  // 64 lower-case hex, or empty
  std::string hash_note;           // explains a mismatch
  Row row;                         // all columns as written
  std::size_t line = 0;
};

enum class Role { undetermined, victim, suspect, witness, injured_party };
std::string_view name_of(Role role);

// Of a person, what deciding who may know needs; the row itself stays in the sheet.
struct PersonRow {
  std::string id;
  Role role = Role::undetermined;
  Audience audience;
  std::set<std::string> exhibits;  // of rows that join the person to an exhibit
  bool minor = false;              // or not known to be of age
};

struct Case {
  std::filesystem::path folder;
  Request request;
  std::map<std::string, std::vector<std::string>> aliases;  // [audience] alias = address or list
  std::vector<ExhibitRow> exhibits;                         // in the sheet's order
  std::map<std::string, PersonRow> persons;
  std::set<Audience> row_audiences;  // the different ones of identifiers.csv, losses.csv, custody.csv
  std::uint64_t identifiers = 0, losses = 0, custody_events = 0;
  std::uint64_t complete_losses = 0;           // with accounts, amount, currency and time
  std::map<std::string, Instant> sheet_times;  // when each sheet was last written, as it was checked

  bool has_victims() const;
  bool has_minors() const;
  const ExhibitRow* exhibit(std::string_view id) const;  // nothing if there is none
};

// The sheets of a case folder: files that belong to the case itself, never to an exhibit.
const std::vector<std::string>&
sheet_names();  // case.toml custody.csv exhibits.csv identifiers.csv losses.csv persons.csv

struct CheckedCase {
  Case the_case;
  Problems problems;                   // in file, row order
  std::vector<std::string> uncovered;  // paths that no exhibit covers, raw bytes, sorted; at most 1,000
  std::uint64_t uncovered_count = 0;
  bool refused() const { return problems.refusals() > 0; }  // uncovered files are not among them
};

// Reads and checks everything under `policy`. Failure{unavailable} only if `folder` or case.toml cannot be
// read.
CheckedCase check_case(const std::filesystem::path& folder, const Policy& policy);

// The same model out of a bundle: `sheets(name, take)` calls `take` with the bytes of that sheet, or not at
// all where there is none. What was sealed is shown as it is: nothing is checked again, no file is looked
// for.
using ReadBytes = std::function<std::size_t(MutableView)>;  // see sheet.h
using SheetSource =
    std::function<void(const std::string& name, const std::function<void(const ReadBytes&)>& take)>;
Case read_case(const SheetSource& sheets);

struct NewCase {
  std::string title, reference, legal_basis, purpose, requesting;
};
// Drafts case.toml and exhibits.csv: an exhibit EX-01, EX-02 … per top-level entry that is not a sheet, in
// name order, with a kind guessed from the name only when it is sure, else "other". Writes both or nothing;
// never overwrites. Returns the exhibits.
std::vector<ExhibitRow> init_case(const std::filesystem::path& folder, const NewCase& about);

}  // namespace exchange
