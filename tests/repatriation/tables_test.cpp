// Every edge and every refusal of the shipped tables, walked from the tables themselves.
#include <functional>
#include <map>

#include "libexchange/base/failure.h"
#include "tests/repatriation/world.h"

using namespace exchange;
using namespace exchange::repatriation;

namespace {

const Tables& tables() { return Tables::shipped(); }

// A step that meets all that its edge asks for, and the person before it.
struct Perfect {
  Someone someone;
  Event step;
};

Perfect perfect(const Edge& edge, const std::string& from) {
  Someone someone(edge.track, from);
  if (from == "-") someone.standing(edge.track) = {};
  someone.fact("minor", "no").fact("nationality", "VNM");
  const auto pass = [&](const std::string& gate) { someone.gate(edge.track, gate, "ok"); };
  for (const std::string& gate : edge.gates) pass(gate);
  for (const std::string& gate : edge.minor_gates) pass(gate);
  for (const char* gate : {"screening", "risk", "guardian", "bid"}) pass(gate);
  Draft draft("V-0001", "advance", edge.track);
  draft.step(from, edge.to).usage(*edge.usages.begin());
  if (!edge.when_field.empty()) someone.fact(edge.when_field, edge.when_value);
  if (edge.to == "mode_set") someone.fact("mode", "deportation");
  for (const std::string& kind : edge.documents) draft.document("REF", kind);
  return {someone, draft.event};
}

std::vector<Refusal> judge(const Perfect& p, bool reason = true) {
  return check_step(tables(), p.someone.person, p.step, reason).refusals;
}

bool names(const std::vector<Refusal>& refusals, const std::string& what) {
  return std::ranges::any_of(refusals, [&](const Refusal& r) { return r.what == what; });
}

std::string text(const std::vector<Refusal>& refusals) {
  std::string out;
  for (const Refusal& r : refusals) out += r.what + ": " + r.text + "; ";
  return out;
}

template <class Each>
void each_edge(Each each) {
  for (const Edge& edge : tables().edges())
    for (const std::string& from : edge.from) {
      INFO(name_of(edge.track) << " " << from << " -> " << edge.to);
      // Leaving a state that stands for the way home is no loss of contact.
      each(edge, from);
    }
}

bool never_from_here(const Edge& edge, const std::string& from) {
  const State* state = tables().state(edge.track, from);
  return state && state->phase != Phase::before &&
         std::ranges::find(edge.refuse_when, "already_departed") != edge.refuse_when.end();
}

// How to break each refusal of refusals.csv. One line a refusal: a new one has no test until it is here.
using Break = std::function<void(Perfect&, Track)>;
const std::map<std::string, Break>& breaks() {
  const auto fact = [](const char* name, const char* value) {
    return [=](Perfect& p, Track) { p.someone.fact(name, value); };
  };
  const auto gate = [](const char* name, const char* value) {
    return [=](Perfect& p, Track t) { p.someone.gate(t, name, value); };
  };
  static const std::map<std::string, Break> all = {
      {"age_unsettled",
       [](Perfect& p, Track) {
         std::erase_if(p.someone.person.facts, [](auto& f) { return f.first == "minor"; });
       }},
      {"same_person_twice", [](Perfect& p, Track) { p.someone.fact("second_reader", p.step.by.text()); }},
      {"outcome_not_indicated", fact("outcome", "not_indicated")},
      {"outcome_victim", fact("outcome", "presumed_victim")},
      {"reason_missing", [](Perfect& p, Track) { p.step.documents.clear(); }},
      {"asked_for_time", fact("asked_for_time", "yes")},
      {"screening_missing", gate("screening", "open")},
      {"refoulement_risk", gate("risk", "failed")},
      {"consent_withdrawn", gate("consent", "failed")},
      {"consent_old",
       [](Perfect& p, Track t) {
         p.someone.gate(t, "consent", "ok", "cn-example-mfa/other", later(kNoon, -31 * 24));
       }},
      {"not_own_country", fact("destination", "KHM")},
      {"no_admission", fact("nationality", "XXA")},
      {"asylum_open", gate("asylum", "open")},
      {"minor_unprotected",
       [](Perfect& p, Track t) { p.someone.fact("minor", "unknown").gate(t, "guardian", "open"); }},
      {"minor", fact("minor", "yes")},
      {"already_departed", [](Perfect&, Track) {}},
      {"poor_intelligence",
       [](Perfect& p, Track) {
         p.someone.fact("evaluation", "E4");
         p.step.documents.clear();
       }},
      {"no_interpreter", fact("interpreter", "no")},
      {"mode_missing",
       [](Perfect& p, Track) {
         std::erase_if(p.someone.person.facts, [](auto& f) { return f.first == "mode"; });
       }},
      {"extradition_bar", fact("extradition_bar", "yes")},
      {"death_not_assured", fact("death_penalty", "not_assured")},
      {"appeal_pending", fact("appeal", "pending")},
      {"detained_without_counsel", fact("counsel", "no")},
      {"cooling_off", [](Perfect& p, Track t) { p.someone.standing(t).since = later(kNoon, -23); }},
      {"gate_reopened", gate("medical", "open")},
  };
  return all;
}

}  // namespace

TEST_CASE("the shipped tables load, and every refusal they name is known to the program") {
  const auto known = predicate_names();
  for (const RefusalType& r : tables().refusals()) {
    INFO(r.name);
    CHECK(std::ranges::find(known, r.name) != known.end());
    CHECK(breaks().contains(r.name));
    CHECK_FALSE(r.text.empty());
    CHECK_FALSE(r.remedy.empty());
    CHECK_FALSE(r.source.text.empty());
  }
  CHECK(tables().refusals().size() == known.size());
}

TEST_CASE("every edge is taken when all that it asks for is there") {
  std::size_t edges = 0;
  each_edge([&](const Edge& edge, const std::string& from) {
    if (never_from_here(edge, from)) return;
    for (const std::string& usage : edge.usages) {
      Perfect p = perfect(edge, from);
      p.step.usage = usage;
      const auto refusals = judge(p);
      INFO(usage << ": " << text(refusals));
      CHECK(refusals.empty());
      ++edges;
    }
  });
  CHECK(edges > 100);
}

TEST_CASE("every edge refuses a key that it is not for, a missing gate, and missing documents") {
  each_edge([&](const Edge& edge, const std::string& from) {
    if (never_from_here(edge, from)) return;
    for (const char* usage : {"consular", "protection", "supervisor", "custody", "seal"}) {
      if (edge.usages.contains(usage)) continue;
      Perfect p = perfect(edge, from);
      p.step.usage = usage;
      CHECK(names(judge(p), "key"));
    }
    for (const std::string& gate : edge.gates) {
      if (tables().gate(gate)->strict_only) continue;
      Perfect p = perfect(edge, from);
      p.someone.gate(edge.track, gate, "open");
      CHECK(names(judge(p), "gate " + gate));
    }
    for (const std::string& gate : edge.minor_gates) {
      Perfect p = perfect(edge, from);
      p.someone.fact("minor", "yes").gate(edge.track, gate, "open");
      CHECK(names(judge(p), "gate " + gate));
      p.someone.fact("minor", "unknown");
      CHECK(names(judge(p), "gate " + gate));
    }
    Perfect p = perfect(edge, from);
    if (!edge.documents.empty()) {
      p.step.documents.clear();
      CHECK(names(judge(p), "documents"));
      p.step.documents.push_back({"-", "ONE", {}});
      CHECK_FALSE(names(judge(p), "documents"));
      const auto strict = check_step(tables(), p.someone.person, p.step, true, Strictness::strict).refusals;
      CHECK(names(strict, "documents"));
    }
  });
}

TEST_CASE("every refusal of every edge and of every state refuses") {
  std::map<std::string, std::size_t> tested;
  each_edge([&](const Edge& edge, const std::string& from) {
    Words names_here = edge.refuse_when;
    const Words& of_state = tables().state(edge.track, edge.to)->refuse_when;
    names_here.insert(names_here.end(), of_state.begin(), of_state.end());
    for (const std::string& name : names_here) {
      if (name == "already_departed" && !never_from_here(edge, from)) continue;
      INFO(name);
      Perfect p = perfect(edge, from);
      breaks().at(name)(p, edge.track);
      CHECK(names(judge(p, false), name));
      ++tested[name];
    }
  });
  for (const RefusalType& r : tables().refusals()) {
    INFO(r.name);
    CHECK(tested[r.name] > 0);
  }
}

TEST_CASE("what no table names as a step is none") {
  for (const Track track : kTracks)
    for (const State* from : tables().states(track))
      for (const State* to : tables().states(track)) {
        if (!tables().edges(track, from->name, to->name).empty()) continue;
        Someone someone(track, from->name);
        Draft d("V-0001", "advance", track);
        d.step(from->name, to->name).document();
        const StepCheck check = check_step(tables(), someone.person, d.event, true);
        CHECK(check.edge == nullptr);
        CHECK(names(check.refusals, "step"));
      }
}

TEST_CASE("gates: who may set them, which cannot be waived, who may not pass what they did themselves") {
  for (const GateType& gate : tables().gates())
    for (const Track track : gate.tracks) {
      INFO(gate.name << " " << name_of(track));
      const auto form = [&](const std::string& usage, const std::string& value,
                            const Person* person = nullptr) {
        Draft d("V-0001", "gate", track);
        d.usage(usage).gate(gate.name, value);
        return check_form(tables(), d.event, person);
      };
      for (const char* usage : {"consular", "protection", "supervisor", "custody"}) {
        CHECK(form(usage, "ok").empty() == gate.usages.contains(usage));
        CHECK(form(usage, "failed").empty());  // anyone here may raise the alarm
        CHECK(form(usage, "open").empty());
      }
      CHECK(form(*gate.usages.begin(), "waived").empty() == gate.waivable);
      for (const std::string& by : gate.not_by) {
        const std::string name = by.substr(by.find(':') + 1);
        Someone someone(track, "registered");
        if (by.starts_with("gate:"))
          someone.gate(track, name, "ok", "cn-example-mfa/desk-a");
        else
          someone.fact(name, "cn-example-mfa/desk-a");
        CHECK_FALSE(form(*gate.usages.begin(), "ok", &someone.person).empty());
      }
      if (gate.after_failed.empty()) continue;
      Someone someone(track, "registered");
      someone.gate(track, gate.name, "failed");
      for (const std::string& usage : gate.usages)
        CHECK(form(usage, "ok", &someone.person).empty() == gate.after_failed.contains(usage));
    }
  for (const char* gate : {"risk", "consent", "screening", "guardian", "bid", "asylum"})
    CHECK_FALSE(tables().gate(gate)->waivable);
}

TEST_CASE("an agency's own rows add, replace clocks, and take no safeguard away") {
  Scratch s;
  s.write("who.csv", "who,usages,meaning\nharbour_master,consular,of the port\n");
  s.write("states.csv",
          "track,state,phase,refuse_when,meaning\nassisted_return,at_port,before,,waits for the ship\n");
  s.write("assisted_return.csv",
          "from,to,when,who,documents,gates,minor_gates,sets,opens,deadline,refuse_when,source,checked_on\n"
          "reported,at_port,,harbour_master,,,,,,,,own rule,\nat_port,departed,,harbour_master,,,,,,,,own "
          "rule,\n");
  s.write("deadlines.csv",
          "rule,track,country,starts,ends,amount,unit,only,text,source,checked_on\n"
          "acknowledge,assisted_return,,state:reported,left,2,h,,sooner,own rule,2026-01-01\n");
  s.write("sites.csv", "code,name,country,admin1,lat,lon,names\nMM-EX-09,Example town,MMR,,,,\n");
  const Tables own = Tables::with(s.path);
  CHECK(own.site("MM-EX-09") != nullptr);
  CHECK(own.deadlines(Track::assisted_return, "THA").size() ==
        tables().deadlines(Track::assisted_return, "THA").size());
  CHECK(own.digest() != tables().digest());
  Someone someone(Track::assisted_return, "at_port");
  someone.fact("minor", "no");
  Draft d("V-0001", "advance");
  d.step("at_port", "departed").document();
  CHECK(names(check_step(own, someone.person, d.event, true).refusals, "refoulement_risk"));

  s.write("assisted_return.csv", "from,to,who\nreported,nowhere,consular\n");
  CHECK_THROWS_AS(Tables::with(s.path), Failure);
  s.write("assisted_return.csv", "from,to,who\nreported,safe,nobody_known\n");
  CHECK_THROWS_AS(Tables::with(s.path), Failure);
  s.write("assisted_return.csv", "from,to,who,refuse_when\nreported,safe,consular,no_such_refusal\n");
  CHECK_THROWS_AS(Tables::with(s.path), Failure);
}
