#include "libexchange/casefile/case.h"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/walk.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxListed = 1000;

// Files that belong to no exhibit and are not sheets. Folders count only through what they hold.
void find_uncovered(CheckedCase& checked) {
  std::vector<std::string> covered;
  for (const ExhibitRow& e : checked.the_case.exhibits)
    if (!e.path.empty()) covered.push_back(e.path);
  std::sort(covered.begin(), covered.end());
  covered.erase(std::unique(covered.begin(), covered.end()), covered.end());
  const auto& sheets = sheet_names();
  const Fd folder = open_file(checked.the_case.folder, O_RDONLY | O_DIRECTORY);
  walk(folder.get(), ".", covered, [&](const Found& found) {
    check_interrupted();
    if (S_ISDIR(found.status.stx_mode) || std::ranges::find(sheets, found.path) != sheets.end()) return;
    ++checked.uncovered_count;
    if (checked.uncovered.size() < kMaxListed) checked.uncovered.push_back(found.path);
  });
}

}  // namespace

const std::vector<std::string>& sheet_names() {
  static const std::vector<std::string> names = {"case.toml",       "custody.csv", "exhibits.csv",
                                                 "identifiers.csv", "losses.csv",  "persons.csv"};
  return names;
}

bool CheckedCase::refused() const {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& p) { return p.level == Problem::Level::refuse; });
}

CheckedCase check_case(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Failure(Code::unavailable, printable(folder.native()) + ": is not a folder",
                  "name the case folder");
  if (!fs::exists(folder / "case.toml", error))
    throw Failure(Code::unavailable, printable(folder.native()) + ": has no case.toml",
                  "make one with: valise case init");
  CheckedCase checked;
  checked.the_case.folder = folder;
  load_case_toml(checked.the_case, checked.problems);
  load_exhibits(checked.the_case, checked.problems);
  find_uncovered(checked);
  return checked;
}

}  // namespace exchange
