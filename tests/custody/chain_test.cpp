#include "libexchange/custody/chain.h"

#include <functional>

#include "libexchange/base/text.h"
#include "libexchange/custody/event_types.h"
#include "libexchange/custody/record.h"
#include "tests/catch.h"
#include "tests/custody/world.h"

using namespace world;

namespace {

// A value of the right form for a field.
std::string sample(std::string_view field) {
  if (field == "intact") return "yes";
  if (field == "result") return "match";
  if (field == "output") return "EX-01-D1";
  for (const auto& f : event_fields())
    if (f.name == field) return std::string(64, 'a');
  return "x";
}

std::map<std::string, std::string> all_fields(const EventType& type) {
  std::map<std::string, std::string> fields;
  for (const auto name : type.required) fields[std::string(name)] = sample(name);
  return fields;
}

// A chain under test: events one after the other, ten minutes apart, with names for their ids.
struct Story {
  Chain chain{"EX-01"};
  int minutes = 0;
  std::uint64_t next = 0;

  std::string now_at() const { return to_utc({1'780'000'000 + minutes * 60, 0}); }
  CustodyEvent make(const std::string& type, std::map<std::string, std::string> fields,
                    const std::string& by) {
    CustodyEvent e = event(type, now_at(), std::move(fields));
    for (const auto name : find_event_type(type)->required)
      e.fields.try_emplace(std::string(name), sample(name));
    e.by.name = by;
    return e;
  }
  static Hash id(std::uint64_t index) { return event_id(std::to_string(index)); }
  Story& then(const std::string& type, std::map<std::string, std::string> fields = {},
              const std::string& by = "A") {
    chain.take(next, id(next), make(type, std::move(fields), by));
    ++next;
    minutes += 10;
    return *this;
  }
  // Names of the rules that refuse the event.
  std::string refused(const std::string& type, std::map<std::string, std::string> fields = {},
                      const std::string& by = "A") {
    std::string rules;
    for (const auto& f : chain.refusals(make(type, std::move(fields), by)))
      rules += (rules.empty() ? "" : " ") + std::string(f.rule->name);
    return rules;
  }
  std::string found(int hours_later = 0) const {
    std::string rules;
    for (const auto& f : chain.findings({1'780'000'000 + minutes * 60 + hours_later * 3600, 0}))
      rules += (rules.empty() ? "" : " ") + std::string(f.rule->name) + (f.explained ? "(explained)" : "");
    return rules;
  }
};

}  // namespace

TEST_CASE("every event of the table needs each of its fields, and reads back as it was written") {
  for (const EventType& type : event_types()) {
    CAPTURE(type.name);
    CustodyEvent whole = event(std::string(type.name), "2026-05-21T09:14:00+07:00", all_fields(type));
    whole.signer = VerifierKey{"kh-example-police/evidence-desk", {}};
    CHECK_NOTHROW(whole.require_complete());
    CHECK(CustodyEvent::parse(whole.text(), "").text() == whole.text());
    CHECK(!type.source.empty());
    CHECK(!type.required.empty());
    for (const auto name : type.required) {
      CAPTURE(name);
      CustodyEvent e = whole;
      e.fields.erase(std::string(name));
      CHECK_THROWS_AS(e.require_complete(), Failure);
      CHECK_THROWS_AS(CustodyEvent::parse(e.text(), ""), Failure);
      e.fields[std::string(name)] = "";
      CHECK_THROWS_AS(e.require_complete(), Failure);
      e.fields[std::string(name)] = "two\nlines";
      CHECK_THROWS_AS(e.require_complete(), Failure);
    }
  }
}

TEST_CASE("what an event's text cannot be") {
  CustodyEvent e = event("seized", "2026-05-21T09:14:00+07:00", {{"authority", "w"}});
  e.signer = VerifierKey{"kh-example-police/evidence-desk", {}};
  const std::string good = e.text();
  REQUIRE_NOTHROW(CustodyEvent::parse(good, ""));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& bad :
       {with("+07:00", ""), with("+07:00", "+0700"), with("event seized", "event taken"),
        with("EX-01", "EX 01"), with("place ", "place  "), with("note -", "note \xE2\x80\xAEx"),
        with("\nrole", "\nextra x\nrole"), with("field authority w", "field authority w\nfield aa x"),
        with("case cn-example-police", "case CN"), good + "more\n", good.substr(0, good.size() - 1),
        std::string("x") + good})
    CHECK_THROWS_AS(CustodyEvent::parse(bad, ""), Failure);
}

TEST_CASE("a chain from seizure to court has one holder and nothing to explain") {
  Story s;
  CHECK(!s.chain.holder());
  s.then("seized").then("packaged").then("sealed", {{"seal_no", "S-1"}});
  CHECK(s.chain.holder()->name == "A");
  CHECK(s.chain.seal() == "S-1");
  s.then("transferred", {{"from", "A"}, {"to", "B"}});
  CHECK(s.chain.holder()->name == "A");
  CHECK(s.chain.in_transit());
  s.then("received", {{"from", "A"}, {"seal_no", "S-1"}}, "B");
  CHECK(s.chain.holder()->name == "B");
  CHECK(!s.chain.in_transit());
  s.then("unsealed", {{"old_seal", "S-1"}}, "B").then("extracted", {}, "B").then("verified", {}, "B");
  CHECK(s.chain.seal().empty());
  s.then("resealed", {{"old_seal", "S-1"}, {"new_seal", "S-2"}}, "B").then("produced_in_court", {}, "B");
  CHECK(s.chain.seal() == "S-2");
  s.then("returned", {}, "B");
  CHECK(!s.chain.holder());
  CHECK(s.chain.ended());
  CHECK(s.found(1000) == "");
}

TEST_CASE("events that would break a chain are refused, each by its rule") {
  for (const EventType& type : event_types()) {
    const std::string name(type.name);
    CAPTURE(name);
    const bool remark = name == "anomaly" || name == "correction",
               program = type.writer == EventWriter::program;
    Story empty, begun, over;
    begun.then("seized");
    over.then("seized").then("destroyed");
    const auto fields = [&](const Story& s) -> std::map<std::string, std::string> {
      if (name == "correction") return {{"corrects", to_hex(Story::id(s.next - 1))}};
      if (name == "transferred" || name == "received") return {{"from", "A"}};
      if (name == "examined") return {{"justification", "no copy could be made"}};
      return {};
    };
    const bool begins = type.place == EventPlace::first;
    if (name != "correction") CHECK(empty.refused(name) == (begins || remark || program ? "" : "begin"));
    CHECK(begun.refused(name, fields(begun)) == (begins ? "once" : ""));
    const std::string at_the_end = begins ? "once end" : "end";
    CHECK(over.refused(name, fields(over)) == (remark || program ? "" : at_the_end));
  }
  Story s;
  s.then("seized");
  CHECK(s.refused("examined") == "original");
  CHECK(s.refused("examined", {{"justification", "volatile memory"}}) == "");
  CHECK(s.refused("transferred", {{"from", "C"}}) == "holder");
  CHECK(s.refused("correction") == "names");
  CHECK(s.refused("correction", {{"corrects", to_hex(Story::id(0))}}) == "");
  CHECK(s.refused("anomaly", {{"about", to_hex(Story::id(7))}}) == "names");
  CHECK(s.refused("imaged", {{"output", "EX-01"}}) == "output");
  s.minutes -= 14;
  CHECK(s.refused("photographed") == "");  // 4 minutes: clocks differ
  s.minutes -= 3;
  CHECK(s.refused("photographed") == "time");
  CHECK(s.refused("photographed", {{"clock_note", "camera clock was 7 minutes slow"}}) == "");
  s.minutes += 17;
  s.then("transferred", {{"from", "A"}, {"to", "B"}});
  CHECK(s.refused("transferred", {{"from", "A"}, {"to", "C"}}) == "transit");
}

TEST_CASE("gaps are found, and stay until somebody explains them") {
  const auto begun = [] {
    Story s;
    s.then("seized").then("sealed", {{"seal_no", "S-1"}});
    return s;
  };
  Story gap = begun();
  gap.then("received", {{"from", "C"}, {"seal_no", "S-1"}}, "B");
  CHECK(gap.found() == "gap");
  CHECK(gap.chain.holder()->name == "B");
  gap.then("anomaly", {{"about", to_hex(Story::id(2))}}, "B");
  CHECK(gap.found() == "gap(explained)");

  Story other = begun();
  other.then("transferred", {{"from", "A"}, {"to", "B"}})
      .then("received", {{"from", "A"}, {"seal_no", "S-1"}}, "C");
  CHECK(other.found() == "gap");
  other.then("correction", {{"corrects", to_hex(Story::id(3))}}, "C");
  CHECK(other.found() == "gap(explained)");

  Story late = begun();
  late.then("transferred", {{"from", "A"}, {"to", "B"}});
  CHECK(late.found(71) == "");
  CHECK(late.found(73) == "overdue");
  late.then("anomaly");
  CHECK(late.found(73) == "overdue(explained)");

  CHECK(begun().then("unsealed", {{"old_seal", "S-9"}}).found() == "seal");
  CHECK(begun().then("seal_checked", {{"seal_no", "S-9"}}).found() == "seal");
  CHECK(begun().then("seal_checked", {{"seal_no", "S-1"}, {"intact", "no"}}).found() == "anomaly_due");
  CHECK(begun().then("verified", {{"result", "mismatch"}}).found() == "anomaly_due");
  CHECK(begun().then("verified", {{"result", "mismatch"}}).then("stored").then("anomaly").found() ==
        "anomaly_due");
  CHECK(begun().then("verified", {{"result", "mismatch"}}).then("anomaly").found() ==
        "anomaly_due(explained)");
}

TEST_CASE("what a partner sent, and what was made from another exhibit, needs no seizure here") {
  Story received;
  received.then("bundle_received", {}, "desk").then("ingested", {}, "desk");
  CHECK(received.chain.holder()->name == "desk");
  CHECK(received.refused("examined", {}, "B") == "");
  CHECK(received.refused("seized") == "once");
  Story made;
  made.then("extracted", {{"output", "EX-01"}});
  CHECK(made.chain.holder()->name == "A");
  CHECK(made.refused("examined") == "");  // a copy
  Story packed;                           // the sheet of the seizure comes later
  packed.then("packed");
  CHECK(!packed.chain.holder());
  CHECK(packed.refused("seized") == "");
  CHECK(packed.found(1000) == "");
}

TEST_CASE("an officer's event goes through the rules of the log") {
  Officer o("cn-liaison");
  LogWriter log(o.home, o.signer);
  const auto refused = [&](CustodyEvent e) {
    const std::uint64_t before = log.size();
    try {
      add_event(log, std::move(e));
    } catch (const Failure& f) {
      CHECK(log.size() == before);
      CHECK(!f.hint().empty());
      return exit_code(f.code());
    }
    return 0;
  };
  const std::string day = "2026-05-21T09:14:00+07:00";
  CHECK(refused(event("packed", day, all_fields(*find_event_type("packed")))) == 32);
  CHECK(refused(event("sealed", day, {{"bag_no", "B"}, {"seal_no", "S-1"}})) == 32);
  CHECK(refused(event("seized", "2199-05-21T09:14:00+07:00", {{"authority", "w"}})) == 32);
  add_event(log, event("seized", day, {{"authority", "w"}}));
  add_event(log, event("sealed", day, {{"bag_no", "B"}, {"seal_no", "S-1"}}));
  CustodyEvent second = event("seized", day, {{"authority", "w"}});
  second.exhibits = {{"EX-02", {}}};
  add_event(log, second);
  second = event("sealed", day, {{"bag_no", "B"}, {"seal_no", "S-1"}});
  second.exhibits = {{"EX-02", {}}};
  CHECK(refused(second) == 32);  // the number is used
  second.by.agency = "th-example-police";
  CHECK(refused(second) == 0);  // by another agency
  const std::map<std::string, std::string> extraction = {{"tool", "t"},
                                                         {"version", "1"},
                                                         {"method", "m"},
                                                         {"sha256", std::string(64, 'a')},
                                                         {"output", "EX-01-D1"}};
  const LoggedEvent made = add_event(log, event("extracted", day, extraction));
  CHECK(made.event.has("EX-01-D1"));
  CHECK(log.history({the_case, "EX-01-D1"}).size() == 1);
  CHECK(refused(event("extracted", day, extraction)) == 32);  // the output exists
  CHECK(refused(event("correction", day, {{"corrects", "deadbeef"}})) == 32);
  const LoggedEvent corrected =
      add_event(log, event("correction", day, {{"corrects", to_hex(made.id).substr(0, 8)}}));
  CHECK(corrected.event.field("corrects") == to_hex(made.id));
}
