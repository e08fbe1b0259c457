// Tables for terminals: columns aligned by what a terminal shows, whatever the script.
#pragma once
#include <string>
#include <vector>

namespace valise {

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  // Cells as they are (they are made printable here); '\n' in a cell begins a further line of the same row.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Each line ends in LF. Right-to-left text is isolated, so that it does not turn its neighbours around.
  std::string text() const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// `text` made printable, and isolated where it has right-to-left letters (UAX #9: FSI, PDI).
std::string shown(const std::string& text);

// A paragraph of at most `columns` a line, broken at spaces (ICU), each line after `indent` spaces.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t columns = 96);

}  // namespace valise
