// Which clocks run for a person, and until when. deadlines.csv; guidance, not law.
#pragma once
#include "libexchange/repatriation/model.h"

namespace exchange::repatriation {

// Of one standing of this person, by time.
std::vector<Due> due_items(const Tables& tables, const Person& person, Track track, const Standing& standing);

// What an overstay costs, in whole units of the rule's currency.
struct Fine {
  const FineRule* rule;
  std::int64_t days, amount;
};
// From the fact overstay_since to `until`; nothing where the host has no row, or nobody overstayed.
std::optional<Fine> fine_of(const Tables& tables, const Person& person, Instant until);

// "2026-05-24 10:00 (+07:00)": in the zone of a post in that country, else UTC.
std::string local_text(Instant t, const std::string& host);

}  // namespace exchange::repatriation
