// The case folder, read and checked: case.toml and exhibits.csv. Other sheets travel as files.
//
// A maintained TOML and CSV parser reads them; every problem is listed at once, with file, row and column.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libexchange/base/time.h"

namespace exchange {

// A sheet's row as written: column names lower case, values unchanged, in the sheet's column order.
using Row = std::vector<std::pair<std::string, std::string>>;

struct Problem {
  enum class Level { refuse, warn };
  Level level = Level::refuse;
  std::string file;     // "exhibits.csv"
  std::size_t row = 0;  // line of the file, from 1; 0: the whole file
  std::string column;   // column or TOML key; may be empty
  std::string value;    // as written (printable() when shown); may be empty
  std::string why;      // "not a known kind"
  std::string remedy;   // "use one of: phone, sim, …"
};

struct LegalBasis {
  std::string instrument, article, citation;
  std::string text() const;  // "untoc art. 18, 27": for people
};

struct ExhibitRow {
  std::string id;    // EX-03, EX-03.1, EX-03-D1
  std::string path;  // relative to the case folder, raw bytes, no trailing slash; empty: nothing digital
  std::string title, kind;
  std::vector<std::string> audience;  // addresses; empty: everyone in --to
  std::string acquisition_sha256;     // 64 lower-case hex, or empty
  std::string hash_note;              // explains a mismatch
  Row row;                            // all columns as written
  std::size_t line = 0;
};

struct Case {
  std::filesystem::path folder;
  std::string reference, title, language;
  std::string requesting;  // agency id
  std::string purpose;
  std::vector<LegalBasis> legal_basis;
  std::string tlp;                                          // default AMBER+STRICT
  std::map<std::string, std::vector<std::string>> aliases;  // [audience] alias = address or list
  std::vector<ExhibitRow> exhibits;                         // in the sheet's order
};

// The sheets of a case folder: files that belong to the case itself, never to an exhibit.
const std::vector<std::string>&
sheet_names();  // case.toml exhibits.csv persons.csv identifiers.csv losses.csv custody.csv

struct CheckedCase {
  Case the_case;
  std::vector<Problem> problems;       // in file, row order
  std::vector<std::string> uncovered;  // paths that no exhibit covers, raw bytes, sorted; at most 1,000
  std::uint64_t uncovered_count = 0;
  bool refused() const;  // any problem of level refuse (uncovered files are not among them)
};

// Reads and checks everything. Failure{unavailable} only if `folder` or case.toml cannot be read.
CheckedCase check_case(const std::filesystem::path& folder);

struct NewCase {
  std::string title, reference, legal_basis, purpose, requesting;
};
// Drafts case.toml and exhibits.csv: an exhibit EX-01, EX-02 … per top-level entry that is not a sheet, in
// name order, with a kind guessed from the name only when it is sure, else "other". Writes both or nothing;
// never overwrites. Returns the exhibits.
std::vector<ExhibitRow> init_case(const std::filesystem::path& folder, const NewCase& about);

}  // namespace exchange
