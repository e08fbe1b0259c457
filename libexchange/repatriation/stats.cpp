#include "libexchange/repatriation/stats.h"

#include <algorithm>
#include <array>
#include <set>

namespace exchange::repatriation {

namespace {

struct Band {
  int first, last;
  std::string_view name;
};
constexpr std::array<Band, 7> kBands = {{{0, 11, "0-11"},
                                         {12, 17, "12-17"},
                                         {18, 24, "18-24"},
                                         {25, 34, "25-34"},
                                         {35, 44, "35-44"},
                                         {45, 59, "45-59"},
                                         {60, 200, "60+"}}};
constexpr int kOfAge = 18;

// A person at a moment.
struct At {
  const Tables& tables;
  const Person& person;
  Instant until;
};

// Where a record stood: the last step up to then. Nothing where it began later.
std::optional<std::string> state_at(const Standing& standing, Instant until) {
  if (standing.since.at <= until) return standing.state;
  std::optional<std::string> state;
  for (const Passage& p : standing.path)
    if (p.at.at <= until) state = p.state;
  return state;
}

std::optional<std::pair<Track, std::string>> main_state(const At& a) {
  std::optional<std::pair<Track, std::string>> found;
  a.person.each([&](Track track, const Standing& standing) {
    if (found) return;
    if (const auto state = state_at(standing, a.until)) found = {track, *state};
  });
  return found;
}

std::string state_word(const At& a) {
  const auto state = main_state(a);
  return state ? state->second : "";
}

std::string track_word(const At& a) {
  std::string word;
  a.person.each(
      [&](Track track, const Standing&) { word = word.empty() ? std::string(name_of(track)) : "both"; });
  return word;
}

std::string role_word(const At& a) {
  const std::string& outcome = a.person.fact("outcome");
  return outcome.empty() ? "undetermined" : outcome;
}

template <char const* Field>
std::string fact_word(const At& a) {
  return a.person.fact(Field);
}
constexpr char kHost[] = "host", kSite[] = "site", kNationality[] = "nationality", kSex[] = "sex",
               kChannel[] = "channel", kBatch[] = "batch";

// `open`: shown to everybody.
struct DimensionType {
  std::string_view name;
  bool open;
  std::string (*word)(const At&);
};
const std::array<DimensionType, 11> kDimensions = {
    {{"by_host", true, fact_word<kHost>},
     {"by_nationality", true, fact_word<kNationality>},
     {"by_state", false, state_word},
     {"by_site", false, fact_word<kSite>},
     {"by_sex", true, fact_word<kSex>},
     {"by_age_band", true, [](const At& a) { return age_band(a.person, utc_day(a.until)); }},
     {"by_minor", false, [](const At& a) { return std::string(word_for(a.person.minor())); }},
     {"by_role", false, role_word},
     {"by_track", false, track_word},
     {"by_channel", true, fact_word<kChannel>},
     {"by_batch", false, fact_word<kBatch>}}};

Waiting waiting_of(std::vector<std::int64_t> days) {
  if (days.empty()) return {};
  std::ranges::sort(days);
  const auto rank = [&](std::size_t percent) { return days[(days.size() * percent + 99) / 100 - 1]; };
  return {days.size(), rank(50), rank(90)};
}

bool not_home_yet(const At& a) {
  const auto state = main_state(a);
  const State* type = state ? a.tables.state(state->first, state->second) : nullptr;
  return state && (!type || type->phase == Phase::before || type->phase == Phase::removal);
}

}  // namespace

const Counts& Stats::by(std::string_view name) const {
  static const Counts none;
  const auto found = std::ranges::find(dimensions, name, &Dimension::name);
  return found == dimensions.end() ? none : found->counts;
}

std::string age_band(const Person& person, Day on) {
  const auto band_of = [](int age) {
    return std::ranges::find_if(kBands, [&](const Band& b) { return age >= b.first && age <= b.last; });
  };
  if (const auto reading = read_partial_date(person.fact("born")); reading.date) {
    const auto age = reading.date->age_on(on);
    if (const auto band = band_of(age.least); band != kBands.end() && band == band_of(age.most))
      return std::string(band->name);
    if (age.most < kOfAge) return "0-17";
    if (age.least >= kOfAge) return "18+";
  }
  if (person.minor() == Minor::unknown) return {};
  return person.minor() == Minor::yes ? "0-17" : "18+";
}

Stats count_people(const Tables& tables, const std::vector<const Person*>& people, const Selection& selection,
                   std::optional<Instant> since, Instant until) {
  Stats stats;
  stats.since = since;
  stats.until = until;
  for (const DimensionType& type : kDimensions) stats.dimensions.push_back({std::string(type.name), {}});
  std::vector<std::int64_t> days;
  for (const Person* person : people) {
    const At at{tables, *person, until};
    if (!selection.takes(*person)) continue;
    bool taken = false;
    person->each([&](Track track, const Standing& standing) {
      if (!selection.takes(track, standing, until)) return;
      taken = true;
      std::set<std::string> states;
      for (const Passage& p : standing.path)
        if (p.at.at <= until && (!since || *since <= p.at.at)) states.insert(p.state);
      for (const std::string& state : states) ++stats.reached[track][state];
    });
    const Instant reported = person->first_report.at;
    if (!taken || until < reported || (since && reported < *since)) continue;
    ++stats.total;
    for (std::size_t i = 0; i < kDimensions.size(); ++i)
      ++stats.dimensions[i].counts[kDimensions[i].word(at)];
    std::set<std::string> rules;
    person->each([&](Track track, const Standing& standing) {
      if (!selection.takes(track, standing, until)) return;
      if (const auto state = state_at(standing, until)) ++stats.by_state_of_track[track][*state];
      for (const Due& due : standing.due)
        if (due.at < until) rules.insert(due.rule);
    });
    for (const std::string& rule : rules) ++stats.overdue[rule];
    if (not_home_yet(at)) days.push_back((until.seconds - reported.seconds) / 86400);
  }
  stats.waiting = waiting_of(std::move(days));
  return stats;
}

Counts pooled(const Counts& counts) {
  std::vector<std::pair<std::size_t, std::string>> cells;
  std::size_t sum = 0;
  for (const auto& [name, n] : counts)
    if (n > 0) cells.emplace_back(n, name), sum += n;
  if (sum < kSmallestCell) return {};
  std::ranges::sort(cells);
  std::size_t in_pool = 0, pool = 0;
  if (cells.front().first < kSmallestCell)
    while (in_pool < cells.size() &&
           (cells[in_pool].first < kSmallestCell || in_pool < 2 || pool < kSmallestCell))
      pool += cells[in_pool++].first;
  Counts out;
  for (std::size_t i = in_pool; i < cells.size(); ++i) out[cells[i].second] = cells[i].first;
  if (pool > 0) out["suppressed"] = pool;
  return out;
}

PublicStats for_the_public(const Tables& tables, const Stats& stats) {
  PublicStats out{stats.since, stats.until, {}, {}};
  if (stats.total < kSmallestCell) return out;
  out.total = stats.total;
  for (std::size_t i = 0; i < kDimensions.size(); ++i)
    if (kDimensions[i].open)
      out.dimensions.push_back({std::string(kDimensions[i].name), pooled(stats.dimensions[i].counts)});
  Counts phases;
  for (const auto& [name, n] : stats.by("by_state")) {
    const State* type = nullptr;
    for (const Track track : kTracks)
      if (!type) type = tables.state(track, name);
    phases[type ? std::string(name_of(type->phase)) : ""] += n;
  }
  out.dimensions.push_back({"by_state", pooled(phases)});
  out.dimensions.push_back({"by_role", {{"person", stats.total}}});
  return out;
}

}  // namespace exchange::repatriation
