// From a set of events to a person. The result depends on the set alone, never on an order of arrival.
//
// An event writes registers: the state of a track, a gate, a fact. A later write takes the place of those
// that its author knew (its ancestors by `after`). Two writes of which neither knew the other both stand: if
// they differ, that is a contradiction, kept and shown until somebody writes with knowledge of both. Until
// then the safer value holds: the worse gate, the last state both agree on.
//
// A step counts only if its author was entitled to it by what the author knew. One that was not is kept and
// shown, and changes nothing. Where a step's past is not all here (other desks keep parts to themselves), its
// form and its edge are judged, and its author answers for the rest.
#pragma once
#include <span>

#include "libexchange/repatriation/rules.h"

namespace exchange::repatriation {

constexpr std::size_t kMaxEventsOfPerson = 4096;

struct Known {
  std::string id;
  Event event;
};

// What became of an event.
struct Judgement {
  std::string id;
  bool counted = true;
  std::string why;  // not counted, or overruled by which event
};

// A latest event of those that the same readers may see (`among`: group and track). An event names the latest
// of each, so that the links hold for readers who get some groups only.
struct Head {
  std::string among, id;
};
std::string among(const Event& event);

struct Folded {
  Person person;
  std::vector<Judgement> judgements;  // oldest first: every event after those it names
  std::vector<Head> heads;            // by id: `after` of the next event
};

// All events must be of one person; duplicates are ignored. Failure{limit}: over kMaxEventsOfPerson.
Folded fold(const std::string& person, std::span<const Known> events, const Tables& tables);

}  // namespace exchange::repatriation
