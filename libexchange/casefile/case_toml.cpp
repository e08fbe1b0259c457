#include <fmt/format.h>
#include <toml++/toml.h>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/tables.h"
#include "libexchange/trust/address.h"

namespace exchange {

namespace {

constexpr const char* kFile = "case.toml";
constexpr std::size_t kMinPurpose = 20;

class TomlLoader {
 public:
  TomlLoader(const toml::table& root, Case& the_case, std::vector<Problem>& problems)
      : root_(root), case_(the_case), problems_(problems) {}

  void load() {
    case_.reference = required("reference", "the case's reference, for instance XA-EXPOL-2026-000042");
    case_.title = required("title", "a short name of the case");
    case_.language = text("language");
    case_.purpose = required("request.purpose", "what the evidence is for, in words");
    if (!case_.purpose.empty() && trim(case_.purpose).size() < kMinPurpose)
      refuse("request.purpose", case_.purpose, "too short to state a purpose",
             "say in 20 characters or more what the evidence is for");
    load_requesting();
    load_legal_basis();
    load_handling();
    load_audience();
    warn_if_missing("request.offences", "no offence is named", "add [[request.offences]]");
  }

 private:
  std::size_t line_of(const char* path) const {
    const auto node = root_.at_path(path);
    return node ? node.node()->source().begin.line : 0;
  }
  void add(Problem::Level level, const char* path, std::string value, std::string why, std::string remedy) {
    problems_.push_back(
        {level, kFile, line_of(path), path, std::move(value), std::move(why), std::move(remedy)});
  }
  void refuse(const char* path, std::string value, std::string why, std::string remedy) {
    add(Problem::Level::refuse, path, std::move(value), std::move(why), std::move(remedy));
  }
  void warn_if_missing(const char* path, const char* why, const char* remedy) {
    if (!root_.at_path(path)) add(Problem::Level::warn, path, "", why, remedy);
  }
  std::string text(const char* path) { return root_.at_path(path).value_or(std::string()); }
  std::string required(const char* path, const char* remedy) {
    std::string value = text(path);
    if (trim(value).empty()) refuse(path, value, "is missing", remedy);
    return value;
  }

  void load_requesting() {
    case_.requesting = text("request.requesting");
    if (case_.requesting.empty()) case_.requesting = text("request.requesting.id");
    if (case_.requesting.empty())
      add(Problem::Level::warn, "request.requesting", "", "does not say which agency asks",
          "name the agency's id");
    else if (!is_agency_id(case_.requesting))
      refuse("request.requesting", case_.requesting, "is not an agency id", "for instance cn-example-police");
  }

  void load_legal_basis() {
    const auto add_one = [&](const toml::table& t) {
      LegalBasis basis{t["instrument"].value_or(std::string("other")), t["article"].value_or(std::string()),
                       t["citation"].value_or(std::string())};
      if (!contains(instruments(), basis.instrument))
        refuse("request.legal_basis", basis.instrument, "is not a known instrument",
               "use one of: " + joined(instruments()));
      case_.legal_basis.push_back(std::move(basis));
    };
    if (const auto* list = root_.at_path("request.legal_basis").as_array())
      for (const auto& item : *list)
        if (const auto* t = item.as_table()) add_one(*t);
    if (case_.legal_basis.empty())
      refuse("request.legal_basis", "", "no legal basis is given",
             "add [[request.legal_basis]] with instrument and article");
  }

  void load_handling() {
    case_.tlp = text("handling.tlp");
    if (case_.tlp.empty()) case_.tlp = "AMBER+STRICT";
    if (!contains(tlp_marks(), case_.tlp))
      refuse("handling.tlp", case_.tlp, "is not a TLP 2.0 mark", "use one of: " + joined(tlp_marks()));
  }

  void load_audience() {
    const auto* table = root_["audience"].as_table();
    if (!table) return;
    for (const auto& [alias, value] : *table) {
      std::vector<std::string> addresses;
      if (const auto one = value.value<std::string>()) addresses.push_back(*one);
      if (const auto* list = value.as_array())
        for (const auto& item : *list)
          if (const auto one = item.value<std::string>()) addresses.push_back(*one);
      for (const std::string& address : addresses)
        if (!Address::parse(address))
          refuse("audience", address, "is not AGENCY/NAME", "for instance kh-example-police/evidence-desk");
      case_.aliases[std::string(alias.str())] = std::move(addresses);
    }
  }

  const toml::table& root_;
  Case& case_;
  std::vector<Problem>& problems_;
};

std::string line_with_caret(std::string_view text, const toml::source_position& at) {
  const auto lines = split(text, '\n');
  if (at.line == 0 || at.line > lines.size()) return {};
  const std::string line = printable(lines[at.line - 1].substr(0, 200));
  return "\n  " + line + "\n  " +
         std::string(at.column > 0 ? std::min<std::size_t>(at.column - 1, 200) : 0, ' ') + "^";
}

}  // namespace

std::string LegalBasis::text() const {
  std::string out = instrument == "other" ? "" : instrument;
  if (!article.empty()) out += (out.empty() ? "" : " art. ") + article;
  if (!citation.empty()) out += (out.empty() ? "" : ", ") + citation;
  return out;
}

void load_case_toml(Case& the_case, std::vector<Problem>& problems) {
  const Bytes bytes = read_file(the_case.folder / kFile, 1 << 20);
  std::string_view text = as_text(bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  try {
    const toml::table root = toml::parse(text, std::string_view(kFile));
    TomlLoader(root, the_case, problems).load();
  } catch (const toml::parse_error& e) {
    const auto& at = e.source().begin;
    problems.push_back({Problem::Level::refuse, kFile, at.line, fmt::format("column {}", at.column), "",
                        printable(e.description()) + line_with_caret(text, at),
                        "mend this line; TOML text stands in double quotes"});
  }
}

}  // namespace exchange
