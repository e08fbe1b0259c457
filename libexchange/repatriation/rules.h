// May this step be taken? One small engine over the tables: it knows no state by name. Refusals are
// predicates by name (refusals.csv says what each means and where it stands).
#pragma once
#include <span>
#include <string>
#include <vector>

#include "libexchange/repatriation/event.h"

namespace exchange::repatriation {

struct Refusal {
  std::string what;  // "step", "key", "documents", "gate NAME", or a name of refusals.csv
  std::string text, remedy, source;
};

// `standard` takes one reference for an edge's documents; `strict` wants each kind, and the gates that are
// for strict only. What other desks wrote is always judged under `standard`.
enum class Strictness : std::uint8_t { standard, strict };

struct StepCheck {
  const Edge* edge = nullptr;     // nothing where there is no such step
  std::vector<Refusal> refusals;  // empty: it may be taken
};

// Judges an advance by what `person` was before it; the gates, fields and documents that the event itself
// brings count. `reason`: the author wrote a note with it.
StepCheck check_step(const Tables& tables, const Person& person, const Event& step, bool reason,
                     Strictness strictness = Strictness::standard);

// The form of an event: kind, group, fields, gates, and the key's usage. With `person`, also who may pass a
// gate now. Empty: it counts.
std::vector<Refusal> check_form(const Tables& tables, const Event& event, const Person* person);

// `person` as it would be with the gates and fields of `event`.
Person with_event(const Person& person, const Event& event);

// What stands between a person and each next state, without documents: for `show` and for batches.
struct NextStep {
  const Edge* edge;
  std::vector<Refusal> missing;
};
std::vector<NextStep> next_steps(const Tables& tables, const Person& person, Track track, Instant now,
                                 Strictness strictness);

// Of somebody on the way: what speaks against it now, for instance because another desk failed a gate
// meanwhile. A person must look at it at once. Empty for everybody else.
std::vector<Refusal> alerts(const Tables& tables, const Person& person, Track track);

// Every predicate that the program knows: each name of refusals.csv must be among them.
std::vector<std::string_view> predicate_names();

}  // namespace exchange::repatriation
