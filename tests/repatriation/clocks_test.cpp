// Clocks, fines, and what nobody may miss.
#include "libexchange/base/failure.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/deadlines.h"
#include "libexchange/repatriation/fold.h"
#include "tests/repatriation/world.h"

using namespace exchange;
using namespace exchange::repatriation;

namespace {

const Tables& tables() { return Tables::shipped(); }

std::map<std::string, std::string> due(Someone& s, Track track) {
  std::map<std::string, std::string> out;
  for (const Due& d : due_items(tables(), s.person, track, s.standing(track))) out[d.rule] = to_utc(d.at);
  return out;
}

}  // namespace

TEST_CASE("every rule of the table runs, ends, and is for whom it says") {
  for (const DeadlineRule& rule : tables().deadlines()) {
    INFO(rule.name << " " << rule.country);
    const bool by_state = rule.starts.starts_with("state:");
    const std::string name = rule.starts.substr(rule.starts.find(':') + 1);
    const bool minors = rule.only == DeadlineRule::For::minors;
    Someone s(rule.track, by_state ? name : rule.track == Track::assisted_return ? "preparing" : "ordered");
    s.standing(rule.track).since = kNoon;
    s.standing(rule.track).path.push_back({s.standing(rule.track).state, kNoon});
    s.fact("minor", minors ? "yes" : "no").fact("host", rule.country.empty() ? "FRA" : rule.country);
    if (rule.only == DeadlineRule::For::victims) {
      Event opened;
      opened.track = Track::assisted_return;
      s.person = with_event(s.person, opened);
      s.person.assisted->standing.state = "reported";
    }
    if (rule.starts.starts_with("gate:")) s.gate(rule.track, name, "ok", "cn-example-mfa/other", kNoon);
    if (rule.starts == "fine") s.gate(rule.track, "fine", "failed", "cn-example-mfa/other", kNoon);
    std::int64_t expected = kNoon.at.seconds + rule.seconds;
    if (rule.starts == "departs") {
      s.fact("departs", "2026-06-05T12:00:00+07:00");
      expected = kNoon.at.seconds + 4 * 86400 - rule.seconds;
    }
    REQUIRE(due(s, rule.track).contains(rule.name));
    CHECK(due(s, rule.track).at(rule.name) == to_utc({expected, 0}));

    Someone other = s;
    if (rule.only == DeadlineRule::For::minors) other.fact("minor", "no");
    if (rule.only == DeadlineRule::For::adults) other.fact("minor", "unknown");
    if (rule.only == DeadlineRule::For::victims) other.person.assisted->standing.state = "closed";
    if (rule.only != DeadlineRule::For::all) CHECK_FALSE(due(other, rule.track).contains(rule.name));

    if (rule.ends.starts_with("gate:"))
      s.gate(rule.track, rule.ends.substr(5), "ok");
    else if (rule.ends.starts_with("note:"))
      s.fact(rule.ends.substr(5), "yes");
    else
      s.standing(rule.track).state = rule.track == Track::assisted_return ? "declined" : "released";
    CHECK_FALSE(due(s, rule.track).contains(rule.name));
  }
}

TEST_CASE("a country's own clock takes the place of the general one") {
  Someone s(Track::suspect_return, "provisional_arrest");
  s.standing(Track::suspect_return).since = kNoon;
  s.fact("host", "THA");
  CHECK(due(s, Track::suspect_return).at("provisional_arrest") == to_utc({kNoon.at.seconds + 60 * 86400, 0}));
  s.fact("host", "KHM");
  CHECK(due(s, Track::suspect_return).at("provisional_arrest") == to_utc({kNoon.at.seconds + 40 * 86400, 0}));
}

TEST_CASE("consent is asked once more before a departure") {
  Someone s(Track::assisted_return, "ready");
  s.fact("departs", "2026-06-05T12:00:00+07:00")
      .gate(Track::assisted_return, "consent", "ok", "cn-example-mfa/other", kNoon);
  CHECK(due(s, Track::assisted_return).at("consent_recheck") == "2026-06-04T05:00:00Z");
  s.gate(Track::assisted_return, "consent", "ok", "cn-example-mfa/other", later(kNoon, 80));
  CHECK_FALSE(due(s, Track::assisted_return).contains("consent_recheck"));
}

TEST_CASE("fines: by day, with their cap") {
  Someone s(Track::assisted_return, "protected");
  s.fact("host", "KHM").fact("overstay_since", "2026-01-01");
  const auto khm = fine_of(tables(), s.person, *from_utc("2026-05-23T05:00:00Z"));
  REQUIRE(khm);
  CHECK(khm->days == 143);
  CHECK(khm->amount == 1430);
  CHECK(khm->rule->currency == "USD");
  s.fact("host", "THA");
  CHECK(fine_of(tables(), s.person, *from_utc("2026-01-10T05:00:00Z"))->amount == 5000);
  CHECK(fine_of(tables(), s.person, *from_utc("2026-12-10T05:00:00Z"))->amount == 20000);
  s.fact("host", "FRA");
  CHECK_FALSE(fine_of(tables(), s.person, kNoon.at));
}

TEST_CASE("local time of the post") {
  CHECK(local_text(*from_utc("2026-05-21T10:00:00Z"), "KHM") == "2026-05-21 17:00 (+07:00)");
  CHECK(local_text(*from_utc("2026-05-21T10:00:00Z"), "MMR") == "2026-05-21 16:30 (+06:30)");
  CHECK(local_text(*from_utc("2026-05-21T10:00:00Z"), "") == "2026-05-21 10:00 (UTC)");
}

TEST_CASE("countries in any of their codes") {
  CHECK(country_alpha3("kh") == "KHM");
  CHECK(country_alpha3("KHM") == "KHM");
  CHECK(country_alpha3(" th ") == "THA");
  for (const char* code : {"XXA", "XXB", "XXC", "XXX", "UTO", "XA"}) CHECK(country_alpha3(code) == code);
  for (const char* code : {"", "Q", "ZZZ", "QQ", "KHMX", "ไทย", "X1"}) CHECK_FALSE(country_alpha3(code));
}

TEST_CASE("who is on the way although a gate failed meanwhile draws an alert") {
  Someone s(Track::assisted_return, "departed");
  s.fact("minor", "no").fact("nationality", "VNM");
  s.gate(Track::assisted_return, "screening", "ok").gate(Track::assisted_return, "risk", "ok");
  CHECK(alerts(tables(), s.person, Track::assisted_return).empty());
  s.gate(Track::assisted_return, "risk", "failed");
  REQUIRE(alerts(tables(), s.person, Track::assisted_return).size() == 1);
  CHECK(alerts(tables(), s.person, Track::assisted_return)[0].what == "refoulement_risk");
  s.standing(Track::assisted_return).state = "arrived";
  CHECK(alerts(tables(), s.person, Track::assisted_return).empty());
}
