#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/casefile/tables.h"

namespace exchange {

namespace {

constexpr const char* kFile = "exhibits.csv";
constexpr std::size_t kMaxExhibits = 1 << 20;

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

class ExhibitLoader : public SheetLoader {
 public:
  ExhibitLoader(Case& the_case, Problems& problems) : SheetLoader(kFile, the_case, problems) {
    if (!case_.folder.empty()) root_ = open_file(case_.folder, O_RDONLY | O_DIRECTORY);
  }

  // Parents may stand below their parts, so they are checked when all rows are known.
  void check_parents() {
    std::map<std::string, const ExhibitRow*> by_id;
    for (const ExhibitRow& e : case_.exhibits) by_id.emplace(e.id, &e);
    for (const ExhibitRow& e : case_.exhibits) {
      if (e.parent.empty()) continue;
      line_ = e.line;
      std::size_t depth = 0;
      for (const ExhibitRow* at = &e; at && !at->parent.empty() && depth <= kDeepest; ++depth) {
        const auto parent = by_id.find(at->parent);
        if (parent == by_id.end() && at == &e)
          refuse("parent", e.parent, "is not in exhibits.csv",
                 "correct the id, or add the exhibit it comes from");
        at = parent == by_id.end() ? nullptr : parent->second;
      }
      if (depth > kDeepest)
        refuse("parent", e.parent, "leads over more than three levels, or in a circle",
               "name the exhibit it comes from");
    }
  }

 private:
  static constexpr std::size_t kDeepest = 3;

  void row() override {
    if (case_.exhibits.size() == kMaxExhibits)
      throw Failure(Code::limit, "exhibits.csv: over 1,048,576 exhibits");
    ExhibitRow e;
    e.line = line_;
    e.id = cell("id");
    e.title = cell("title");
    e.kind = cell("kind");
    e.parent = cell("parent");
    e.hash_note = cell("hash_note");
    e.audience = take_audience();
    take_path(e);
    take_hash(e);
    e.row = whole_row();
    check_id(e);
    check_path(e);
    if (!contains(exhibit_kinds(), e.kind))
      refuse("kind", e.kind, "is not a known kind", "use one of: " + joined(exhibit_kinds()));
    if (trim(e.title).empty()) warn_empty_title();
    check_times();
    check_choice("derivation", derivations());
    check_choice("acquisition_method", acquisition_methods());
    check_origin(e);
    check_protected(e);
    case_.exhibits.push_back(std::move(e));
  }

  void warn_empty_title() { broken("title-of-exhibit", "title", "", "is empty", "say in words what it is"); }

  void take_path(ExhibitRow& e) {
    const std::string& text = cell("path");
    const auto path = path_from_cell(text);
    if (!path) refuse("path", text, "its percent-encoding is broken", "write %25 for a percent sign");
    e.path = path.value_or("");
    while (e.path.size() > 1 && e.path.back() == '/') e.path.pop_back();
  }

  void take_hash(ExhibitRow& e) {
    e.acquisition_sha256 = lower(cell("acquisition_sha256"));
    if (e.acquisition_sha256.empty()) return;
    const auto hash = from_hex(e.acquisition_sha256);
    if (!hash || hash->size() != 32)
      refuse("acquisition_sha256", cell("acquisition_sha256"), "is not a SHA-256 of 64 hexadecimal digits",
             "copy it again from the examiner's report");
  }

  void check_choice(const char* column, std::span<const std::string_view> list) {
    const std::string& value = cell(column);
    if (!value.empty() && !contains(list, value))
      refuse(column, value, "is not one of the list", "use one of: " + joined(list));
  }

  void check_times() {
    check_time("seized_at");
    check_time("acquired_at");
    const auto seized = from_rfc3339(cell("seized_at")), acquired = from_rfc3339(cell("acquired_at"));
    if (seized && acquired && *acquired < *seized)
      refuse("acquired_at", cell("acquired_at"), "is before seized_at",
             "one of the two times or offsets is wrong");
  }

  // ISO/IEC 27037: from whom, on what authority, how and with what.
  void check_origin(const ExhibitRow& e) {
    for (const auto& [column, instead] : {std::pair{"seized_at", ""},
                                          {"seized_place", ""},
                                          {"seized_by", "provided_by"},
                                          {"seizure_authority", "consent_ref"}})
      if (cell(column).empty() && (*instead == 0 || cell(instead).empty()))
        broken("seizure", column, "", "is empty",
               "fill it; for what a victim gave: provided_by and consent_ref");
    if (e.kind == "phone")
      for (const char* column : {"power_state", "radio_isolated", "lock_state"})
        if (cell(column).empty())
          broken("device-state", column, "", "is empty", "say how the phone was found");
    if (e.path.empty()) return;
    for (const char* column :
         {"acquisition_method", "acquisition_tool", "acquisition_version", "examiner", "acquired_at"})
      if (cell(column).empty())
        broken("acquisition", column, "", "is empty", "copy it from the examiner's report");
    if (e.kind == "disk_image" && cell("write_blocker").empty())
      broken("acquisition", "write_blocker", "", "is empty", "name it, or write none: and the reason");
    if (e.acquisition_sha256.empty())
      broken("acquisition-hash", "acquisition_sha256", "", "is empty", "copy it from the examiner's report");
  }

  void check_protected(const ExhibitRow& e) {
    if (cell("special_category").find("minor_image") != std::string::npos && !e.path.empty())
      broken("minor-images", "special_category", "minor_image", "this content may not travel in a case",
             "take the files out; the list of their hashes goes over the ICSE channel");
    if (cell("legal_privilege") == "privileged" && cell("filter_note").empty())
      broken("privilege", "legal_privilege", "privileged", "has no note of a filter team",
             "have it filtered first, and say by whom in filter_note");
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
    if (!root_) return;
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

  Fd root_;  // none when a bundle's sheet is read
  std::set<std::string> ids_;
  std::map<std::string, std::string> paths_;
};

}  // namespace

void load_exhibits(const ReadBytes& read, Case& the_case, Problems& problems) {
  ExhibitLoader loader(the_case, problems);
  loader.load(read, {"id", "path", "title", "kind"});
  loader.check_parents();
}

}  // namespace exchange
