// People as the fold would give them, made by hand for tests.
#pragma once
#include <algorithm>
#include <string>

#include "libexchange/repatriation/model.h"

namespace made {

using namespace exchange;
using namespace exchange::repatriation;

inline Instant time_at(std::string_view text) { return *from_rfc3339(text); }

inline Person person(std::string id, Facts facts = {}, std::string_view reported = "2026-05-01T00:00:00Z") {
  Person p;
  p.id = std::move(id);
  std::ranges::sort(facts);
  p.facts = std::move(facts);
  p.first_report.at = time_at(reported);
  return p;
}

inline Standing standing(std::string state, std::string_view since = "2026-05-01T00:00:00Z") {
  Standing s;
  s.state = std::move(state);
  s.since.at = time_at(since);
  s.path = {{s.state, s.since}};
  return s;
}

inline Person assisted(std::string id, std::string state, Facts facts = {},
                       std::string_view reported = "2026-05-01T00:00:00Z") {
  Person p = person(std::move(id), std::move(facts), reported);
  p.assisted = AssistedReturn{standing(std::move(state), reported)};
  return p;
}

inline Person suspect(std::string id, std::string state, Facts facts = {},
                      std::string_view reported = "2026-05-01T00:00:00Z") {
  Person p = person(std::move(id), std::move(facts), reported);
  p.suspect = SuspectReturn{standing(std::move(state), reported)};
  return p;
}

inline std::vector<const Person*> pointers(const std::vector<Person>& people) {
  std::vector<const Person*> out;
  for (const Person& p : people) out.push_back(&p);
  return out;
}

}  // namespace made
