#include "libexchange/repatriation/predicates.h"

#include <algorithm>

#include "libexchange/base/failure.h"
#include "libexchange/repatriation/rules.h"

namespace exchange::repatriation {

namespace {

constexpr std::int64_t kDay = 86400;

bool is_set(const Situation& s, std::string_view gate, std::string_view value) {
  const Gate* found = s.standing.gate(gate);
  return found && found->value == value;
}

bool has_document(const Situation& s, std::string_view kind) {
  return std::ranges::any_of(s.step.documents, [&](const Document& d) { return d.kind == kind; });
}

bool same_person_twice(const Situation& s) {
  const std::string screener = s.step.by.text();
  const std::string &reader = s.fact("second_reader"), &investigator = s.fact("investigator");
  return screener == reader || screener == investigator || (!reader.empty() && reader == investigator);
}

bool consent_old(const Situation& s) {
  const Gate* consent = s.standing.gate("consent");
  return consent && consent->passed() && s.step.at.at.seconds - consent->at.at.seconds > 30 * kDay;
}

bool not_own_country(const Situation& s) {
  const std::string& to = s.fact("destination");
  return !to.empty() && to != s.fact("nationality") && to != s.fact("residence");
}

// Stateless persons, and those whose nationality nobody can say (ICAO 9303-3: XXA, XXX).
bool no_admission(const Situation& s) {
  const std::string& nationality = s.fact("nationality");
  return (nationality == "XXA" || nationality == "XXX") && s.fact("admission").empty() &&
         !has_document(s, "admission");
}

bool minor_unprotected(const Situation& s) {
  return s.person.treated_as_minor() && !(s.passed("guardian") && s.passed("bid"));
}

bool asylum(const Situation& s) { return asylum_open(s.person); }

// Under 4x4 and 5x5x5: source E, or information 4 or 5, stands for "nobody can say".
bool poor_intelligence(const Situation& s) {
  return s.fact("evaluation").find_first_of("E45") != std::string::npos && s.step.documents.empty();
}

bool cooling_off(const Situation& s) { return s.step.at.at.seconds - s.standing.since.at.seconds < kDay; }

bool already_departed(const Situation& s) {
  const State* state = s.tables.state(s.edge.track, s.standing.state);
  return state && state->phase != Phase::before;
}

bool gate_reopened(const Situation& s) {
  return std::ranges::any_of(s.standing.gates, [&](const Gate& g) {
    const GateType* type = s.tables.gate(g.name);
    return !g.passed() && type && type->stops_journey;
  });
}

struct Predicate {
  std::string_view name;
  bool (*holds)(const Situation&);
};
const Predicate kPredicates[] = {
    {"age_unsettled", [](const Situation& s) { return s.fact("minor").empty(); }},
    {"same_person_twice", same_person_twice},
    {"outcome_not_indicated", [](const Situation& s) { return s.fact("outcome") == "not_indicated"; }},
    {"outcome_victim", [](const Situation& s) { return s.fact("outcome") == "presumed_victim"; }},
    {"reason_missing", [](const Situation& s) { return !s.reason && s.step.documents.empty(); }},
    {"asked_for_time", [](const Situation& s) { return s.fact("asked_for_time") == "yes"; }},
    {"screening_missing", [](const Situation& s) { return !s.passed("screening"); }},
    {"refoulement_risk", [](const Situation& s) { return !is_set(s, "risk", "ok"); }},
    {"consent_withdrawn", [](const Situation& s) { return is_set(s, "consent", "failed"); }},
    {"consent_old", consent_old},
    {"not_own_country", not_own_country},
    {"no_admission", no_admission},
    {"asylum_open", asylum},
    {"minor_unprotected", minor_unprotected},
    {"minor", [](const Situation& s) { return s.person.treated_as_minor(); }},
    {"already_departed", already_departed},
    {"poor_intelligence", poor_intelligence},
    {"no_interpreter", [](const Situation& s) { return s.fact("interpreter") == "no"; }},
    {"mode_missing", [](const Situation& s) { return s.fact("mode").empty(); }},
    {"extradition_bar", [](const Situation& s) { return s.fact("extradition_bar") == "yes"; }},
    {"death_not_assured", [](const Situation& s) { return s.fact("death_penalty") == "not_assured"; }},
    {"appeal_pending", [](const Situation& s) { return s.fact("appeal") == "pending"; }},
    {"detained_without_counsel", [](const Situation& s) { return s.fact("counsel") == "no"; }},
    {"cooling_off", cooling_off},
    {"gate_reopened", gate_reopened},
};

}  // namespace

bool refuses(std::string_view predicate, const Situation& s) {
  for (const Predicate& p : kPredicates)
    if (p.name == predicate) return p.holds(s);
  throw Failure(Code::policy, "\"" + std::string(predicate) + "\" is no refusal that this program knows",
                "mend refusals.csv, or use a newer program");
}

std::vector<std::string_view> predicate_names() {
  std::vector<std::string_view> names;
  for (const Predicate& p : kPredicates) names.push_back(p.name);
  return names;
}

}  // namespace exchange::repatriation
