#include "libexchange/repatriation/selection.h"

#include <algorithm>
#include <array>

namespace exchange::repatriation {

namespace {

bool fits(const std::string& filter, std::string_view value) { return filter.empty() || filter == value; }

}  // namespace

std::string_view word_for(Minor minor) {
  constexpr std::array<std::string_view, 3> kWords = {"unknown", "no", "yes"};
  return kWords[static_cast<std::size_t>(minor)];
}

std::size_t overdue_count(const Standing& standing, Instant now) {
  return static_cast<std::size_t>(
      std::ranges::count_if(standing.due, [&](const Due& d) { return d.at < now; }));
}

bool Selection::takes(const Person& person) const {
  return person.joined_to.empty() && fits(host, person.fact("host")) && fits(site, person.fact("site")) &&
         fits(nationality, person.fact("nationality")) && fits(batch, person.fact("batch")) &&
         fits(minor, word_for(person.minor()));
}

bool Selection::takes(Track record, const Standing& standing, Instant now) const {
  return (!track || *track == record) && (!overdue || overdue_count(standing, now) > 0);
}

std::string Selection::text() const {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty())
      out += std::string(out.empty() ? "" : ", ") + std::string(name) + " " + std::string(value);
  };
  if (track) add("track", name_of(*track));
  add("host", host);
  add("site", site);
  add("nationality", nationality);
  add("batch", batch);
  add("minor", minor);
  if (overdue) out += out.empty() ? "overdue only" : ", overdue only";
  return out;
}

}  // namespace exchange::repatriation
