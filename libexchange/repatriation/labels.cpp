#include "libexchange/repatriation/labels.h"

#include <unicode/uloc.h>

#include <algorithm>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/repatriation/embedded.h"

namespace exchange::repatriation {

namespace {
constexpr std::size_t kMaxTable = 1 << 20;
const std::string_view& shipped() { return embedded_tables().at("labels"); }
}  // namespace

Labels::Labels(std::string_view language, const std::filesystem::path& folder) : language_(lower(language)) {
  load("labels.csv", shipped());
  if (words_.empty()) {
    std::string choice;
    for (const std::string& l : languages()) choice += (choice.empty() ? "" : ", ") + l;
    throw Failure(Code::usage, "no labels in language \"" + printable(language) + "\"",
                  "use one of: " + choice);
  }
  const fs::path own = folder / "labels.csv";
  if (!folder.empty() && fs::exists(own)) {
    const Bytes bytes = read_file(own, kMaxTable);
    load(own.string(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
}

std::vector<std::string> Labels::languages() {
  const std::string_view header = shipped().substr(0, shipped().find('\n'));
  std::vector<std::string> out;
  for (const std::string_view column : split(header, ','))
    if (column != "key") out.emplace_back(trim(column));
  return out;
}

void Labels::load(const std::string& file, std::string_view text) {
  read_sheet(file, bytes_of(as_view(text)),
             [&](const Sheet& sheet, std::size_t, const std::vector<std::string>& cells) {
               const auto column = std::ranges::find(sheet.columns, language_);
               const auto at = static_cast<std::size_t>(column - sheet.columns.begin());
               if (language_ != "key" && at < cells.size() && !trim(cells[at]).empty())
                 words_[std::string(trim(cells[0]))] = trim(cells[at]);
             });
}

bool Labels::right_to_left() const { return uloc_isRightToLeft(language_.c_str()); }

std::string Labels::operator()(std::string_view key) const {
  if (const auto found = words_.find(key); found != words_.end()) return found->second;
  const std::size_t dot = key.find('.');
  std::string name(dot == key.npos ? key : key.substr(dot + 1));
  std::ranges::replace(name, '_', ' ');
  return name;
}

}  // namespace exchange::repatriation
