// A person and where that person stands, as computed from signed events (see fold.h). Values, nothing
// owned; safe to read from several threads.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libexchange/base/time.h"
#include "libexchange/repatriation/tables.h"

namespace exchange::repatriation {

// When something was so, and how far the local clock was from UTC.
struct LocalTime {
  Instant at;
  int offset_minutes = 0;
  std::string text() const;  // RFC 3339 with the offset: 2026-05-21T17:00:00+07:00; whole seconds
  static std::optional<LocalTime> parse(std::string_view text);  // exactly what text() gives
  auto operator<=>(const LocalTime&) const = default;
};

struct Gate {
  std::string name, value;  // value: open, ok, waived, failed
  LocalTime at;
  std::string by;  // address of the key
  bool passed() const { return value == "ok" || value == "waived"; }
};

// Two desks wrote different things without knowing of each other. A person settles it.
struct Contradiction {
  std::string about;                // "state", "gate risk", "name_latin"
  std::vector<std::string> values;  // that were written
  std::vector<std::string> events;  // their ids, in the same order
};

struct Due {
  std::string rule;  // of deadlines.csv, or fine_waiver
  Instant at;
};

struct Passage {
  std::string state;
  LocalTime at;
};

// Where a person stands on one track.
struct Standing {
  std::string state = "-";  // of two that contradict: the last one they agree on
  LocalTime since;
  std::vector<Passage> path;  // of counted steps, by time
  std::vector<Gate> gates;    // that were ever set, by name
  std::vector<Contradiction> contradictions;
  std::vector<Due> due;  // by time; overdue ones are those before now

  const Gate* gate(std::string_view name) const;
  std::string gate_value(std::string_view name) const;  // "open" where it was never set
  bool passed(std::string_view gate) const;
};

// A standing on a track, as a type of its own: what is meant for a victim takes no suspect and the other way
// round, and nothing turns one into the other.
template <Track T>
struct Record {
  static constexpr Track track = T;
  Standing standing;
};
using AssistedReturn = Record<Track::assisted_return>;
using SuspectReturn = Record<Track::suspect_return>;

// Yes and unknown are treated as a minor.
enum class Minor : std::uint8_t { unknown, no, yes };

using Facts = std::vector<std::pair<std::string, std::string>>;  // by field name, ascending

struct Person {
  std::string id;  // pseudonym
  Facts facts;     // fields of fields.csv
  std::optional<AssistedReturn> assisted;
  std::optional<SuspectReturn> suspect;
  LocalTime first_report;                     // the earliest
  std::string joined_to;                      // the id under which this person is kept; empty: this one
  std::vector<Contradiction> contradictions;  // of facts
  std::size_t not_counted = 0;                // events whose author was not entitled to them

  const std::string& fact(std::string_view field) const;  // empty where there is none
  Minor minor() const;
  bool treated_as_minor() const { return minor() != Minor::no; }
  // Nothing where the person has no record of this track.
  const Standing* standing(Track track) const;
  // Calls f(track, standing) for each record.
  template <class F>
  void each(F f) const {
    if (assisted) f(Track::assisted_return, assisted->standing);
    if (suspect) f(Track::suspect_return, suspect->standing);
  }
};

// Is a claim to asylum open on any track? The state of origin then sees nothing of this person.
bool asylum_open(const Person& person);

}  // namespace exchange::repatriation
