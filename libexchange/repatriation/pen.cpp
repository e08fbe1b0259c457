#include "libexchange/repatriation/pen.h"

#include <algorithm>
#include <array>

#include "libexchange/base/text.h"

namespace exchange::repatriation {

namespace {

// Of keys, in the order in which they are tried.
constexpr std::array<std::string_view, 4> kUsages = {"consular", "protection", "supervisor", "custody"};

Standing* standing_of(Person& person, Track track) {
  if (track == Track::assisted_return)
    return &(person.assisted ? *person.assisted : person.assisted.emplace()).standing;
  return &(person.suspect ? *person.suspect : person.suspect.emplace()).standing;
}

// Who may see an event with these gates: what tells of a claim to asylum is for protection alone.
std::string group_of(const std::map<std::string, std::string>& gates) {
  return gates.contains("asylum") ? "asylum" : "status";
}

std::vector<std::string> ids_of(const std::vector<Head>& heads) {
  std::vector<std::string> ids;
  for (const Head& h : heads) ids.push_back(h.id);
  std::ranges::sort(ids);
  return ids;
}

bool contradicts(const Standing& standing) {
  return std::ranges::any_of(standing.contradictions, [](const auto& c) { return c.about == "state"; });
}

}  // namespace

void refuse(const std::string& what, const std::vector<Refusal>& refusals) {
  std::string message = what;
  for (std::size_t i = 0; i < refusals.size(); ++i)
    message += (i == 0 ? ": " : "; ") + refusals[i].text +
               (refusals[i].source.empty() ? "" : " (" + refusals[i].source + ")");
  std::string hint, gates;
  for (const Refusal& r : refusals) {
    if (const std::size_t command = r.remedy.find("valise repat gate "); command != r.remedy.npos) {
      gates += gates.empty() ? r.remedy.substr(command) : r.remedy.substr(r.remedy.rfind(' '));
      continue;
    }
    if (!r.remedy.empty() && hint.find(r.remedy) == hint.npos) hint += (hint.empty() ? "" : "; ") + r.remedy;
  }
  if (!gates.empty()) hint += (hint.empty() ? "once it is so: " : "; once it is so: ") + gates;
  throw Failure(Code::policy, message, hint);
}

Pen::Pen(Desk& desk, const Author& author, Strictness strictness)
    : desk_(desk), author_(author), strictness_(strictness), now_{now().seconds, 0} {}

Pen::Draft& Pen::draft(const std::string& id) {
  const auto [at, is_new] = drafts_.try_emplace(id);
  if (is_new) {
    at->second.person.id = id;
    if (desk_.find(id)) {
      Folded folded = desk_.checked(id);
      at->second = {std::move(folded.person), std::move(folded.heads)};
    }
  }
  return at->second;
}

const Person& Pen::person(const std::string& id) { return draft(id).person; }

Event Pen::event_of(const Draft& draft, const Saying& saying, const std::string& kind) const {
  Event e;
  e.person = draft.person.id;
  e.track = saying.track;
  e.kind = kind;
  e.group = "status";
  e.at = saying.at;
  e.at.at.nanoseconds = 0;
  e.recorded = now_;
  e.by = author_.endorsement.officer;
  e.endorsement = author_.endorsement.text_hash;
  e.after = ids_of(draft.heads);
  return e;
}

template <class Check>
std::vector<Refusal> Pen::choose_usage(Event& event, Check check) const {
  std::vector<Refusal> first;
  bool any = false;
  for (const std::string_view usage : kUsages) {
    if (!author_.endorsement.usages.contains(std::string(usage))) continue;
    event.usage = usage;
    std::vector<Refusal> refusals = check(event);
    if (refusals.empty()) return {};
    // What is wrong under a fitting key says more than that the key does not fit.
    const bool fits = std::ranges::none_of(refusals, [](const Refusal& r) { return r.what == "key"; });
    const bool fitted = any && std::ranges::none_of(first, [](const Refusal& r) { return r.what == "key"; });
    if (!any || (fits && !fitted)) first = std::move(refusals);
    any = true;
  }
  if (!any)
    first.push_back({"key",
                     author_.endorsement.officer.text() + " may not record anything here",
                     "act with a key for consular, protection or supervisor (--as)",
                     {}});
  return first;
}

void Pen::put(Draft& draft, const Event& event) {
  SignedEvent done = SignedEvent::sign(event, author_.keys);
  draft.person = with_event(draft.person, event);
  if (!event.to.empty()) {
    Standing& standing = *standing_of(draft.person, *event.track);
    standing.state = event.to;
    standing.since = event.at;
    std::erase_if(standing.contradictions, [](const Contradiction& c) { return c.about == "state"; });
  }
  std::erase_if(draft.heads, [&](const Head& h) { return h.among == among(event); });
  draft.heads.push_back({among(event), done.id});
  written_.push_back(std::move(done));
}

void Pen::put_apart(Draft& draft, const Saying& saying, const std::string& group) {
  std::map<std::string, std::map<std::string, std::string>> others;
  for (const auto& [name, value] : saying.fields) {
    const FieldType* type = desk_.tables().field(name);
    if (!type)
      throw Failure(Code::usage, "\"" + printable(name) + "\" is no field", "see docs/repatriation.md");
    if (type->group != group) others[type->group][name] = value;
  }
  const auto put_one = [&](const std::string& kind, const std::string& its_group, auto fill) {
    Saying only;
    only.track = saying.track;
    only.at = saying.at;
    Event e = event_of(draft, only, kind);
    e.group = its_group;
    fill(e);
    const auto refusals =
        choose_usage(e, [&](const Event& tried) { return check_form(desk_.tables(), tried, &draft.person); });
    if (!refusals.empty()) refuse(draft.person.id, refusals);
    put(draft, e);
  };
  for (const auto& [its_group, fields] : others)
    put_one("fact", its_group, [&](Event& e) { e.fields = fields; });
  if (!saying.note.empty()) put_one("note", "note", [&](Event& e) { e.note = saying.note; });
}

Pen::Attempt Pen::attempt(const Draft& d, const std::string& to, const Saying& saying) const {
  const Tables& tables = desk_.tables();
  ensure(saying.track.has_value(), "a step on a track");
  if (std::ranges::none_of(kTracks, [&](Track t) { return tables.state(t, to) != nullptr; }))
    throw Failure(Code::usage, "\"" + printable(to) + "\" is no state",
                  "see: valise repat show " + d.person.id);
  Attempt out{event_of(d, saying, "advance"), nullptr, {}};
  const Standing* standing = d.person.standing(*saying.track);
  out.event.from = standing ? standing->state : "-";
  out.event.to = to;
  out.event.gates = saying.gates;
  out.event.documents = saying.documents;
  if (standing && contradicts(*standing)) {
    out.refusals.push_back({"contradiction",
                            "two desks wrote different steps from " + standing->state,
                            "settle it first: valise repat settle " + d.person.id + " EVENT --note REASON",
                            {}});
    return out;
  }
  Event facts;
  facts.fields = saying.fields;
  const Person with_facts = with_event(d.person, facts);
  out.refusals = choose_usage(out.event, [&](const Event& tried) {
    std::vector<Refusal> refusals = check_form(tables, tried, &with_facts);
    StepCheck check = check_step(tables, with_facts, tried, !saying.note.empty(), strictness_);
    refusals.insert(refusals.end(), check.refusals.begin(), check.refusals.end());
    out.edge = check.edge;
    return refusals;
  });
  return out;
}

std::vector<Refusal> Pen::try_step(const std::string& id, const std::string& to, const Saying& saying) {
  return attempt(draft(id), to, saying).refusals;
}

void Pen::step(const std::string& id, const std::string& to, const Saying& saying) {
  Draft& d = draft(id);
  Attempt attempted = attempt(d, to, saying);
  Event& e = attempted.event;
  if (!attempted.refusals.empty())
    refuse(id + " stays " + (e.from == "-" ? "unregistered" : e.from) + ", no step to " + to,
           attempted.refusals);
  const Edge& edge = *attempted.edge;
  for (const auto& [gate, value] : edge.sets) e.gates[gate] = value;
  e.group = group_of(e.gates);
  put_apart(d, saying, e.group);
  e.after = ids_of(d.heads);
  take_fields(e, saying);
  if (const auto refusals = check_form(desk_.tables(), e, nullptr); !refusals.empty()) refuse(id, refusals);
  put(d, e);
  if (edge.opens && !d.person.standing(*edge.opens)) open(d, *edge.opens, e);
}

// The record of the other track that a step opens.
void Pen::open(Draft& d, Track track, const Event& step) {
  const auto starts = desk_.tables().edges_from(track, "-");
  ensure(!starts.empty(), "a track has a beginning");
  Saying report;
  report.track = track;
  report.at = step.at;
  Event e = event_of(d, report, "advance");
  e.from = "-";
  e.to = starts.front()->to;
  e.usage = step.usage;
  put(d, e);
}

void Pen::take_fields(Event& e, const Saying& saying) const {
  for (const auto& [name, value] : saying.fields)
    if (desk_.tables().field(name)->group == e.group) e.fields.emplace(name, value);
}

void Pen::say(const std::string& id, const std::string& kind, const Saying& saying) {
  Draft& d = draft(id);
  const std::string group = group_of(saying.gates);
  put_apart(d, saying, group);
  Event e = event_of(d, saying, kind);
  e.group = group;
  e.gates = saying.gates;
  e.documents = saying.documents;
  take_fields(e, saying);
  if (e.gates.empty() && e.documents.empty() && e.fields.empty()) return;
  const auto refusals =
      choose_usage(e, [&](const Event& tried) { return check_form(desk_.tables(), tried, &d.person); });
  if (!refusals.empty()) refuse(id, refusals);
  put(d, e);
}

void Pen::settle(const std::string& id, const std::string& event, const Saying& saying) {
  Draft& d = draft(id);
  if (saying.note.empty()) throw Failure(Code::policy, id + ": a reason is needed", "give --note");
  for (const Track track : kTracks) {
    const Standing* standing = d.person.standing(track);
    if (!standing) continue;
    for (const Contradiction& c : standing->contradictions)
      for (std::size_t i = 0; c.about == "state" && i < c.events.size(); ++i)
        if (c.events[i].starts_with(event)) {
          Saying said = saying;
          said.track = track;
          const std::string chosen = c.events[i], to = c.values[i], from = standing->state;
          put_apart(d, said, "status");
          Event e = event_of(d, said, "settle");
          e.from = from;
          e.to = to;
          e.fields["settles"] = chosen;
          const auto refusals =
              choose_usage(e, [&](const Event& tried) { return check_form(desk_.tables(), tried, nullptr); });
          if (!refusals.empty()) refuse(id, refusals);
          put(d, e);
          return;
        }
  }
  throw Failure(Code::usage, id + ": no contradicting step " + printable(event),
                "see: valise repat show " + id);
}

std::size_t Pen::commit() {
  const Endorsement endorsements[] = {author_.endorsement};
  const std::size_t n = desk_.add(written_, endorsements);
  written_.clear();
  drafts_.clear();
  return n;
}

}  // namespace exchange::repatriation
