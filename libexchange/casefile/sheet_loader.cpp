#include <algorithm>
#include <array>

#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/trust/address.h"

namespace exchange {

namespace {

// Never kept after a payment is authorised (PCI DSS 3.2), wherever they stand.
constexpr std::array<std::string_view, 12> kForbiddenColumns = {
    "cvv", "cvc",   "cvv2",   "cvc2",   "cid",       "card_security_code",
    "pin", "track", "track1", "track2", "pin_block", "security_code"};

const std::string kEmpty;

}  // namespace

Audience audience_of(const std::string& cell, const Case& the_case,
                     const std::function<void(std::string)>& refuse) {
  Audience audience;
  std::string text = cell;
  std::ranges::replace(text, ';', ' ');
  std::ranges::replace(text, ',', ' ');
  for (const std::string_view name : split(text, ' ')) {
    if (trim(name).empty()) continue;
    const auto alias = the_case.aliases.find(std::string(name));
    if (alias != the_case.aliases.end())
      audience.insert(alias->second.begin(), alias->second.end());
    else if (Address::parse(name))
      audience.emplace(name);
    else
      refuse(std::string(name));
  }
  return audience;
}

void SheetLoader::load(const ReadBytes& read, std::initializer_list<const char*> needed) {
  try {
    bool begun = false;
    const Sheet sheet =
        read_sheet(file_, read, [&](const Sheet& s, std::size_t line, std::vector<std::string>& cells) {
          if (!begun) begin(s);
          begun = true;
          line_ = line;
          cells_ = &cells;
          for (std::size_t i = s.columns.size(); i < cells.size(); ++i)
            if (!cells[i].empty())
              refuse("", cells[i], "stands beyond the last column", "quote cells that hold a separator");
          row();
        });
    if (!begun) begin(sheet);
    line_ = 1;
    for (const char* column : needed)
      if (std::ranges::find(sheet.columns, column) == sheet.columns.end())
        refuse(column, "", "the column is missing", "add a column \"" + std::string(column) + "\"");
  } catch (const Failure& f) {
    if (f.code() == Code::interrupted) throw;
    problems_.add({Problem::Level::refuse, file_, 0, "", "", f.what(), f.hint(), nullptr});
  }
  sheet_ = nullptr;
}

void SheetLoader::begin(const Sheet& sheet) {
  sheet_ = &sheet;
  line_ = 1;
  for (auto c = sheet.columns.begin(); c != sheet.columns.end(); ++c) {
    if (std::find(sheet.columns.begin(), c, *c) != c && !c->empty())
      refuse(c->c_str(), "", "two columns have this name", "remove or rename one of them");
    if (std::ranges::find(kForbiddenColumns, *c) != kForbiddenColumns.end())
      broken("card-security", c->c_str(), "", "card security codes, tracks and PINs may not be kept",
             "delete this column here and in the file it came from");
  }
}

const std::string& SheetLoader::cell(std::string_view column) const {
  const auto found = std::ranges::find(sheet_->columns, column);
  const auto at = static_cast<std::size_t>(found - sheet_->columns.begin());
  return found != sheet_->columns.end() && at < cells_->size() ? (*cells_)[at] : kEmpty;
}

Row SheetLoader::whole_row() const {
  Row row;
  for (std::size_t i = 0; i < std::min(cells_->size(), sheet_->columns.size()); ++i)
    if (!sheet_->columns[i].empty()) row.emplace_back(sheet_->columns[i], (*cells_)[i]);
  return row;
}

void SheetLoader::refuse(const char* column, const std::string& value, std::string why, std::string remedy) {
  problems_.add(
      {Problem::Level::refuse, file_, line_, column, value, std::move(why), std::move(remedy), nullptr});
}

void SheetLoader::broken(std::string_view rule_id, const char* column, const std::string& value,
                         std::string why, std::string remedy) {
  problems_.broken(rule_id, {Problem::Level::warn, file_, line_, column, value, std::move(why),
                             std::move(remedy), nullptr});
}

namespace {

// 21/05/2026, 5-21-26, 44000.5: dates as spreadsheets turn them.
bool is_turned_date(const std::string& value) {
  const auto parts =
      split(std::string_view(value).substr(0, value.find(' ')), value.find('/') != value.npos ? '/' : '-');
  return parts.size() == 3 && parts[0].size() <= 2 && parts[1].size() <= 2 &&
         std::ranges::all_of(parts, [](std::string_view p) {
           return !p.empty() && p.find_first_not_of("0123456789") == p.npos;
         });
}

}  // namespace

void SheetLoader::check_time(const char* column) {
  const std::string& value = cell(column);
  if (value.empty() || from_rfc3339(value)) return;
  if (is_turned_date(value))
    refuse(column, value, "spreadsheet damage: a date in a local order, which could be two different days",
           "format the column as text and write 2026-05-21T09:14:00+07:00");
  else
    refuse(column, value, "is not a time with its offset from UTC", "write it as 2026-05-21T09:14:00+07:00");
}

void SheetLoader::check_links() {
  const std::string &exhibit = cell("exhibit"), &person = cell("person");
  if (!exhibit.empty() && !case_.exhibit(exhibit))
    broken("missing-row", "exhibit", exhibit, "is not in exhibits.csv", "correct the id, or add the exhibit");
  if (person.empty()) return;
  const auto found = case_.persons.find(person);
  if (found == case_.persons.end())
    broken("missing-row", "person", person, "is not in persons.csv", "correct the id, or add the person");
  else if (!exhibit.empty())
    found->second.exhibits.insert(exhibit);
}

Audience SheetLoader::take_audience() {
  const std::string& text = cell("audience");
  if (text.empty()) return {};
  return audience_of(text, case_, [&](std::string word) {
    refuse("audience", word, "is neither AGENCY/NAME nor an alias of case.toml",
           "define it under [audience] in case.toml");
  });
}

}  // namespace exchange
