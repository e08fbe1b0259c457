// The two tracks and all that goes with them, as tables: states, edges, who, gates, refusals, deadlines,
// fines, fields, visibility, sites. They are files in schemas/repatriation, built into the program; an agency
// adds its own rows in HOME/repat/tables/NAME.csv. The engine knows no state by name.
//
// Articles, clocks and fines are guidance: each row has its source and the day on which somebody compared it
// with that source (empty: nobody has yet).
#pragma once
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/base/bytes.h"

namespace exchange::repatriation {

enum class Track : std::uint8_t { assisted_return, suspect_return };
inline constexpr std::array kTracks = {Track::assisted_return, Track::suspect_return};
std::string_view name_of(Track track);
std::optional<Track> track_named(std::string_view name);

// Where a state lies: before the journey, on it, after it, or where nothing more is expected.
enum class Phase : std::uint8_t { before, removal, after, end };
std::string_view name_of(Phase phase);

using Words = std::vector<std::string>;

// Where a rule stands. `checked_on` is empty or a date.
struct Source {
  std::string text, checked_on;
};

struct State {
  Track track;
  std::string name;
  Phase phase;
  Words refuse_when;  // names of refusals that no edge into this state escapes, whoever wrote the edge
  std::string meaning;
};

struct Edge {
  Track track;
  Words from;  // states; "-" is the start
  std::string to;
  std::string when_field, when_value;  // this edge is meant only where the field has the value; may be empty
  Words who;                           // words of who.csv
  std::set<std::string> usages;        // of the keys that may record it, from who.csv
  Words documents;                     // kinds; `standard` takes one reference for all
  Words gates, minor_gates;            // must be ok or waived; the second for minors
  std::vector<std::pair<std::string, std::string>> sets;  // gates that the step itself sets
  std::optional<Track> opens;                             // the person gets a record of this track as well
  Words deadlines, refuse_when;
  Source source;
  bool leaves(std::string_view state) const;
};

struct GateType {
  std::string name;
  std::set<Track> tracks;
  std::set<std::string> usages;  // of the keys that may set it
  bool waivable, minor_only;
  bool stops_journey;                  // reopened, it stops who is about to travel with escorts
  bool strict_only;                    // needed under the policy `strict` only
  std::set<std::string> after_failed;  // of the keys that may pass it once it had failed; empty: the same
  Words not_by;  // gate:G or field:F: whoever set that gate, or is named in that field, may not pass this one
  std::string meaning;
  Source source;
};

struct RefusalType {
  std::string name, text, remedy;
  Source source;
};

struct DeadlineRule {
  std::string name;
  Track track;
  std::string country;  // host, alpha-3; empty: any that has no row of its own
  std::string starts,
      ends;  // state:S, gate:G, fine or departs (until before it); left, removal, gate:G or note:FIELD
  std::int64_t seconds;
  enum class For : std::uint8_t { all, minors, adults, victims } only;  // victims: an assisted return is open
  std::string text;
  Source source;
};

struct FineRule {
  std::string country, currency;
  std::int64_t per_day, at_most;  // whole units; 0: no cap
  Source source;
};

struct FieldType {
  std::string name, group;  // group: who may see it, visibility.csv
  std::string kind;         // text, country, born, date, time or word
  Words words;
  std::string meaning;
};

struct SiteType {
  std::string code, name, country, admin1, lat, lon, names;
};

class Tables {
 public:
  static const Tables& shipped();
  // The shipped ones and the rows of `folder`/*.csv, which need not exist. Rows add; a deadline, fine or site
  // of the same key replaces. Nothing takes a refusal away from a state. Failure{policy}: a file that does
  // not fit, with its line.
  static Tables with(const std::filesystem::path& folder);

  const State* state(Track track, std::string_view name) const;
  std::vector<const State*> states(Track track) const;  // in table order
  std::span<const Edge> edges() const { return edges_; }
  // Edges from one state (or "-") to another, in table order.
  std::vector<const Edge*> edges(Track track, std::string_view from, std::string_view to) const;
  std::vector<const Edge*> edges_from(Track track, std::string_view from) const;
  const GateType* gate(std::string_view name) const;
  std::span<const GateType> gates() const { return gates_; }
  const RefusalType* refusal(std::string_view name) const;
  std::span<const RefusalType> refusals() const { return refusals_; }
  // That apply to a host country: its own row, else the general one.
  std::vector<const DeadlineRule*> deadlines(Track track, std::string_view country) const;
  std::span<const DeadlineRule> deadlines() const { return deadlines_; }
  const FineRule* fine(std::string_view country) const;
  const FieldType* field(std::string_view name) const;
  std::span<const FieldType> fields() const { return fields_; }
  const SiteType* site(std::string_view code) const;
  // May a reader of this kind (a column of visibility.csv) see events of this group?
  bool visible(std::string_view group, Track track, std::string_view reader) const;
  bool is_group(std::string_view group) const;

  // Of everything above: an index made under other tables is made anew.
  const Hash& digest() const { return digest_; }

 private:
  friend class TableLoader;
  std::vector<State> states_;
  std::vector<Edge> edges_;
  std::map<std::string, std::set<std::string>, std::less<>> who_;
  std::vector<GateType> gates_;
  std::vector<RefusalType> refusals_;
  std::vector<DeadlineRule> deadlines_;
  std::vector<FineRule> fines_;
  std::vector<FieldType> fields_;
  std::vector<SiteType> sites_;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> visible_;  // group, track: readers
  Hash digest_{};
};

}  // namespace exchange::repatriation
