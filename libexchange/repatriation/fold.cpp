#include "libexchange/repatriation/fold.h"

#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>

#include "libexchange/base/failure.h"
#include "libexchange/repatriation/deadlines.h"

namespace exchange::repatriation {

namespace {

using Index = std::size_t;

// Which events an event's author knew.
class Ancestors {
 public:
  explicit Ancestors(Index count) : words_((count + 63) / 64) {}
  void add(Index i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void add(const Ancestors& more) {
    for (std::size_t w = 0; w < words_.size(); ++w) words_[w] |= more.words_[w];
  }
  bool has(Index i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }

 private:
  std::vector<std::uint64_t> words_;
};

// Events in an order in which each stands after those it names, the same for every order of arrival.
class History {
 public:
  explicit History(std::span<const Known> events) {
    std::unordered_map<std::string_view, Index> by_id;
    std::vector<const Known*> unique;
    for (const Known& k : events)
      if (by_id.emplace(k.id, unique.size()).second) unique.push_back(&k);
    std::vector<std::vector<Index>> children(unique.size());
    std::vector<std::size_t> waiting(unique.size());
    for (Index i = 0; i < unique.size(); ++i)
      for (const std::string& parent : unique[i]->event.after)
        if (const auto found = by_id.find(parent); found != by_id.end()) {
          children[found->second].push_back(i);
          ++waiting[i];
        }
    const auto later = [&](Index a, Index b) {
      const auto key = [&](Index i) {
        return std::tie(unique[i]->event.recorded, unique[i]->event.at.at, unique[i]->id);
      };
      return key(a) > key(b);
    };
    std::priority_queue<Index, std::vector<Index>, decltype(later)> ready(later);
    for (Index i = 0; i < unique.size(); ++i)
      if (waiting[i] == 0) ready.push(i);
    std::vector<Index> place(unique.size());
    while (!ready.empty()) {
      const Index i = ready.top();
      ready.pop();
      place[i] = events_.size();
      add(*unique[i], by_id, place);
      for (const Index child : children[i])
        if (--waiting[child] == 0) ready.push(child);
    }
  }

  Index size() const { return events_.size(); }
  const Known& operator[](Index i) const { return *events_[i]; }
  bool knew(Index i, Index earlier) const { return ancestors_[i].has(earlier); }
  bool knew_all_before(Index i) const { return known_[i] == i; }
  bool past_is_whole(Index i) const { return whole_[i]; }
  const std::vector<Index>& parents(Index i) const { return parents_[i]; }
  std::vector<Head> heads() const {
    std::map<std::string, std::vector<Index>> latest;
    for (Index i = 0; i < size(); ++i) {
      auto& those = latest[among(events_[i]->event)];
      std::erase_if(those, [&](Index earlier) { return knew(i, earlier); });
      those.push_back(i);
    }
    std::vector<Head> out;
    for (const auto& [key, those] : latest)
      for (const Index i : those) out.push_back({key, events_[i]->id});
    std::ranges::sort(out, {}, &Head::id);
    return out;
  }
  std::optional<Index> find(std::string_view id) const {
    for (Index i = 0; i < size(); ++i)
      if (events_[i]->id == id) return i;
    return std::nullopt;
  }

 private:
  void add(const Known& event, const std::unordered_map<std::string_view, Index>& by_id,
           const std::vector<Index>& place) {
    Ancestors ancestors(by_id.size());
    std::vector<Index> parents;
    bool whole = true;
    for (const std::string& id : event.event.after) {
      const auto found = by_id.find(id);
      if (found == by_id.end()) {
        whole = false;
        continue;
      }
      const Index parent = place[found->second];
      parents.push_back(parent);
      ancestors.add(parent);
      ancestors.add(ancestors_[parent]);
      whole = whole && whole_[parent];
    }
    Index known = 0;
    for (Index i = 0; i < events_.size(); ++i) known += ancestors.has(i);
    known_.push_back(known);
    events_.push_back(&event);
    ancestors_.push_back(std::move(ancestors));
    parents_.push_back(std::move(parents));
    whole_.push_back(whole);
  }

  std::vector<const Known*> events_;
  std::vector<Ancestors> ancestors_;
  std::vector<std::vector<Index>> parents_;
  std::vector<bool> whole_;
  std::vector<Index> known_;  // how many ancestors
};

// What was written last, register by register: several writes where none knew the other.
class Registers {
 public:
  struct Write {
    Index by;
    std::string_view value;
  };
  struct Key {
    enum class Kind { state, gate, fact } kind;
    Track track;
    std::string_view name;
    auto operator<=>(const Key&) const = default;
  };

  explicit Registers(const History& history) : history_(history) {}

  void apply(Index i) {
    const Event& e = history_[i].event;
    const Track track = e.track.value_or(Track::assisted_return);
    if (!e.to.empty()) {
      write({Key::Kind::state, track, {}}, i, e.to);
      steps_.push_back(i);
    }
    for (const auto& [name, value] : e.gates) write({Key::Kind::gate, track, name}, i, value);
    for (const auto& [name, value] : e.fields)
      if (name != "settles") write({Key::Kind::fact, Track::assisted_return, name}, i, value);
  }
  const std::map<Key, std::vector<Write>>& all() const { return writes_; }
  const std::vector<Index>& steps() const { return steps_; }

 private:
  void write(const Key& key, Index i, std::string_view value) {
    auto& writes = writes_[key];
    std::erase_if(writes, [&](const Write& w) { return history_.knew(i, w.by); });
    writes.push_back({i, value});
  }

  const History& history_;
  std::map<Key, std::vector<Write>> writes_;
  std::vector<Index> steps_;
};

// The worse of two gate values stands first.
int severity(std::string_view value) {
  return value == "failed" ? 0 : value == "open" ? 1 : value == "waived" ? 2 : 3;
}

class Folder {
 public:
  Folder(const std::string& person, const History& history, const Tables& tables)
      : id_(person),
        history_(history),
        tables_(tables),
        counted_(history.size(), true),
        why_(history.size()) {}

  Folded run() {
    Registers registers(history_);
    for (Index i = 0; i < history_.size(); ++i) {
      judge(i, registers);
      if (counted_[i]) registers.apply(i);
      if (counted_[i] && history_[i].event.kind == "settle") overrule(i);
    }
    Folded out;
    out.person = person_of(registers);
    for (Index i = 0; i < history_.size(); ++i) {
      out.person.not_counted += !counted_[i];
      out.judgements.push_back({history_[i].id, counted_[i], why_[i]});
    }
    set_due(out.person);
    out.heads = history_.heads();
    return out;
  }

 private:
  void judge(Index i, const Registers& so_far) {
    const Event& e = history_[i].event;
    const bool step = !e.to.empty();
    std::optional<Person> past;
    if (history_.past_is_whole(i) && (step || !e.gates.empty())) past = person_known_to(i, so_far);
    std::vector<Refusal> refusals = check_form(tables_, e, past ? &*past : nullptr);
    if (refusals.empty() && e.kind == "settle" && !settles(e, past))
      refusals.push_back({"step", "it settles nothing that was open", {}, {}});
    if (refusals.empty() && e.kind == "advance") {
      if (past)
        refusals = check_step(tables_, *past, e, has_reason(i)).refusals;
      else if (!entitled(e))
        refusals.push_back({"step", "no such step for this key", {}, {}});
    }
    if (refusals.empty()) return;
    counted_[i] = false;
    why_[i] = refusals.front().text;
  }

  // Form only, where the past is not all here.
  bool entitled(const Event& e) const {
    return std::ranges::any_of(tables_.edges(*e.track, e.from, e.to),
                               [&](const Edge* edge) { return edge->usages.contains(e.usage); });
  }

  // The chosen step is one of those that contradict each other, and nothing else is made the state.
  bool settles(const Event& e, const std::optional<Person>& past) const {
    const auto chosen = e.fields.find("settles");
    if (chosen == e.fields.end()) return false;
    const auto place = history_.find(chosen->second);
    if (place && history_[*place].event.to != e.to) return false;
    const Standing* standing = past ? past->standing(*e.track) : nullptr;
    if (!standing) return !past;
    return std::ranges::any_of(standing->contradictions, [&](const Contradiction& c) {
      return c.about == "state" && std::ranges::find(c.events, chosen->second) != c.events.end();
    });
  }

  // A note by the same key right before the step.
  bool has_reason(Index i) const {
    return std::ranges::any_of(history_.parents(i), [&](Index p) {
      return !history_[p].event.note.empty() && history_[p].event.by == history_[i].event.by;
    });
  }

  Person person_known_to(Index i, const Registers& so_far) const {
    if (history_.knew_all_before(i)) return person_of(so_far);
    Registers known(history_);
    for (Index j = 0; j < i; ++j)
      if (history_.knew(i, j) && counted_[j]) known.apply(j);
    return person_of(known);
  }

  // What a settled contradiction leaves behind: steps that the chosen one did not build on.
  void overrule(Index i) {
    const auto& fields = history_[i].event.fields;
    const auto settles = fields.find("settles");
    const auto chosen = settles == fields.end() ? std::nullopt : history_.find(settles->second);
    if (!chosen) return;
    for (Index j = 0; j < i; ++j)
      if (history_.knew(i, j) && !history_[j].event.to.empty() && j != *chosen &&
          !history_.knew(*chosen, j) && history_[j].event.track == history_[i].event.track)
        why_[j] = "overruled by " + history_[i].id.substr(0, 12);
  }

  Person person_of(const Registers& registers) const {
    Person person;
    person.id = id_;
    for (const auto& [key, writes] : registers.all()) {
      if (key.kind == Registers::Key::Kind::fact) {
        put_fact(person, key, writes);
        continue;
      }
      Standing& standing = standing_of(person, key.track);
      if (key.kind == Registers::Key::Kind::gate)
        put_gate(standing, key, writes);
      else
        put_state(standing, key.track, writes);
    }
    for (const Index i : registers.steps()) {
      const Event& e = history_[i].event;
      if (!why_[i].empty() || e.kind == "settle") continue;
      standing_of(person, *e.track).path.push_back({e.to, e.at});
      if (e.from == "-" && (person.first_report.at == Instant{} || e.at < person.first_report))
        person.first_report = e.at;
    }
    person.each([](Track, const Standing& s) {
      auto& path = const_cast<Standing&>(s).path;
      std::ranges::stable_sort(path, {}, &Passage::at);
    });
    person.joined_to = person.fact("joined_to") == "-" ? std::string() : person.fact("joined_to");
    return person;
  }

  static Standing& standing_of(Person& person, Track track) {
    if (track == Track::assisted_return) {
      if (!person.assisted) person.assisted.emplace();
      return person.assisted->standing;
    }
    if (!person.suspect) person.suspect.emplace();
    return person.suspect->standing;
  }

  using Writes = std::vector<Registers::Write>;

  static bool agree(const Writes& writes) {
    return std::ranges::all_of(writes, [&](const auto& w) { return w.value == writes.front().value; });
  }
  Contradiction contradiction(std::string about, const Writes& writes) const {
    Contradiction c{std::move(about), {}, {}};
    for (const auto& w : writes) {
      c.values.emplace_back(w.value);
      c.events.push_back(history_[w.by].id);
    }
    return c;
  }

  void put_fact(Person& person, const Registers::Key& key, const Writes& writes) const {
    person.facts.emplace_back(key.name, writes.back().value);
    if (!agree(writes)) person.contradictions.push_back(contradiction(std::string(key.name), writes));
  }

  void put_gate(Standing& standing, const Registers::Key& key, const Writes& writes) const {
    const auto worst = std::ranges::min_element(
        writes, [](const auto& a, const auto& b) { return severity(a.value) < severity(b.value); });
    const Event& e = history_[worst->by].event;
    standing.gates.push_back({std::string(key.name), std::string(worst->value), e.at, e.by.text()});
    if (!agree(writes))
      standing.contradictions.push_back(contradiction("gate " + std::string(key.name), writes));
  }

  // When the step was taken: of a settlement, the step that stands.
  const LocalTime& step_at(Index i) const {
    const Event& e = history_[i].event;
    const auto settles = e.fields.find("settles");
    const auto chosen = settles == e.fields.end() ? std::nullopt : history_.find(settles->second);
    return chosen ? history_[*chosen].event.at : e.at;
  }

  void put_state(Standing& standing, Track track, const Writes& writes) const {
    if (agree(writes)) {
      const auto first = std::ranges::min_element(
          writes, [&](const auto& a, const auto& b) { return step_at(a.by) < step_at(b.by); });
      standing.state = first->value;
      standing.since = step_at(first->by);
      return;
    }
    standing.contradictions.push_back(contradiction("state", writes));
    for (Index i = 0; i < history_.size(); ++i) {
      const Event& e = history_[i].event;
      if (!counted_[i] || e.to.empty() || e.track != track || !why_[i].empty()) continue;
      if (std::ranges::all_of(writes, [&](const auto& w) { return history_.knew(w.by, i); })) {
        standing.state = e.to;
        standing.since = e.at;
      }
    }
  }

  void set_due(Person& person) const {
    for (const Track track : kTracks)
      if (person.standing(track)) {
        Standing& standing = standing_of(person, track);
        standing.due = due_items(tables_, person, track, standing);
      }
  }

  const std::string& id_;
  const History& history_;
  const Tables& tables_;
  std::vector<bool> counted_;
  std::vector<std::string> why_;
};

}  // namespace

std::string among(const Event& event) {
  return event.group + " " + (event.track ? std::string(name_of(*event.track)) : "-");
}

Folded fold(const std::string& person, std::span<const Known> events, const Tables& tables) {
  if (events.size() > kMaxEventsOfPerson)
    throw Failure(Code::limit, person + ": over 4,096 events", "ask the desks that write them why");
  const History history(events);
  return Folder(person, history, tables).run();
}

}  // namespace exchange::repatriation
