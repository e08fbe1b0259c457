// What a post reports: persons, never events, each once in every table.
#pragma once
#include <map>

#include "libexchange/base/partial_date.h"
#include "libexchange/repatriation/selection.h"

namespace exchange::repatriation {

using Counts = std::map<std::string, std::size_t>;

struct Dimension {
  std::string name;  // by_host, by_site …
  Counts counts;     // by code; "" where it was not given. They sum up to the total
};

struct Waiting {
  std::size_t people = 0;
  std::int64_t median = 0, ninetieth = 0;  // whole days, nearest rank
};

struct Stats {
  std::optional<Instant> since;  // first report, both ends included
  Instant until;
  std::size_t total = 0;
  std::vector<Dimension> dimensions;
  std::map<Track, Counts> by_state_of_track;  // a person with two records stands in both
  std::map<Track, Counts> reached;            // whoever stepped into a state in that time, reported when ever
  Counts overdue;                             // by rule
  Waiting waiting;                            // since the report, of those who are not home yet

  const Counts& by(std::string_view name) const;  // empty where there is no such dimension
};

// People first reported from `since` to `until`, where they stood at `until`. by_state counts a person with
// two records once, under assisted_return. Ages are those at `until`.
Stats count_people(const Tables& tables, const std::vector<const Person*>& people, const Selection& selection,
                   std::optional<Instant> since, Instant until);

// "0-11" … "60+"; "0-17" and "18+" where no more is known; "" where nothing is.
std::string age_band(const Person& person, Day on);

// For everybody to read. No number is below kSmallestCell, and none can be computed: cells below it are
// pooled as "suppressed" with the smallest others, until the pool has two cells and kSmallestCell people, and
// the names of pooled cells are left out. Only dimensions that do not nest are shown: a site lies in one host
// country, so a site's number next to the country's would tell the rest. States are phases, for the names of
// some states tell the role; the role is "person" for all. Who publishes two overlapping periods tells their
// difference.
constexpr std::size_t kSmallestCell = 5;
struct PublicStats {
  std::optional<Instant> since;
  Instant until;
  std::optional<std::size_t> total;  // nothing below kSmallestCell: then there is no table either
  std::vector<Dimension> dimensions;
};
PublicStats for_the_public(const Tables& tables, const Stats& stats);
Counts pooled(const Counts& counts);  // all of them nothing where the sum is below kSmallestCell

}  // namespace exchange::repatriation
