// The refusals behind rules.h. Not a public header.
#pragma once
#include <string_view>

#include "libexchange/repatriation/event.h"

namespace exchange::repatriation {

struct Situation {
  const Tables& tables;
  const Person& person;      // with what the step brings
  const Standing& standing;  // likewise
  const Event& step;
  const Edge& edge;
  bool reason;
  bool passed(std::string_view gate) const { return standing.passed(gate); }
  const std::string& fact(std::string_view field) const { return person.fact(field); }
};

// True: the step is refused. Asking for a name that is not there is a bug.
bool refuses(std::string_view predicate, const Situation& s);

}  // namespace exchange::repatriation
