#include "libexchange/casefile/sheet.h"

#include <csv.h>
#include <fmt/format.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxRecord = 1 << 20;

std::string from_utf16(View bytes, bool big_endian) {
  icu::UnicodeString text;
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2)
    text.append(
        static_cast<char16_t>(big_endian ? bytes[i] << 8 | bytes[i + 1] : bytes[i + 1] << 8 | bytes[i]));
  std::string out;
  return text.toUTF8String(out);
}

std::string as_utf8(const std::string& name, View bytes) {
  const auto starts = [&](std::initializer_list<std::uint8_t> mark) {
    return bytes.size() >= mark.size() && std::equal(mark.begin(), mark.end(), bytes.begin());
  };
  if (starts({0xff, 0xfe})) return from_utf16(bytes, false);
  if (starts({0xfe, 0xff})) return from_utf16(bytes, true);
  std::string text = to_text(starts({0xef, 0xbb, 0xbf}) ? bytes.subspan(3) : bytes);
  if (text.find('\0') != text.npos || !is_utf8(text))
    throw Failure(Code::policy, name + ": is neither UTF-8 nor UTF-16 text",
                  "save it from the spreadsheet as CSV UTF-8; for file names use the raw: form of the guide");
  return text;
}

// The separator that stands most often in the header line, outside quotes.
char separator_of(std::string_view header) {
  std::array<std::size_t, 3> counts{};
  constexpr std::string_view candidates = ",;\t";
  bool quoted = false;
  for (char c : header) {
    if (c == '"') quoted = !quoted;
    const std::size_t which = candidates.find(c);
    if (!quoted && which != candidates.npos) ++counts[which];
  }
  return candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                             counts.begin())];
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// libcsv calls back into this.
struct Records {
  csv_parser parser{};
  std::vector<std::string> cells;
  std::size_t first_line = 0, size = 0;
  std::function<void(std::size_t, std::vector<std::string>&)> record;
  std::exception_ptr error;

  Records() { ensure(csv_init(&parser, 0) == 0, "libcsv does not start"); }
  ~Records() { csv_free(&parser); }
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  static void on_cell(void* text, std::size_t length, void* self) {
    static_cast<Records*>(self)->cells.emplace_back(static_cast<const char*>(text), length);
  }
  static void on_record(int, void* self) {
    auto& r = *static_cast<Records*>(self);
    const bool blank =
        std::all_of(r.cells.begin(), r.cells.end(), [](const std::string& c) { return c.empty(); });
    try {
      if (!blank && !r.error) r.record(r.first_line, r.cells);
    } catch (...) {
      r.error = std::current_exception();  // not through C code
    }
    r.cells.clear();
  }
  void feed(std::string_view line, std::size_t number) {
    if (parser.pstate == 0) {  // between records: libcsv's ROW_NOT_BEGUN
      first_line = number;
      size = 0;
    }
    size += line.size();
    csv_parse(&parser, line.data(), line.size(), on_cell, on_record, this);
    if (error) std::rethrow_exception(error);
  }
  void finish() {
    csv_fini(&parser, on_cell, on_record, this);
    if (error) std::rethrow_exception(error);
  }
};

}  // namespace

Sheet read_sheet(const std::string& name, View bytes,
                 const std::function<void(const Sheet&, std::size_t, std::vector<std::string>&)>& row) {
  const std::string text = as_utf8(name, bytes);
  Sheet sheet;
  sheet.separator = separator_of(std::string_view(text).substr(0, text.find('\n')));
  Records records;
  csv_set_delim(&records.parser, static_cast<unsigned char>(sheet.separator));
  records.record = [&](std::size_t line, std::vector<std::string>& cells) {
    if (!sheet.columns.empty()) {
      row(sheet, line, cells);
      return;
    }
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    for (const std::string& cell : cells) sheet.columns.push_back(lower(trim(cell)));
  };
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    records.feed(std::string_view(text).substr(at, end - at), ++number);
    at = end;
    if (records.size > kMaxRecord)
      throw Failure(Code::policy, fmt::format("{}:{}: a row over 1 MiB", name, records.first_line),
                    "is a closing quotation mark missing?");
  }
  records.finish();
  if (sheet.columns.empty())
    throw Failure(Code::policy, name + ": has no header row", "its first row names the columns");
  return sheet;
}

std::string csv_cell(const std::string& value) {
  const bool plain = value.find_first_of("\",;\t\r\n") == value.npos &&
                     (value.empty() || (value.front() != ' ' && value.back() != ' '));
  if (plain) return value;
  std::string out = "\"";
  for (char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string path_to_cell(const std::string& path) {
  const bool control = std::any_of(path.begin(), path.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!control && is_utf8(path) && !path.starts_with("raw:") && trim(path) == path) return path;
  std::string out = "raw:";
  for (char c : path) {
    const auto b = static_cast<unsigned char>(c);
    if (b <= 0x20 || b >= 0x7f || c == '%' || c == '"')
      out += fmt::format("%{:02X}", b);
    else
      out += c;
  }
  return out;
}

std::optional<std::string> path_from_cell(const std::string& cell) {
  if (!cell.starts_with("raw:")) return cell;
  std::string out;
  for (std::size_t i = 4; i < cell.size(); ++i) {
    if (cell[i] != '%') {
      out += cell[i];
      continue;
    }
    const auto byte = from_hex(lower(std::string_view(cell).substr(i + 1, 2)));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += static_cast<char>(byte->front());
    i += 2;
  }
  return out;
}

}  // namespace exchange
