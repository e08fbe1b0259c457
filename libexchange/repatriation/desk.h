// The records of a home: HOME/repat.
//
//   events          signed events in batches, only ever appended to; the truth
//   endorsements/   of the keys that signed them, by SHA-256
//   index           computed from events; may be deleted at any time
//   tables/         the agency's own rows
//   lock            held by who writes
//
// Several processes may work at once. An append is one fsync; what a power failure tears off was never
// acknowledged. Everything is 0600.
#pragma once
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "libexchange/repatriation/fold.h"
#include "libexchange/trust/home.h"

namespace exchange::repatriation {

// An event with what became of it, for people to read.
struct HistoryItem {
  SignedEvent signed_event;
  Judgement judgement;
  std::string doubt;  // about its signature or its key, one line; empty: none
};

// Not for sharing between threads.
class Desk {
 public:
  enum class Access { read, write };
  // Reading creates nothing. Writing holds the lock until the desk goes. People whom no key of this home may
  // know are as if they were not there: a claim to asylum is open, and a key is of the state of origin.
  // Failure{integrity}: the events were changed; {policy}: a table does not fit; {unavailable}.
  explicit Desk(const Home& home, Access access = Access::read);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  const Tables& tables() const;
  // By id. Those who were joined to another person have joined_to set; who counts people passes over them.
  const std::vector<const Person*>& people() const;
  // Nothing for an unknown id.
  const Person* find(std::string_view id) const;

  // The latest events of a person: `after` of the next one. Empty for a new person.
  std::vector<Head> heads(std::string_view id) const;
  // Every event of a person, each after those it names; signatures checked again.
  std::vector<HistoryItem> history(std::string_view id) const;
  // A person computed from those events, their signatures checked, for an act on that person: the index is
  // not asked. Failure{signature}. `id` must be known.
  Folded checked(std::string_view id) const;
  // The events without the checks, of persons who are not hidden.
  std::vector<SignedEvent> events(std::string_view id) const;
  bool knows_person(std::string_view id) const;  // hidden ones as well

  // Those that are not here yet, each once.
  std::vector<SignedEvent> not_here(std::vector<SignedEvent> events) const;
  // Adds events that this home signed or whose signatures were checked. Those already here are passed over.
  // All or nothing, on the disk when it returns. Returns how many were new. Only under Access::write.
  std::size_t add(std::span<const SignedEvent> events, std::span<const Endorsement> endorsements);
  // By SHA-256 of its text; nothing if it is not here.
  std::optional<Endorsement> endorsement(const Hash& text_hash) const;

 private:
  std::vector<SignedEvent> signed_events(std::string_view id) const;

  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace exchange::repatriation
