// State from events: the same for every order, contradictions kept, and no way to a journey around a
// safeguard.
#include "libexchange/repatriation/fold.h"

#include <algorithm>
#include <random>
#include <set>

#include "tests/repatriation/world.h"

using namespace exchange;
using namespace exchange::repatriation;

namespace {

const Tables& tables() { return Tables::shipped(); }

Folded folded(const std::vector<Known>& events) { return fold("V-0001", events, tables()); }

std::string state(const std::vector<Known>& events, Track track = Track::assisted_return) {
  const Folded f = folded(events);
  const Standing* s = f.person.standing(track);
  return s ? s->state : "none";
}

// What a fold comes to, as text.
std::string digest(const Folded& f) {
  std::string out;
  for (const auto& [name, value] : f.person.facts) out += name + "=" + value + ";";
  f.person.each([&](Track t, const Standing& s) {
    out += std::string(name_of(t)) + ":" + s.state + "@" + s.since.text() + ";";
    for (const Gate& g : s.gates) out += g.name + "=" + g.value + " by " + g.by + ";";
    for (const Contradiction& c : s.contradictions) {
      out += c.about + "?";
      for (const auto& v : c.values) out += v + ",";
    }
    for (const Passage& p : s.path) out += p.state + ">";
    for (const Due& d : s.due) out += d.rule + "!" + to_utc(d.at);
  });
  for (const Judgement& j : f.judgements) out += j.id.substr(0, 8) + (j.counted ? "+" : "-");
  for (const Head& h : f.heads) out += h.id.substr(0, 8);
  return out;
}

Known reported(const std::string& by = "cn-example-mfa/desk-a") {
  return Draft("V-0001", "advance")
      .by(by)
      .step("-", "reported")
      .fact("minor", "no")
      .fact("nationality", "VNM")
      .fact("host", "KHM")
      .known();
}

}  // namespace

TEST_CASE("a step by somebody not entitled, or against a refusal, changes nothing and is kept") {
  const Known first = reported();
  const Known skip =
      Draft("V-0001", "advance").step("reported", "registered").document().hours(1).after({first.id}).known();
  CHECK(state({first, skip}) == "reported");
  CHECK(folded({first, skip}).person.not_counted == 1);
  const Known wrong_key = Draft("V-0001", "advance")
                              .step("reported", "located")
                              .usage("supervisor")
                              .hours(1)
                              .after({first.id})
                              .known();
  CHECK(state({first, wrong_key}) == "reported");
  const Known no_usage =
      Draft("V-0001", "advance").step("reported", "located").usage("seal").hours(1).after({first.id}).known();
  CHECK(state({first, no_usage}) == "reported");
  const Known good =
      Draft("V-0001", "advance").step("reported", "located").hours(1).after({first.id}).known();
  CHECK(state({first, good}) == "located");
  CHECK(state({good, first}) == "located");
  CHECK(state({good, first, good, first}) == "located");
}

TEST_CASE("two different next states contradict each other until a person settles it") {
  const Known first = reported();
  const Known a = Draft("V-0001", "advance").step("reported", "located").hours(1).after({first.id}).known();
  const Known b = Draft("V-0001", "advance")
                      .by("cn-example-mfa/desk-b")
                      .step("reported", "safe")
                      .document()
                      .hours(2)
                      .after({first.id})
                      .known();
  const Folded f = folded({first, a, b});
  CHECK(f.person.assisted->standing.state == "reported");
  REQUIRE(f.person.assisted->standing.contradictions.size() == 1);
  CHECK(f.person.assisted->standing.contradictions[0].values == std::vector<std::string>{"located", "safe"});
  CHECK(f.person.not_counted == 0);

  // Built on one of both, without knowing of the other: still open.
  const Known a2 =
      Draft("V-0001", "advance").step("located", "safe").document().hours(3).after({a.id}).known();
  CHECK(state({first, a, a2, b}) == "safe");  // both say safe: nothing to settle

  const auto settle = [&](const std::string& to, const std::string& chosen) {
    return Draft("V-0001", "settle")
        .step("reported", to)
        .fact("settles", chosen)
        .hours(4)
        .after({a.id, b.id})
        .known();
  };
  CHECK(state({first, a, b, settle("safe", b.id)}) == "safe");
  CHECK(state({first, a, b, settle("located", a.id)}) == "located");
  CHECK(folded({first, a, b, settle("safe", b.id)}).person.assisted->standing.path.size() == 2);
  // Not a way to any state at all.
  CHECK(state({first, a, b, settle("departed", b.id)}) == "reported");
  CHECK(state({first, a, b, settle("departed", first.id)}) == "reported");
  const Known nothing_open = Draft("V-0001", "settle")
                                 .step("reported", "located")
                                 .fact("settles", a.id)
                                 .hours(4)
                                 .after({a.id})
                                 .known();
  CHECK(folded({first, a, nothing_open}).person.not_counted == 1);
}

TEST_CASE("of two gates that contradict each other the worse one holds") {
  const Known first = reported();
  const Known ok = Draft("V-0001", "gate").gate("risk", "ok").hours(1).after({first.id}).known();
  const Known failed = Draft("V-0001", "gate")
                           .by("cn-example-mfa/desk-b")
                           .gate("risk", "failed")
                           .hours(1)
                           .after({first.id})
                           .known();
  const Folded f = folded({first, ok, failed});
  CHECK(f.person.assisted->standing.gate_value("risk") == "failed");
  CHECK(f.person.assisted->standing.contradictions.size() == 1);
  const Known later_ok = Draft("V-0001", "gate")
                             .usage("protection")
                             .gate("risk", "ok")
                             .hours(2)
                             .after({ok.id, failed.id})
                             .known();
  CHECK(folded({first, ok, failed, later_ok}).person.assisted->standing.passed("risk"));
  CHECK(folded({first, ok, failed, later_ok}).person.assisted->standing.contradictions.empty());
}

TEST_CASE("a desk that gets some groups only sees the same states") {
  Known first = reported();
  Draft note("V-0001", "note");
  note.event.group = "note";
  note.event.note = "the family called";
  const Known hidden = note.hours(1).after({first.id}).known();
  // The next step names the latest of each group: the note and the report.
  const Known next =
      Draft("V-0001", "advance").step("reported", "located").hours(2).after({first.id, hidden.id}).known();
  CHECK(state({first, hidden, next}) == "located");
  CHECK(state({first, next}) == "located");
  CHECK(folded({first, next}).person.assisted->standing.contradictions.empty());
}

// Random histories by several desks that see each other's work now and then.
namespace {

struct RandomDesks {
  explicit RandomDesks(unsigned seed) : random(seed) {}
  std::mt19937 random;
  std::vector<Known> all;
  std::vector<std::set<std::size_t>> seen = std::vector<std::set<std::size_t>>(3);

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); }
  std::vector<Known> of(std::size_t desk) const {
    std::vector<Known> out;
    for (const std::size_t i : seen[desk]) out.push_back(all[i]);
    return out;
  }
  void write(std::size_t desk) {
    const Folded f = folded(of(desk));
    const std::string usage = std::array{"consular", "protection", "supervisor", "custody"}[below(4)];
    const Track track = kTracks[below(2)];
    const bool step = below(3) != 0;
    Draft d("V-0001", step ? "advance" : "gate", track);
    d.by("cn-example-mfa/desk-" + std::string(1, static_cast<char>('a' + desk)))
        .usage(usage)
        .hours(static_cast<std::int64_t>(all.size()));
    if (step) {
      const Standing* s = f.person.standing(track);
      const auto edges = tables().edges_from(track, s ? s->state : "-");
      if (edges.empty()) return;
      const Edge& edge = *edges[below(edges.size())];
      d.step(s ? s->state : "-", edge.to).document();
      if (below(2) == 0) d.usage(*edge.usages.begin());
      if (below(3) == 0)
        for (const auto& g : edge.gates) d.gate(g, "ok");
      if (below(3) == 0)
        for (const auto& g : edge.minor_gates) d.gate(g, "ok");
      for (const auto& [g, v] : edge.sets) d.gate(g, v);
      if (!edge.when_field.empty() && edge.when_field == "reason") d.fact("reason", edge.when_value);
      if (s == nullptr) d.fact("minor", std::array{"yes", "no", "unknown"}[below(3)]);
    } else {
      const auto& gate = tables().gates()[below(tables().gates().size())];
      d.gate(gate.name, std::array{"ok", "ok", "ok", "failed", "open", "waived"}[below(6)]);
    }
    std::vector<std::string> after;
    for (const Head& h : f.heads) after.push_back(h.id);
    const Known k = d.after(after).known();
    seen[desk].insert(all.size());
    all.push_back(k);
  }
  void merge(std::size_t from, std::size_t to) { seen[to].insert(seen[from].begin(), seen[from].end()); }
};

}  // namespace

TEST_CASE("merging is a union: idempotent, and the same in every order") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    RandomDesks desks(seed);
    for (int i = 0; i < 40; ++i) {
      desks.write(desks.below(3));
      if (desks.below(4) == 0) desks.merge(desks.below(3), desks.below(3));
    }
    std::vector<Known> events = desks.all;
    const std::string expected = digest(folded(events));
    for (int i = 0; i < 5; ++i) {
      std::shuffle(events.begin(), events.end(), desks.random);
      CHECK(digest(folded(events)) == expected);
    }
    events.insert(events.end(), desks.all.begin(), desks.all.end());
    CHECK(digest(folded(events)) == expected);
  }
}

// The safeguards, said a second time and without the engine.
namespace {

void require_safe(const Person& person, Track track, const Event& step) {
  const Person after = with_event(person, step);
  const Standing& s = *after.standing(track);
  REQUIRE(s.passed("screening"));
  REQUIRE(s.gate_value("risk") == "ok");
  REQUIRE(s.gate_value("consent") != "failed");
  REQUIRE((after.minor() == Minor::no || (s.passed("guardian") && s.passed("bid"))));
  after.each([](Track, const Standing& any) {
    const Gate* asylum = any.gate("asylum");
    REQUIRE((!asylum || asylum->value == "ok"));
  });
}

}  // namespace

TEST_CASE("no path leads to departed or in_transit around a safeguard") {
  std::size_t journeys = 0;
  for (unsigned seed = 0; seed < 4000; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) {
      return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    const Track track = kTracks[below(2)];
    Someone someone(track, "-");
    someone.standing(track) = {};
    someone.fact("minor", std::array{"no", "no", "yes", "unknown"}[below(4)]).fact("nationality", "VNM");
    someone.fact("mode", std::array{"extradition", "deportation", "voluntary"}[below(3)]);
    Person person = someone.person;
    for (int n = 0; n < 60; ++n) {
      Standing& standing =
          track == Track::assisted_return ? person.assisted->standing : person.suspect->standing;
      const auto edges = tables().edges_from(track, standing.state);
      if (edges.empty()) break;
      // Mostly the way home, so that many walks come near it; sometimes anywhere.
      const Edge& edge = below(6) == 0 ? *edges[below(edges.size())] : *edges.front();
      Draft d("V-0001", "advance", track);
      d.step(standing.state, edge.to).document().usage(*edge.usages.begin()).hours(24 * n);
      for (const auto& gate : edge.gates)
        if (below(8) != 0) d.gate(gate, "ok");
      for (const auto& gate : edge.minor_gates)
        if (below(8) != 0) d.gate(gate, "ok");
      for (const auto& [gate, value] : edge.sets) d.gate(gate, value);
      if (below(5) == 0)
        d.gate(std::array{"risk", "consent", "asylum", "screening", "guardian", "bid"}[below(6)],
               std::array{"failed", "open"}[below(2)]);
      if (!check_step(tables(), person, d.event, true).refusals.empty()) continue;
      if (tables().state(track, edge.to)->phase == Phase::removal) {
        require_safe(person, track, d.event);
        ++journeys;
      }
      person = with_event(person, d.event);
      Standing& next = track == Track::assisted_return ? person.assisted->standing : person.suspect->standing;
      next.state = edge.to;
      next.since = d.event.at;
    }
  }
  CHECK(journeys > 200);  // or the walk proves nothing
}

TEST_CASE("each safeguard alone stops the journey") {
  for (const Track track : kTracks)
    for (const Edge& edge : tables().edges()) {
      if (edge.track != track || tables().state(track, edge.to)->phase != Phase::removal) continue;
      for (const std::string& from : edge.from) {
        Someone someone(track, from);
        someone.fact("minor", "yes").fact("nationality", "VNM");
        for (const GateType& gate : tables().gates())
          if (gate.tracks.contains(track)) someone.gate(track, gate.name, "ok");
        Draft d("V-0001", "advance", track);
        d.step(from, edge.to).document().usage(*edge.usages.begin());
        const auto stopped = [&](const Person& person) {
          return !check_step(tables(), person, d.event, true).refusals.empty();
        };
        INFO(from << " -> " << edge.to);
        CHECK_FALSE(stopped(someone.person));
        for (const char* gate : {"screening", "risk", "guardian", "bid", "asylum", "consent"})
          for (const char* value : {"failed", "open"}) {
            if (std::string(gate) == "consent" && std::string(value) == "open" &&
                track == Track::suspect_return)
              continue;  // told apart below: an open consent stops a voluntary return by gate_reopened
            Someone broken = someone;
            broken.gate(track, gate, value);
            INFO(gate << "=" << value);
            CHECK(stopped(broken.person));
          }
        Someone unknown = someone;
        unknown.fact("minor", "unknown").gate(track, "bid", "open");
        CHECK(stopped(unknown.person));
      }
    }
}

TEST_CASE("victims and suspects are of different types, and nothing makes one of the other") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<AssistedReturn, SuspectReturn>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<SuspectReturn, AssistedReturn>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<AssistedReturn, SuspectReturn>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<SuspectReturn, AssistedReturn>);
  STATIC_REQUIRE_FALSE(std::is_assignable_v<AssistedReturn&, SuspectReturn>);
}
