// Writes events: one act of one officer, checked before it is signed, and kept as a whole or not at all.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "libexchange/repatriation/desk.h"

namespace exchange::repatriation {

// Who signs. Neither is owned.
struct Author {
  const PrivateKeys& keys;
  const Endorsement& endorsement;
};

// What an officer says of one person at one moment. Empty parts say nothing.
struct Saying {
  std::optional<Track> track;  // needed for steps, gates and batches
  LocalTime at;
  std::map<std::string, std::string> gates, fields;
  std::vector<Document> documents;
  std::string note;
};

class Pen {
 public:
  // `desk` must be open for writing. All must outlive the pen.
  Pen(Desk& desk, const Author& author, Strictness strictness);

  // A person as they will be when all that this pen wrote is kept; an empty one for a new id.
  const Person& person(const std::string& id);

  // Takes a step. Failure{policy} names the state, the gate and the remedy; {usage}: no such state. What
  // else a step brings (another track's record) is written too.
  void step(const std::string& id, const std::string& to, const Saying& saying);
  // The refusals of that step; nothing is written.
  std::vector<Refusal> try_step(const std::string& id, const std::string& to, const Saying& saying);
  // Gates, facts, documents or a note without a step. `kind`: gate, fact, note, batch, join.
  // Failure{policy}.
  void say(const std::string& id, const std::string& kind, const Saying& saying);
  // Of two steps that contradict each other, this one stands. A reason (note) is needed.
  void settle(const std::string& id, const std::string& event, const Saying& saying);

  // Keeps everything in one append. Returns the number of events.
  std::size_t commit();

 private:
  struct Draft {
    Person person;
    std::vector<Head> heads;
  };
  struct Attempt {
    Event event;
    const Edge* edge;
    std::vector<Refusal> refusals;
  };
  Draft& draft(const std::string& id);
  Attempt attempt(const Draft& draft, const std::string& to, const Saying& saying) const;
  void open(Draft& draft, Track track, const Event& step);
  void take_fields(Event& event, const Saying& saying) const;  // those of the event's group
  Event event_of(const Draft& draft, const Saying& saying, const std::string& kind) const;
  // Chooses among the key's usages the first under which `check` finds nothing to refuse.
  template <class Check>
  std::vector<Refusal> choose_usage(Event& event, Check check) const;
  void put(Draft& draft, const Event& event);
  // Facts that another group of readers may see than `group`, and the note, in events of their own.
  void put_apart(Draft& draft, const Saying& saying, const std::string& group);

  Desk& desk_;
  const Author& author_;
  const Strictness strictness_;
  const Instant now_;
  std::map<std::string, Draft> drafts_;
  std::vector<SignedEvent> written_;
};

// "V-0002: no step to ready: gate guardian is open (CRC art. 20)", with the first remedy as its hint.
[[noreturn]] void refuse(const std::string& what, const std::vector<Refusal>& refusals);

}  // namespace exchange::repatriation
