#include "libexchange/casefile/sheet.h"

#include <csv.h>
#include <fmt/format.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>

#include "libexchange/base/failure.h"
#include "libexchange/base/file.h"
#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxRecord = 1 << 20;

// Turns what a sheet holds into UTF-8, piece by piece.
class TextReader {
 public:
  TextReader(const std::string& name, const ReadBytes& read) : name_(name), read_(read), buffer_(64 << 10) {}

  // The next piece; empty at the end.
  std::string next() {
    for (;;) {
      used_ += read_(MutableView(buffer_).subspan(used_));
      if (!begun_) {
        if (used_ < 3 && used_ > 0 && more()) continue;
        begin();
      }
      if (used_ == 0) return {};
      return wide_ ? take_utf16() : take_utf8();
    }
  }

 private:
  [[noreturn]] void fail() const {
    throw Failure(Code::policy, name_ + ": is neither UTF-8 nor UTF-16 text",
                  "save it from the spreadsheet as CSV UTF-8; for file names use the raw: form of the guide");
  }
  bool more() {
    const std::size_t n = read_(MutableView(buffer_).subspan(used_));
    used_ += n;
    return n > 0;
  }
  void drop(std::size_t n) {
    std::memmove(buffer_.data(), buffer_.data() + n, used_ - n);
    used_ -= n;
  }
  void begin() {
    begun_ = true;
    const auto starts = [&](std::initializer_list<std::uint8_t> mark) {
      return used_ >= mark.size() && std::equal(mark.begin(), mark.end(), buffer_.begin());
    };
    big_endian_ = starts({0xfe, 0xff});
    wide_ = big_endian_ || starts({0xff, 0xfe});
    if (wide_) drop(2);
    if (starts({0xef, 0xbb, 0xbf})) drop(3);
  }
  std::string take_utf8() {
    std::size_t whole = used_;  // a character may be cut at the end
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, used_); ++back) {
      const std::uint8_t byte = buffer_[used_ - back];
      if ((byte & 0xc0) == 0x80) continue;
      const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
      if (length > back) whole = used_ - back;
      break;
    }
    if (whole == 0) {
      if (!more()) fail();  // the file ends within a character
      return take_utf8();
    }
    std::string text = to_text(View(buffer_).first(whole));
    if (text.find('\0') != text.npos || !is_utf8(text)) fail();
    drop(whole);
    return text;
  }
  std::string take_utf16() {
    const auto unit = [&](std::size_t at) {
      const unsigned first = buffer_[at], second = buffer_[at + 1];
      return static_cast<char16_t>(big_endian_ ? first << 8 | second : second << 8 | first);
    };
    if (used_ < 2 && !more()) fail();
    std::size_t whole = used_ / 2 * 2;
    if (whole > 2 && U16_IS_LEAD(unit(whole - 2))) whole -= 2;
    icu::UnicodeString text;
    for (std::size_t i = 0; i < whole; i += 2) {
      if (unit(i) == 0) fail();
      text.append(unit(i));
    }
    drop(whole);
    std::string out;
    return text.toUTF8String(out);
  }

  const std::string& name_;
  const ReadBytes& read_;
  Bytes buffer_;
  std::size_t used_ = 0;
  bool begun_ = false, wide_ = false, big_endian_ = false;
};

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
    if (size > kMaxRecord) return;
    csv_parse(&parser, line.data(), line.size(), on_cell, on_record, this);
    if (error) std::rethrow_exception(error);
    if (parser.pstate == 0) size = 0;
  }
  void finish() {
    csv_fini(&parser, on_cell, on_record, this);
    if (error) std::rethrow_exception(error);
  }
};

}  // namespace

ReadBytes bytes_of(View bytes) {
  return [bytes](MutableView out) mutable {
    const std::size_t n = std::min(out.size(), bytes.size());
    std::copy_n(bytes.begin(), n, out.begin());
    bytes = bytes.subspan(n);
    return n;
  };
}

ReadBytes bytes_of_file(int fd, const std::string& name) {
  return [fd, name](MutableView out) {
    check_interrupted();
    return read_some(fd, out, name);
  };
}

Sheet read_sheet(const std::string& name, const ReadBytes& read,
                 const std::function<void(const Sheet&, std::size_t, std::vector<std::string>&)>& row) {
  TextReader reader(name, read);
  Sheet sheet;
  Records records;
  records.record = [&](std::size_t line, std::vector<std::string>& cells) {
    if (!sheet.columns.empty()) {
      row(sheet, line, cells);
      return;
    }
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    for (const std::string& cell : cells) sheet.columns.push_back(lower(trim(cell)));
  };
  std::size_t number = 0;
  std::string text, piece;
  const auto feed_lines = [&](bool all) {
    std::size_t at = 0;
    for (std::size_t end; at < text.size(); at = end) {
      const std::size_t newline = text.find('\n', at);
      if (newline == text.npos && !all) break;
      end = newline == text.npos ? text.size() : newline + 1;
      const std::string_view line = std::string_view(text).substr(at, end - at);
      if (sheet.columns.empty() && !trim(line).empty()) {
        sheet.separator = separator_of(line);
        csv_set_delim(&records.parser, static_cast<unsigned char>(sheet.separator));
      }
      records.feed(line, ++number);
      if (records.size > kMaxRecord) break;
    }
    text.erase(0, at);
    if (records.size + text.size() > kMaxRecord)
      throw Failure(
          Code::policy,
          fmt::format("{}:{}: a row over 1 MiB", name, std::max<std::size_t>(1, records.first_line)),
          "is a closing quotation mark missing?");
  };
  while (!(piece = reader.next()).empty()) {
    text += piece;
    feed_lines(false);
  }
  feed_lines(true);
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
