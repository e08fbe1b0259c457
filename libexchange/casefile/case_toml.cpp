#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <functional>
#include <regex>
#include <sstream>

#include "libexchange/base/text.h"
#include "libexchange/casefile/loaders.h"
#include "libexchange/casefile/tables.h"
#include "libexchange/trust/address.h"

namespace exchange {

namespace {

constexpr const char* kFile = "case.toml";
class TomlLoader {
 public:
  TomlLoader(const toml::table& root, Case& the_case, Problems& problems)
      : root_(root), case_(the_case), r_(the_case.request), problems_(problems) {}

  void load() {
    load_heading();
    load_parties();
    load_substance();
    load_handling();
    load_audience();
    load_related();
  }

 private:
  std::size_t line_of(const std::string& path) const {
    const auto node = root_.at_path(path);
    return node ? node.node()->source().begin.line : 0;
  }
  Problem problem(const std::string& path, const std::string& value, std::string why,
                  std::string remedy) const {
    return {Problem::Level::refuse, kFile,  line_of(path), path, value, std::move(why),
            std::move(remedy),      nullptr};
  }
  void refuse(const std::string& path, const std::string& value, std::string why, std::string remedy) {
    problems_.add(problem(path, value, std::move(why), std::move(remedy)));
  }
  void broken(std::string_view rule_id, const std::string& path, const std::string& value, std::string why,
              std::string remedy) {
    problems_.broken(rule_id, problem(path, value, std::move(why), std::move(remedy)));
  }

  // Text; a number or a date of TOML is taken as written.
  static std::string text_of(const toml::node* node) {
    if (!node) return {};
    if (const auto text = node->value<std::string>()) return *text;
    if (const auto number = node->value<std::int64_t>()) return std::to_string(*number);
    std::ostringstream out;
    if (const auto* date = node->as_date()) out << date->get();
    if (const auto* time = node->as_date_time()) out << time->get();
    return out.str();
  }
  std::string text(const std::string& path) const { return text_of(root_.at_path(path).node()); }
  static std::string text(const toml::table& t, const char* key) { return text_of(t.get(key)); }

  std::vector<std::string> list(const std::string& path) const {
    std::vector<std::string> out;
    const auto node = root_.at_path(path);
    if (const auto* array = node.as_array())
      for (const auto& item : *array) out.push_back(text_of(&item));
    else if (const std::string one = text_of(node.node()); !one.empty())
      out.push_back(one);
    return out;
  }
  // Calls `each` for a table or every table of an array.
  void tables(const std::string& path, const std::function<void(const toml::table&)>& each) const {
    const auto node = root_.at_path(path);
    if (const auto* one = node.as_table()) each(*one);
    if (const auto* array = node.as_array())
      for (const auto& item : *array)
        if (const auto* t = item.as_table()) each(*t);
  }

  // A value of a closed list; empty is left to the rules.
  std::string choice(const std::string& path, std::span<const std::string_view> from) {
    const std::string value = text(path);
    if (!value.empty() && !contains(from, value))
      refuse(path, value, "is not one of the list", "use one of: " + joined(from));
    return value;
  }
  void require(std::string_view rule_id, const std::string& path, const std::string& value,
               const char* remedy) {
    if (trim(value).empty()) broken(rule_id, path, value, "is missing", remedy);
  }

  void load_heading() {
    r_.reference = text("reference");
    require("reference", "reference", r_.reference,
            "the case's reference, for instance XA-EXPOL-2026-000042");
    static const std::regex form("[A-Z]{2}-[A-Z0-9]{2,12}-[0-9]{4}-[0-9]{4,6}");
    if (!r_.reference.empty() && !std::regex_match(r_.reference.substr(0, 64), form))
      broken("reference-form", "reference", r_.reference, "has another form than COUNTRY-AGENCY-YEAR-NUMBER",
             "for instance XA-EXPOL-2026-000042");
    r_.title = text("title");
    require("title", "title", r_.title, "a short name of the case");
    r_.language = text("language");
    require("language", "language", r_.language, "a BCP 47 tag such as en or km");
    r_.type = choice("request.type", request_types());
    if (r_.type.empty()) r_.type = "evidence";
    r_.channel = choice("request.channel", channels());
    static constexpr std::array<std::string_view, 3> use = {"yes", "no", "with_consent"};
    r_.evidential_use = choice("request.evidential_use", use);
    r_.evidential_consent_ref = text("request.evidential_consent_ref");
  }

  Party party(const std::string& path, const toml::node& node) {
    Party p;
    if (const auto* t = node.as_table()) {
      for (const auto& [key, to] : {std::pair{"id", &p.id},
                                    {"name", &p.name},
                                    {"name_latin", &p.name_latin},
                                    {"country", &p.country},
                                    {"central_authority", &p.central_authority},
                                    {"contact", &p.contact},
                                    {"person", &p.person},
                                    {"function", &p.function}})
        *to = text(*t, key);
    } else {
      p.id = text_of(&node);
    }
    if (!is_agency_id(p.id) && !Address::parse(p.id))
      refuse(path, p.id, "is not an agency id", "for instance cn-example-police");
    return p;
  }

  void load_parties() {
    if (const auto node = root_.at_path("request.requesting"))
      r_.requesting = party("request.requesting", *node.node());
    if (r_.requesting.id.empty())
      broken("requesting", "request.requesting", "", "does not say which agency asks",
             "name the agency's id");
    const auto node = root_.at_path("request.requested");
    if (const auto* array = node.as_array()) {
      for (const auto& item : *array) r_.requested.push_back(party("request.requested", item));
    } else if (node) {
      r_.requested.push_back(party("request.requested", *node.node()));
    }
    if (r_.requested.empty())
      broken("requested", "request.requested", "", "does not say who is asked", "list the agencies' ids");
    if (r_.requesting.person.empty() || r_.requesting.function.empty())
      broken("person-in-charge", "request.requesting.person", "",
             "names no person in charge and their function",
             "write requesting as a table with id, person and function");
    r_.stage = choice(
        root_.at_path("request.proceeding.stage") ? "request.proceeding.stage" : "request.stage", stages());
    require("proceeding", "request.stage", r_.stage,
            "the stage of the proceeding, for instance investigation");
    r_.case_number = text("request.proceeding.case_number");
    r_.court = text("request.proceeding.court");
  }

  void load_legal_basis() {
    tables("request.legal_basis", [&](const toml::table& t) {
      LegalBasis basis{text(t, "instrument"), text(t, "article"), text(t, "citation")};
      if (basis.instrument.empty()) basis.instrument = "other";
      if (!contains(instruments(), basis.instrument))
        refuse("request.legal_basis", basis.instrument, "is not a known instrument",
               "use one of: " + joined(instruments()));
      if (trim(basis.article + basis.citation).empty())
        broken("legal-basis-article", "request.legal_basis", basis.instrument,
               "names neither article nor citation", "say which article allows this");
      r_.legal_basis.push_back(std::move(basis));
    });
    if (r_.legal_basis.empty())
      broken("legal-basis", "request.legal_basis", "", "no legal basis is given",
             "add [[request.legal_basis]] with instrument and article");
  }

  void load_substance() {
    load_legal_basis();
    r_.purpose = text("request.purpose");
    const std::size_t length = trim(r_.purpose).size();
    if (length < 20)
      broken("purpose", "request.purpose", r_.purpose,
             length == 0 ? "is missing" : "too short to state a purpose",
             "say in 20 characters or more what the evidence is for");
    else if (length < 40)
      broken("purpose-length", "request.purpose", r_.purpose, "too short for this policy",
             "say it in 40 characters or more");
    r_.facts = text("request.facts");
    if (r_.type != "service")
      require("facts", "request.facts", r_.facts, "when, where and how, and why each item is needed");
    r_.procedure = text("request.procedure");
    r_.translation = text("request.translation");
    r_.assistance_sought = list("request.assistance_sought");
    r_.undertakings = list("request.undertakings");
    load_offences();
    load_safeguards();
    static constexpr std::array<std::string_view, 3> urgencies = {"routine", "urgent", "emergency"};
    static constexpr std::array<std::string_view, 3> secrecies = {"standard", "notify_before_disclosure",
                                                                  "sealed"};
    r_.urgency = choice("request.urgency", urgencies);
    if (r_.urgency.empty()) r_.urgency = "routine";
    r_.urgency_reason = text("request.urgency_reason");
    r_.needed_by = text("request.needed_by");
    r_.oral_request_at = text("request.oral_request_at");
    r_.confidentiality = choice("request.confidentiality", secrecies);
    r_.confidentiality_reason = text("request.confidentiality_reason");
    tables("request.preserve", [&](const toml::table& t) {
      r_.preserve =
          Preservation{text(t, "data"),      text(t, "custodian"), text(t, "location"),
                       text(t, "necessity"), text(t, "expires"),   t["mla_will_follow"].value_or(false)};
    });
  }

  void load_offences() {
    tables("request.offences", [&](const toml::table& t) {
      Offence o{text(t, "name"),
                text(t, "law"),
                text(t, "text"),
                text(t, "iccs"),
                "",
                "",
                text(t, "dual_criminality")};
      if (const auto* penalty = t["max_penalty"].as_table()) {
        o.penalty = text(*penalty, "kind");
        o.years = text(*penalty, "years");
      }
      static constexpr std::array<std::string_view, 4> penalties = {"fine", "imprisonment", "life", "death"};
      static constexpr std::array<std::string_view, 4> dual = {"met", "not_required", "doubtful", "unknown"};
      if (!o.penalty.empty() && !contains(penalties, o.penalty))
        refuse("request.offences", o.penalty, "is not a kind of penalty", "use one of: " + joined(penalties));
      if (!o.dual_criminality.empty() && !contains(dual, o.dual_criminality))
        refuse("request.offences", o.dual_criminality, "is not one of the list",
               "use one of: " + joined(dual));
      if (o.name.empty() || o.law.empty())
        broken("offences", "request.offences", o.name, "an offence without name or law", "give both");
      if (o.penalty.empty())
        broken("max-penalty", "request.offences", o.name, "has no highest penalty",
               "add max_penalty = { kind = \"imprisonment\", years = 10 }");
      r_.offences.push_back(std::move(o));
    });
    if (r_.offences.empty())
      broken("offences", "request.offences", "", "no offence is named", "add [[request.offences]]");
  }

  void load_safeguards() {
    static constexpr std::array<std::string_view, 3> death = {"not_applicable", "assured", "not_assured"};
    static constexpr std::array<std::string_view, 2> answers = {"yes", "no"};
    r_.death_penalty = choice("request.death_penalty", death);
    r_.assurance = {text("request.assurance.file"), text("request.assurance.issuer"),
                    text("request.assurance.date")};
    r_.political = choice("request.political.answer", answers);
    r_.ne_bis_in_idem = choice("request.ne_bis_in_idem.answer", answers);
  }

  void load_handling() {
    if (const std::string tlp = text("handling.tlp"); !tlp.empty()) r_.tlp = tlp;
    if (!contains(tlp_marks(), r_.tlp))
      broken("tlp", "handling.tlp", r_.tlp, "is not a TLP 2.0 mark", "use one of: " + joined(tlp_marks()));
    r_.level = text("handling.level");
    r_.handling_code = choice("handling.code", handling_codes());
    r_.handling_text = text("handling.text");
    r_.review_on = text("retention.review_on");
    r_.delete_after = text("retention.delete_after");
    r_.retention_basis = text("retention.basis");
    const std::string onward = text("onward.policy");
    if (!onward.empty()) r_.onward = onward.substr(0, onward.find(':'));
    if (!contains(onward_rules(), r_.onward))
      broken("onward", "onward.policy", onward, "is not a rule for onward transfer",
             "use prohibited, with_consent, or list:AGENCY,AGENCY");
    if (r_.onward == "list")
      for (const std::string_view agency :
           split(std::string_view(onward).substr(std::min(onward.size(), std::size_t{5})), ','))
        r_.onward_agencies.emplace_back(trim(agency));
    r_.onward_consent_ref = text("onward.consent_ref");
    r_.controller = text("data_protection.controller");
    r_.lawful_basis = text("data_protection.lawful_basis");
    r_.special_categories = list("data_protection.special_categories");
    require("data-protection", "data_protection.controller", r_.controller,
            "who answers for the personal data");
  }

  void load_audience() {
    const auto* table = root_["audience"].as_table();
    if (!table) return;
    for (const auto& [alias, value] : *table) {
      const std::string name(alias.str());
      for (const std::string& address : list("audience." + name)) {
        if (!Address::parse(address))
          refuse("audience", address, "is not AGENCY/NAME", "for instance kh-example-police/evidence-desk");
        case_.aliases[name].push_back(address);
      }
    }
  }

  void load_related() {
    tables("related", [&](const toml::table& t) {
      r_.related.push_back(
          {text(t, "seal"), text(t, "reference"), text(t, "notice_type"), text(t, "notice_no")});
      const auto seal = from_hex(r_.related.back().seal);
      if (!r_.related.back().seal.empty() && (!seal || seal->size() != 32))
        refuse("related", r_.related.back().seal, "is not a seal id of 64 hexadecimal digits",
               "copy it from valise verify of the earlier bundle");
    });
  }

  const toml::table& root_;
  Case& case_;
  Request& r_;
  Problems& problems_;
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

bool Request::is_intelligence() const {
  return channel == "police_to_police" || channel == "interpol_i247" || channel == "spontaneous" ||
         channel == "fiu" || type == "spontaneous";
}

bool Request::is_coercive() const { return type == "freeze_assets" || type == "extradition_support"; }

void load_case_toml(std::string_view text, Case& the_case, Problems& problems) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  try {
    const toml::table root = toml::parse(text, std::string_view(kFile));
    TomlLoader(root, the_case, problems).load();
  } catch (const toml::parse_error& e) {
    const auto& at = e.source().begin;
    problems.add({Problem::Level::refuse, kFile, at.line, fmt::format("column {}", at.column), "",
                  printable(e.description()) + line_with_caret(text, at),
                  "mend this line; TOML text stands in double quotes", nullptr});
  }
}

}  // namespace exchange
