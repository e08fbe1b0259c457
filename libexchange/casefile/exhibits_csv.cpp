#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <regex>
#include <set>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/casefile/tables.h"
#include "libexchange/trust/address.h"

namespace exchange {

namespace {

constexpr const char* kFile = "exhibits.csv";
constexpr std::size_t kMaxExhibits = 1 << 20;
constexpr std::array<std::string_view, 2> kTimeColumns = {"seized_at", "acquired_at"};

// EX-03, sub-exhibits EX-03.1, derived ones EX-03-D1; at most three levels.
bool is_exhibit_id(const std::string& id) {
  static const std::regex form(R"(EX-[0-9]{2,7}((\.[0-9]{1,4})|(-D[0-9]{1,4})){0,2})");
  return id.size() <= 32 && std::regex_match(id, form);
}

bool is_plain_path(const std::string& path) {
  if (path.size() > 4096 || path.find('\0') != path.npos) return false;
  const auto parts = split(path, '/');
  return std::all_of(parts.begin(), parts.end(),
                     [](std::string_view p) { return !p.empty() && p != "." && p != ".."; });
}

class ExhibitLoader {
 public:
  ExhibitLoader(Case& the_case, std::vector<Problem>& problems) : case_(the_case), problems_(problems) {
    root_ = open_file(case_.folder, O_RDONLY | O_DIRECTORY);
  }

  void load(View bytes) {
    const Sheet sheet =
        read_sheet(kFile, bytes, [&](const Sheet& s, std::size_t line, std::vector<std::string>& cells) {
          if (case_.exhibits.size() == kMaxExhibits)
            throw Failure(Code::limit, "exhibits.csv: over 1,048,576 exhibits");
          add(s, line, cells);
        });
    for (const char* column : {"id", "path", "title", "kind"})
      if (std::ranges::find(sheet.columns, column) == sheet.columns.end())
        problems_.push_back({Problem::Level::refuse, kFile, 1, column, "", "the column is missing",
                             "add a column \"" + std::string(column) + "\""});
  }

 private:
  void refuse(const char* column, const std::string& value, std::string why, std::string remedy) {
    problems_.push_back(
        {Problem::Level::refuse, kFile, line_, column, value, std::move(why), std::move(remedy)});
  }

  void add(const Sheet& sheet, std::size_t line, std::vector<std::string>& cells) {
    line_ = line;
    ExhibitRow exhibit;
    exhibit.line = line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i >= sheet.columns.size()) {
        if (!cells[i].empty())
          refuse("", cells[i], "stands beyond the last column", "quote cells that hold a separator");
        continue;
      }
      if (sheet.columns[i].empty()) continue;
      take(exhibit, sheet.columns[i], cells[i]);
      exhibit.row.emplace_back(sheet.columns[i], std::move(cells[i]));
    }
    check_id(exhibit);
    check_path(exhibit);
    if (!contains(exhibit_kinds(), exhibit.kind))
      refuse("kind", exhibit.kind, "is not a known kind", "use one of: " + joined(exhibit_kinds()));
    if (trim(exhibit.title).empty())
      problems_.push_back(
          {Problem::Level::warn, kFile, line, "title", "", "is empty", "say in words what it is"});
    case_.exhibits.push_back(std::move(exhibit));
  }

  void take(ExhibitRow& e, const std::string& column, const std::string& cell) {
    if (column == "id") e.id = cell;
    if (column == "title") e.title = cell;
    if (column == "kind") e.kind = cell;
    if (column == "hash_note") e.hash_note = cell;
    if (column == "path") {
      const auto path = path_from_cell(cell);
      if (!path) refuse("path", cell, "its percent-encoding is broken", "write %25 for a percent sign");
      e.path = path.value_or("");
      while (e.path.size() > 1 && e.path.back() == '/') e.path.pop_back();
    }
    if (column == "acquisition_sha256" && !cell.empty()) {
      e.acquisition_sha256 = cell;
      for (char& c : e.acquisition_sha256) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const auto hash = from_hex(e.acquisition_sha256);
      if (!hash || hash->size() != 32)
        refuse("acquisition_sha256", cell, "is not a SHA-256 of 64 hexadecimal digits",
               "copy it again from the examiner's report");
    }
    if (column == "audience") take_audience(e, cell);
    if (std::ranges::find(kTimeColumns, column) != kTimeColumns.end() && !cell.empty() && !from_rfc3339(cell))
      refuse(column == "seized_at" ? "seized_at" : "acquired_at", cell,
             "is not a time with its offset from UTC", "write it as 2026-05-21T09:14:00+07:00");
  }

  void take_audience(ExhibitRow& e, const std::string& cell) {
    for (std::string_view word : split(cell, ';')) {
      for (std::string_view name : split(word, ' ')) {
        name = trim(name);
        if (name.empty()) continue;
        const auto alias = case_.aliases.find(std::string(name));
        if (alias != case_.aliases.end())
          e.audience.insert(e.audience.end(), alias->second.begin(), alias->second.end());
        else if (Address::parse(name))
          e.audience.emplace_back(name);
        else
          refuse("audience", std::string(name), "is neither AGENCY/NAME nor an alias of case.toml",
                 "define it under [audience] in case.toml");
      }
    }
  }

  void check_id(const ExhibitRow& e) {
    if (!is_exhibit_id(e.id))
      refuse("id", e.id, "is not an exhibit id",
             "write EX-01, a part of it EX-01.1, what was derived from it EX-01-D1");
    else if (!ids_.insert(e.id).second)
      refuse("id", e.id, "stands there twice", "give every exhibit an id of its own");
  }

  void check_path(const ExhibitRow& e) {
    if (e.path.empty()) {
      if (!e.acquisition_sha256.empty())
        refuse("path", "", "an acquisition hash without a file", "name the file it is of");
      return;
    }
    if (!is_plain_path(e.path)) {
      refuse("path", e.path, "is not a plain path within the case folder",
             "write it relative, without . and ..");
      return;
    }
    if (!paths_.emplace(e.path, e.id).second) {
      refuse("path", e.path, "belongs to " + paths_[e.path] + " already", "one file belongs to one exhibit");
      return;
    }
    if (std::ranges::find(sheet_names(), e.path) != sheet_names().end()) {
      refuse("path", e.path, "is a sheet of the case, not evidence",
             "remove this row: sheets travel by themselves");
      return;
    }
    const Fd found = open_beneath(root_.get(), e.path, O_PATH | O_NOFOLLOW);
    struct stat status {};
    if (!found || ::fstat(found.get(), &status) != 0) {
      refuse("path", e.path, errno == ELOOP ? "leads through a symbolic link" : "is not there",
             "correct the path, or put the file there");
      return;
    }
    if (!e.acquisition_sha256.empty() && !S_ISREG(status.st_mode))
      refuse("acquisition_sha256", e.acquisition_sha256, "is given for something that is not one file",
             "give each file that was hashed an exhibit of its own");
  }

  Case& case_;
  std::vector<Problem>& problems_;
  Fd root_;
  std::size_t line_ = 0;
  std::set<std::string> ids_;
  std::map<std::string, std::string> paths_;
};

}  // namespace

void load_exhibits(Case& the_case, std::vector<Problem>& problems) {
  try {
    const Bytes bytes = read_file(the_case.folder / kFile, kMaxSheet);
    ExhibitLoader(the_case, problems).load(bytes);
  } catch (const Failure& f) {
    if (f.code() == Code::interrupted) throw;
    problems.push_back({Problem::Level::refuse, kFile, 0, "", "", f.what(), f.hint()});
  }
}

}  // namespace exchange
