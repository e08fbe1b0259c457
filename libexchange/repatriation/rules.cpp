#include "libexchange/repatriation/rules.h"

#include <algorithm>

#include "libexchange/base/partial_date.h"
#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/predicates.h"

namespace exchange::repatriation {

namespace {

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string joined(const std::set<std::string>& words) { return joined(Words(words.begin(), words.end())); }

Refusal not_entitled(const Event& e, const std::string& what, const std::set<std::string>& usages) {
  return {"key",
          "a key for " + e.usage + " may not record " + what,
          "this is for a key with usage " + joined(usages),
          {}};
}

void put_gate(Standing& standing, Gate gate) {
  const auto at = std::ranges::lower_bound(standing.gates, gate.name, {}, &Gate::name);
  if (at != standing.gates.end() && at->name == gate.name)
    *at = std::move(gate);
  else
    standing.gates.insert(at, std::move(gate));
}

void put_fact(Facts& facts, const std::string& name, const std::string& value) {
  const auto at = std::ranges::lower_bound(facts, name, {}, &std::pair<std::string, std::string>::first);
  if (at != facts.end() && at->first == name)
    at->second = value;
  else
    facts.insert(at, {name, value});
}

Standing* standing_of(Person& person, Track track) {
  return const_cast<Standing*>(std::as_const(person).standing(track));
}

void open_record(Person& person, Track track) {
  if (person.standing(track)) return;
  if (track == Track::assisted_return)
    person.assisted.emplace();
  else
    person.suspect.emplace();
}

// Gates that this edge needs, of those that are for this policy and this person.
Words needed_gates(const Tables& tables, const Edge& edge, const Person& person, Strictness strictness) {
  Words names;
  const auto add = [&](const Words& from) {
    for (const std::string& name : from)
      if (strictness == Strictness::strict || !tables.gate(name)->strict_only) names.push_back(name);
  };
  add(edge.gates);
  if (person.treated_as_minor()) add(edge.minor_gates);
  return names;
}

void check_gates(std::vector<Refusal>& out, const Tables& tables, const Edge& edge, const Person& person,
                 const Standing& standing, Strictness strictness) {
  for (const std::string& name : needed_gates(tables, edge, person, strictness))
    if (!standing.passed(name))
      out.push_back({"gate " + name, "gate " + name + " is " + standing.gate_value(name),
                     "record it: valise repat gate " + person.id + " " + name + "=ok",
                     tables.gate(name)->source.text});
}

void check_predicates(std::vector<Refusal>& out, const Tables& tables, const Situation& s) {
  Words names = s.edge.refuse_when;
  const Words& always = tables.state(s.edge.track, s.edge.to)->refuse_when;
  names.insert(names.end(), always.begin(), always.end());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      continue;
    if (!refuses(names[i], s)) continue;
    const RefusalType& type = *tables.refusal(names[i]);
    out.push_back({type.name, type.text, type.remedy, type.source.text});
  }
}

void check_documents(std::vector<Refusal>& out, const Edge& edge, const Event& step, Strictness strictness) {
  if (edge.documents.empty()) return;
  if (strictness == Strictness::standard) {
    if (step.documents.empty())
      out.push_back({"documents", "no document is named", "give --doc REF: " + joined(edge.documents),
                     edge.source.text});
    return;
  }
  for (const std::string& kind : edge.documents)
    if (std::ranges::none_of(step.documents, [&](const Document& d) { return d.kind == kind; }))
      out.push_back(
          {"documents", "no document of kind " + kind, "give --doc " + kind + "=REF", edge.source.text});
}

// The edge that is meant: the first whose condition the person's fields meet.
const Edge* meant(const std::vector<const Edge*>& edges, const Person& person) {
  for (const Edge* e : edges)
    if (e->when_field.empty() || person.fact(e->when_field) == e->when_value) return e;
  return nullptr;
}

bool value_fits(const FieldType& type, const std::string& value) {
  if (type.kind == "word") return std::ranges::find(type.words, value) != type.words.end();
  if (type.kind == "country") return country_alpha3(value) == value;
  if (type.kind == "born") return read_partial_date(value).date.has_value();
  if (type.kind == "date") return from_date(value).has_value();
  if (type.kind == "time") return from_rfc3339(value).has_value();
  return true;
}

void check_fields(std::vector<Refusal>& out, const Tables& tables, const Event& e) {
  for (const auto& [name, value] : e.fields) {
    const FieldType* type = tables.field(name);
    if (!type)
      out.push_back({"field", "\"" + printable(name) + "\" is no field", "see docs/repatriation.md", {}});
    else if (type->group != e.group)
      out.push_back({"field",
                     name + " does not belong into an event of group " + e.group,
                     "its group is " + type->group,
                     {}});
    else if (!value_fits(*type, value))
      out.push_back({"field",
                     name + " has an impossible value",
                     type->words.empty() ? "it is a " + type->kind : "one of " + joined(type->words),
                     {}});
  }
}

// Was this gate kept from this author by what stands in `not_by`?
bool excluded(const GateType& type, const Event& e, const Person& person, const Standing& standing) {
  return std::ranges::any_of(type.not_by, [&](const std::string& by) {
    const std::string name = by.substr(by.find(':') + 1);
    if (by.starts_with("field:")) return person.fact(name) == e.by.text();
    const Gate* other = standing.gate(name);
    return other && other->by == e.by.text();
  });
}

void check_gate(std::vector<Refusal>& out, const Tables& tables, const Event& e, const std::string& name,
                const std::string& value, const Person* person) {
  const GateType* type = tables.gate(name);
  if (!type || !e.track || !type->tracks.contains(*e.track)) {
    out.push_back(
        {"gate", "\"" + printable(name) + "\" is no gate of this track", "see docs/repatriation.md", {}});
    return;
  }
  if (value == "waived" && !type->waivable)
    out.push_back(
        {"gate " + name, "gate " + name + " cannot be waived", "there is no override", type->source.text});
  if (value != "ok" && value != "waived") return;  // any of these keys may open a gate or say that it failed
  if (!type->usages.contains(e.usage)) out.push_back(not_entitled(e, "gate " + name, type->usages));
  if (!person) return;
  const Standing* standing = person->standing(*e.track);
  if (!standing) return;
  if (excluded(*type, e, *person, *standing))
    out.push_back({"gate " + name, "gate " + name + " may not be passed by " + e.by.text(),
                   "the same person twice: let another officer sign", type->source.text});
  if (!type->after_failed.empty() && standing->gate_value(name) == "failed" &&
      !type->after_failed.contains(e.usage))
    out.push_back(not_entitled(e, "gate " + name + " once it had failed", type->after_failed));
}

}  // namespace

Person with_event(const Person& person, const Event& event) {
  Person after = person;
  if (event.track) {
    open_record(after, *event.track);
    for (const auto& [name, value] : event.gates)
      put_gate(*standing_of(after, *event.track), {name, value, event.at, event.by.text()});
  }
  for (const auto& [name, value] : event.fields) put_fact(after.facts, name, value);
  return after;
}

StepCheck check_step(const Tables& tables, const Person& person, const Event& step, bool reason,
                     Strictness strictness) {
  StepCheck check;
  const Person after = with_event(person, step);
  const Standing& standing = *after.standing(*step.track);
  check.edge = meant(tables.edges(*step.track, step.from, step.to), after);
  if (!check.edge || standing.state != step.from) {
    Words possible;
    for (const Edge* e : tables.edges_from(*step.track, standing.state))
      if (std::ranges::find(possible, e->to) == possible.end()) possible.push_back(e->to);
    check.edge = nullptr;
    check.refusals.push_back({"step",
                              standing.state == "-"
                                  ? "a record begins with a report, not with " + step.to
                                  : "no step leads from " + standing.state + " to " + step.to,
                              possible.empty() ? "nothing follows " + standing.state
                                               : "possible from " + standing.state + ": " + joined(possible),
                              {}});
    return check;
  }
  const Edge& edge = *check.edge;
  if (!edge.usages.contains(step.usage))
    check.refusals.push_back(not_entitled(step, "the step to " + edge.to, edge.usages));
  check_predicates(check.refusals, tables, {tables, after, standing, step, edge, reason});
  check_gates(check.refusals, tables, edge, after, standing, strictness);
  check_documents(check.refusals, edge, step, strictness);
  return check;
}

std::vector<Refusal> check_form(const Tables& tables, const Event& event, const Person* person) {
  std::vector<Refusal> out;
  static const std::set<std::string> keys = {"consular", "protection", "supervisor", "custody"};
  if (!keys.contains(event.usage)) out.push_back(not_entitled(event, "anything here", keys));
  if (!tables.is_group(event.group))
    out.push_back({"group", "\"" + event.group + "\" is no group", "see docs/repatriation.md", {}});
  const bool position = event.kind == "advance" || event.kind == "settle";
  if (position != !event.to.empty() || (position && !event.track))
    out.push_back({"kind", "a step and only a step says from where to where, and on which track", {}, {}});
  check_fields(out, tables, event);
  std::vector<std::pair<std::string, std::string>> sets;  // gates that the step itself sets
  if (event.kind == "advance" && event.track)
    for (const Edge* e : tables.edges(*event.track, event.from, event.to))
      sets.insert(sets.end(), e->sets.begin(), e->sets.end());
  for (const auto& [name, value] : event.gates)
    if (std::ranges::find(sets, std::pair(name, value)) == sets.end())
      check_gate(out, tables, event, name, value, person);
  return out;
}

std::vector<NextStep> next_steps(const Tables& tables, const Person& person, Track track, Instant now,
                                 Strictness strictness) {
  std::vector<NextStep> out;
  const Standing* standing = person.standing(track);
  if (!standing) return out;
  for (const Edge* edge : tables.edges_from(track, standing->state)) {
    if (!edge->when_field.empty() && !person.fact(edge->when_field).empty() &&
        person.fact(edge->when_field) != edge->when_value)
      continue;
    Event step;
    step.person = person.id;
    step.track = track;
    step.from = standing->state;
    step.to = edge->to;
    step.at = {now, 0};
    const Person after = with_event(person, step);
    NextStep next{edge, {}};
    check_predicates(next.missing, tables, {tables, after, *after.standing(track), step, *edge, true});
    check_gates(next.missing, tables, *edge, after, *after.standing(track), strictness);
    out.push_back(std::move(next));
  }
  return out;
}

std::vector<Refusal> alerts(const Tables& tables, const Person& person, Track track) {
  std::vector<Refusal> out;
  const Standing* standing = person.standing(track);
  const State* state = standing ? tables.state(track, standing->state) : nullptr;
  if (!state || state->phase != Phase::removal) return out;
  Edge here{};
  here.track = track;
  here.to = state->name;
  Event arrival;
  arrival.at = standing->since;
  check_predicates(out, tables, {tables, person, *standing, arrival, here, true});
  return out;
}

}  // namespace exchange::repatriation
