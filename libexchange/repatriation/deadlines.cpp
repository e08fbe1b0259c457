#include "libexchange/repatriation/deadlines.h"

#include <fmt/format.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <map>
#include <memory>

#include "libexchange/repatriation/countries.h"

namespace exchange::repatriation {

namespace {

// When the clock began; nothing where it does not run.
std::optional<Instant> start_of(const DeadlineRule& rule, const Person& person, const Standing& s) {
  if (rule.starts == "fine") {
    const Gate* fine = s.gate("fine");
    if (!fine && person.fact("overstay_since").empty()) return std::nullopt;
    return fine ? fine->at.at : s.since.at;
  }
  if (rule.starts == "departs") {  // so long before the departure; done once consent was asked since then
    const auto departs = from_rfc3339(person.fact("departs"));
    if (!departs) return std::nullopt;
    const Instant due{departs->seconds - rule.seconds, 0};
    const Gate* consent = s.gate("consent");
    if (consent && consent->at.at >= due) return std::nullopt;
    return Instant{due.seconds - rule.seconds, 0};
  }
  const std::string name = rule.starts.substr(rule.starts.find(':') + 1);
  if (rule.starts.starts_with("gate:")) {
    const Gate* gate = s.gate(name);
    if (!gate || !gate->passed()) return std::nullopt;
    return gate->at.at;
  }
  if (s.state == name) return s.since.at;
  if (rule.ends == "left") return std::nullopt;
  std::optional<Instant> last;
  for (const Passage& p : s.path)
    if (p.state == name) last = p.at.at;
  return last;
}

bool ended(const DeadlineRule& rule, const Person& person, const Standing& s, Phase phase) {
  if (rule.ends == "left") return false;  // start_of() asks for the state
  const std::string name = rule.ends.substr(rule.ends.find(':') + 1);
  if (rule.ends.starts_with("note:")) return person.fact(name) == "yes";
  if (phase != Phase::before) return true;
  return rule.ends.starts_with("gate:") && s.passed(name);
}

bool meant_for(DeadlineRule::For only, const Tables& tables, const Person& person) {
  switch (only) {
    case DeadlineRule::For::all:
      return true;
    case DeadlineRule::For::minors:
      return person.treated_as_minor();
    case DeadlineRule::For::adults:
      return !person.treated_as_minor();
    case DeadlineRule::For::victims:
      break;
  }
  const Standing* s = person.standing(Track::assisted_return);
  const State* state = s ? tables.state(Track::assisted_return, s->state) : nullptr;
  return state && state->phase != Phase::end;
}

}  // namespace

std::vector<Due> due_items(const Tables& tables, const Person& person, Track track,
                           const Standing& standing) {
  std::vector<Due> due;
  const State* state = tables.state(track, standing.state);
  if (!state || !person.joined_to.empty()) return due;
  for (const DeadlineRule* rule : tables.deadlines(track, person.fact("host"))) {
    if (!meant_for(rule->only, tables, person) || ended(*rule, person, standing, state->phase)) continue;
    if (const auto start = start_of(*rule, person, standing))
      due.push_back({rule->name, {start->seconds + rule->seconds, 0}});
  }
  std::ranges::sort(
      due, [](const Due& a, const Due& b) { return std::tie(a.at, a.rule) < std::tie(b.at, b.rule); });
  return due;
}

std::optional<Fine> fine_of(const Tables& tables, const Person& person, Instant until) {
  const FineRule* rule = tables.fine(person.fact("host"));
  const auto since = from_date(person.fact("overstay_since"));
  if (!rule || !since) return std::nullopt;
  const std::int64_t days = std::max<std::int64_t>(0, until.seconds / 86400 - since->seconds / 86400 + 1);
  const std::int64_t amount = days * rule->per_day;
  return Fine{rule, days, rule->at_most > 0 ? std::min(amount, rule->at_most) : amount};
}

std::string local_text(Instant t, const std::string& host) {
  static std::map<std::string, std::unique_ptr<icu::TimeZone>> zones;  // one thread draws
  auto& zone = zones[host];
  if (!zone) {
    const std::string name = zone_of(host);
    zone.reset(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name.empty() ? "Etc/UTC" : name)));
  }
  std::int32_t raw = 0, saving = 0;
  UErrorCode error = U_ZERO_ERROR;
  zone->getOffset(static_cast<UDate>(t.seconds) * 1000.0, false, raw, saving, error);
  const LocalTime local{t, U_SUCCESS(error) ? (raw + saving) / 60000 : 0};
  const std::string text = local.text();
  return text.substr(0, 10) + " " + text.substr(11, 5) + " (" + (text.size() > 20 ? text.substr(19) : "UTC") +
         ")";
}

}  // namespace exchange::repatriation
