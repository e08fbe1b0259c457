#include "libexchange/casefile/case.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/tables.h"
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

std::string_view name_of(Role role) { return person_roles()[static_cast<std::size_t>(role)]; }

bool Case::has_victims() const {
  return std::ranges::any_of(persons, [](const auto& p) { return p.second.role == Role::victim; });
}

bool Case::has_minors() const {
  return std::ranges::any_of(persons, [](const auto& p) { return p.second.minor; });
}

const ExhibitRow* Case::exhibit(std::string_view id) const {
  const auto found = std::ranges::find(exhibits, id, &ExhibitRow::id);
  return found == exhibits.end() ? nullptr : &*found;
}

namespace {

using Loader = void (*)(const ReadBytes&, Case&, Problems&);

// In the order in which one needs the other.
constexpr std::array<std::pair<const char*, Loader>, 5> kLoaders = {{{"exhibits.csv", load_exhibits},
                                                                     {"persons.csv", load_persons},
                                                                     {"identifiers.csv", load_identifiers},
                                                                     {"losses.csv", load_losses},
                                                                     {"custody.csv", load_custody}}};

Instant written(int fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) fail_errno(name, errno);
  return from_timespec(status.st_mtim);
}

void load_sheet(const char* name, Loader loader, Case& the_case, Problems& problems) {
  const fs::path path = the_case.folder / name;
  const bool there = fs::exists(fs::symlink_status(path));
  if (!there && std::string_view(name) != "exhibits.csv") return;
  try {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd) fail_errno(name, errno);
    the_case.sheet_times[name] = written(fd.get(), name);
    loader(bytes_of_file(fd.get(), name), the_case, problems);
  } catch (const Failure& f) {
    if (f.code() == Code::interrupted) throw;
    problems.add({Problem::Level::refuse, name, 0, "", "", f.what(), f.hint(), nullptr});
  }
}

}  // namespace

CheckedCase check_case(const fs::path& folder, const Policy& policy) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Failure(Code::unavailable, printable(folder.native()) + ": is not a folder",
                  "name the case folder");
  if (!fs::exists(folder / "case.toml", error))
    throw Failure(Code::unavailable, printable(folder.native()) + ": has no case.toml",
                  "make one with: valise case init");
  CheckedCase checked{{}, Problems(policy), {}, 0};
  Case& the_case = checked.the_case;
  the_case.folder = folder;
  {
    const Fd fd = open_file(folder / "case.toml", O_RDONLY | O_NOCTTY);
    the_case.sheet_times["case.toml"] = written(fd.get(), "case.toml");
  }
  load_case_toml(as_text(read_file(folder / "case.toml", 1 << 20)), the_case, checked.problems);
  for (const auto& [name, loader] : kLoaders) load_sheet(name, loader, the_case, checked.problems);
  check_request(the_case, checked.problems);
  find_uncovered(checked);
  return checked;
}

Case read_case(const SheetSource& sheets) {
  Case the_case;
  Problems ignored(Policy::standard());
  sheets("case.toml", [&](const ReadBytes& read) {
    Bytes text(1 << 20);
    text.resize(read(text));
    load_case_toml(as_text(text), the_case, ignored);
  });
  for (const auto& [name, loader] : kLoaders)
    sheets(name, [&](const ReadBytes& read) { loader(read, the_case, ignored); });
  return the_case;
}

}  // namespace exchange
