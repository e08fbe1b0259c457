#include "tools/table.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "libexchange/base/text.h"

namespace valise {

using exchange::display_width;
using exchange::pad_right;
using exchange::printable;

std::string shown(const std::string& text) {
  std::string plain = printable(text);
  if (std::all_of(plain.begin(), plain.end(), [](unsigned char c) { return c < 0x80; })) return plain;
  const auto unicode = icu::UnicodeString::fromUTF8(plain);
  for (std::int32_t i = 0; i < unicode.length(); i = unicode.moveIndex32(i, 1)) {
    const UCharDirection d = u_charDirection(unicode.char32At(i));
    if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC) return "\u2068" + plain + "\u2069";
  }
  return plain;
}

std::string Table::text() const {
  // Each row as lines of cells.
  std::vector<std::vector<std::string>> lines{header_};
  for (const auto& row : rows_) {
    std::vector<std::vector<std::string_view>> parts;
    std::size_t height = 1;
    for (const std::string& cell : row) {
      parts.push_back(exchange::split(cell, '\n'));
      height = std::max(height, parts.back().size());
    }
    for (std::size_t i = 0; i < height; ++i) {
      lines.emplace_back();
      for (const auto& cell : parts)
        lines.back().push_back(i < cell.size() ? shown(std::string(cell[i])) : "");
    }
  }
  std::vector<std::size_t> widths(header_.size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
  std::string out;
  for (const auto& line : lines) {
    std::string whole;
    for (std::size_t i = 0; i < line.size(); ++i)
      whole += i + 1 < line.size() ? pad_right(line[i], widths[i]) + "  " : line[i];
    out += whole.substr(0, whole.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t columns) {
  std::string out;
  const std::string margin(indent, ' ');
  for (const std::string_view paragraph : exchange::split(text, '\n')) {
    const auto unicode = icu::UnicodeString::fromUTF8(printable(paragraph));
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> breaks(
        icu::BreakIterator::createLineInstance(icu::Locale::getRoot(), error));
    if (U_FAILURE(error)) return margin + printable(text) + "\n";
    breaks->setText(unicode);
    std::string line;
    std::int32_t from = breaks->first();
    for (std::int32_t to = breaks->next(); to != icu::BreakIterator::DONE; from = to, to = breaks->next()) {
      std::string word;
      unicode.tempSubStringBetween(from, to).toUTF8String(word);
      if (!line.empty() && indent + display_width(line) + display_width(exchange::trim(word)) > columns) {
        out += margin + std::string(exchange::trim(line)) + "\n";
        line.clear();
      }
      line += word;
    }
    out += margin + std::string(exchange::trim(line)) + "\n";
  }
  return out;
}

}  // namespace valise
