// Sheets as officers make them: CSV in UTF-8 (with or without BOM) or UTF-16 with BOM; commas, semicolons or
// tabs; LF or CRLF; quoted newlines. Parsed by libcsv.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/base/bytes.h"

namespace exchange {

struct Sheet {
  std::vector<std::string> columns;  // lower case, trimmed
  char separator = ',';
};

// Where a sheet's bytes come from: fills the room it is given and says how much; 0 at the end.
using ReadBytes = std::function<std::size_t(MutableView)>;
ReadBytes bytes_of(View bytes);                            // does not own them
ReadBytes bytes_of_file(int fd, const std::string& name);  // from its start; does not own `fd`

// Reads row by row, in constant memory. Calls `row(sheet, line, cells)` for each record after the header,
// blank ones left out; `line` is where it begins, from 1. Cells may be fewer or more than columns. Returns
// the header. Failure{policy}: text in no known encoding, a record over 1 MiB, no header; the message names
// the line.
Sheet read_sheet(
    const std::string& name, const ReadBytes& read,
    const std::function<void(const Sheet& sheet, std::size_t line, std::vector<std::string>& cells)>& row);

// A cell that reads back as `value`: quoted when it must be.
std::string csv_cell(const std::string& value);

// File names are bytes, sheets are text. A path that a text cell cannot carry as it is (invalid UTF-8,
// control characters, a leading "raw:") is written as "raw:" and percent-encoding of those bytes and of '%'.
std::string path_to_cell(const std::string& path);
// Nothing for a broken percent-encoding.
std::optional<std::string> path_from_cell(const std::string& cell);

}  // namespace exchange
