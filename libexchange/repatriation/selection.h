// Who is meant: the filters that board, statistics and exports share.
#pragma once
#include "libexchange/repatriation/model.h"

namespace exchange::repatriation {

// An empty filter takes everybody. Countries are alpha-3.
struct Selection {
  std::optional<Track> track;
  std::string host, site, nationality, batch, minor;
  bool overdue = false;

  // By the facts alone. Nobody who was joined to another person is taken.
  bool takes(const Person& person) const;
  // One record of a person whom takes(person) takes.
  bool takes(Track record, const Standing& standing, Instant now) const;
  // "host THA, batch F-1"; empty for everybody.
  std::string text() const;
};

// How many clocks have run out.
std::size_t overdue_count(const Standing& standing, Instant now);
std::string_view word_for(Minor minor);  // yes, no, unknown

}  // namespace exchange::repatriation
