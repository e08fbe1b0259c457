// The chain of one exhibit: who holds it, which seal it bears, and where its story does not hold together.
//
// Sources: ISO/IEC 27037:2012 section 6.1 (a chain shows who held what, when and why, without gaps), ACPO
// principles 2 and 3.
#pragma once
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "libexchange/custody/event.h"

namespace exchange {

// A rule of the chain. One table.
struct ChainRule {
  std::string_view name;
  bool refuses;  // an event that would break it is not recorded; else it is recorded and shown
  std::string_view meaning;
};
std::span<const ChainRule> chain_rules();

struct ChainFinding {
  const ChainRule* rule = nullptr;
  std::uint64_t event = 0;  // index in the log of the event that shows it
  std::string message;      // one line
  bool explained = false;   // an anomaly or a correction names that event
};

struct ChainOptions {
  std::int64_t transit_hours = 72;  // between `transferred` and `received`
};

// Takes the events of one exhibit in the order of the log. A value; cheap to copy.
class Chain {
 public:
  explicit Chain(std::string exhibit, ChainOptions options = {})
      : exhibit_(std::move(exhibit)), options_(options) {}

  void take(std::uint64_t index, const Hash& id, const CustodyEvent& event);
  // The rules that refuse and that `event` would break as the next one.
  std::vector<ChainFinding> refusals(const CustodyEvent& event) const;
  // All findings so far, and what is due at `now`.
  std::vector<ChainFinding> findings(Instant now) const;

  // Exactly one holder from the first event of a person on; nobody before that and after the end. While the
  // exhibit is on its way it is still held by the one who let it go.
  const std::optional<Actor>& holder() const { return holder_; }
  bool in_transit() const { return transfer_.has_value(); }
  bool ended() const { return ended_; }
  bool has_person_events() const { return begun_; }
  const std::string& seal() const { return seal_; }  // number of the seal it bears; empty: none

 private:
  struct Seen {
    std::uint64_t index;
    Hash id;
  };
  struct Transfer {
    std::uint64_t index = 0;
    std::string to;
    Instant at;
  };
  void find(std::string_view rule, std::uint64_t event, std::string message);
  void check(std::uint64_t index, const CustodyEvent& event);
  void check_begin(std::uint64_t index, const CustodyEvent& event);
  void check_hands(std::uint64_t index, const CustodyEvent& event);
  void check_seal(std::uint64_t index, const CustodyEvent& event);
  void change(std::uint64_t index, const CustodyEvent& event);
  std::optional<std::uint64_t> named(const std::string& id) const;

  std::string exhibit_;
  ChainOptions options_;
  std::vector<Seen> seen_;
  std::vector<ChainFinding> findings_;
  std::set<std::uint64_t> explained_;  // events that an anomaly or a correction names
  std::optional<Actor> holder_;
  std::optional<Transfer> transfer_;
  std::optional<Instant> last_at_;
  std::string last_time_, seal_;
  bool begun_ = false, original_ = false, came_in_ = false, ended_ = false;
};

}  // namespace exchange
