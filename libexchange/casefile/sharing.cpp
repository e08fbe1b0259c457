#include "libexchange/casefile/sharing.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"

namespace exchange {

namespace {

// Of a victim's row, what everyone else whom it names may have.
constexpr std::array<std::string_view, 3> kPseudonymous = {"id", "role", "minor"};

class CopyLoader : public SheetLoader {
 public:
  // Keeps a row when `decide` gives the columns to keep; an empty list keeps all of them.
  struct Decision {
    bool keep = false, pseudonym = false, hide_parent = false;
  };
  using Cell = std::function<const std::string&(std::string_view)>;
  using Decide = std::function<Decision(const Cell&, const Audience&)>;

  CopyLoader(const char* file, Case& scratch, Problems& ignored, Decide decide,
             const std::function<void(View)>& to)
      : SheetLoader(file, scratch, ignored), decide_(std::move(decide)), to_(to) {}

  std::uint64_t rows = 0;

 private:
  void row() override {
    const Decision d =
        decide_([this](std::string_view c) -> const std::string& { return cell(c); }, take_audience());
    if (!d.keep) return;
    std::string header, line, separator;
    for (const std::string& column : columns()) {
      if (column.empty() || column == "audience") continue;
      const bool hidden = (d.pseudonym && std::ranges::find(kPseudonymous, column) == kPseudonymous.end()) ||
                          (d.hide_parent && column == "parent");
      header += separator + csv_cell(column);
      line += separator + (hidden ? "" : csv_cell(cell(column)));
      separator = ",";
    }
    if (rows++ == 0) put(header);
    put(line);
  }
  void put(const std::string& line) {
    to_(as_view(line));
    to_(as_view("\n"));
  }

  Decide decide_;
  const std::function<void(View)>& to_;
};

}  // namespace

bool RowSharing::may_see(const PersonRow& person) const {
  if (!person.audience.empty()) return person.audience.contains(reader_.address);
  if (person.role == Role::victim) return false;
  if (reader_.all_exhibits) return true;
  return std::ranges::any_of(person.exhibits,
                             [&](const std::string& e) { return reader_.exhibits.contains(e); });
}

bool RowSharing::may_see_person(const std::string& id) const {
  const auto found = case_.persons.find(id);
  return found == case_.persons.end() ? reader_.all_exhibits : may_see(found->second);
}

bool RowSharing::everything() const {
  if (!reader_.all_exhibits) return false;
  const auto named = [&](const Audience& a) { return a.contains(reader_.address); };
  return std::ranges::all_of(case_.row_audiences, named) &&
         std::ranges::all_of(case_.persons, [&](const auto& p) {
           return may_see(p.second) && (p.second.role != Role::victim || reader_.knows_victims);
         });
}

std::uint64_t RowSharing::copy(const std::string& name, const ReadBytes& from,
                               const std::function<void(View)>& to) const {
  Case scratch;  // audiences are resolved again, and nothing else is kept
  scratch.aliases = case_.aliases;
  Problems ignored(Policy::standard());
  const auto victim = [&](const std::string& id) {
    const auto found = case_.persons.find(id);
    return found != case_.persons.end() && found->second.role == Role::victim;
  };
  const auto decide = [&](const CopyLoader::Cell& cell, const Audience& audience) -> CopyLoader::Decision {
    if (name == "exhibits.csv") {
      const std::string& parent = cell("parent");
      return {reader_.exhibits.contains(cell("id")), false,
              !parent.empty() && !reader_.exhibits.contains(parent)};
    }
    if (name == "persons.csv")
      return {may_see_person(cell("id")), victim(cell("id")) && !reader_.knows_victims, false};
    const std::string &exhibit = cell("exhibit"), &person = cell(name == "losses.csv" ? "victim" : "person");
    if (victim(person) && !may_see_person(person)) return {};
    if (!audience.empty()) return {audience.contains(reader_.address), false, false};
    if (!exhibit.empty()) return {reader_.exhibits.contains(exhibit), false, false};
    if (!person.empty()) return {may_see_person(person), false, false};
    return {reader_.all_exhibits, false, false};
  };
  CopyLoader loader(name.c_str(), scratch, ignored, decide, to);
  loader.load(from, {});
  return loader.rows;
}

std::string RowSharing::case_toml(std::string_view text) const {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  try {
    toml::table root = toml::parse(text);
    root.erase("audience");
    if (auto* requested = root.at_path("request.requested").as_array()) {
      const std::string agency = reader_.address.substr(0, reader_.address.find('/'));
      for (std::size_t i = requested->size(); i-- > 0;) {
        const toml::node& item = *requested->get(i);
        const auto* table = item.as_table();
        const std::string id = table ? (*table)["id"].value_or(std::string()) : item.value_or(std::string());
        if (id != agency && id != reader_.address)
          requested->erase(requested->begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    std::ostringstream out;
    out << root << "\n";
    return out.str();
  } catch (const toml::parse_error& e) {
    throw Failure(Code::unavailable, "case.toml: changed while it was being read",
                  "nothing was packed: try again");
  }
}

}  // namespace exchange
