// What happened to a person, as a signed text: the only truth of this folder. docs/repatriation.md.
//
// An event names the events that its author knew as the latest of that person (`after`). So events of a
// person form a history in which it is plain what was written without knowledge of what.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/repatriation/model.h"
#include "libexchange/trust/keyfile.h"
#include "libexchange/trust/statements.h"

namespace exchange::repatriation {

struct Document {
  std::string kind, reference;  // kind: lower-case letters, digits and '_', or "-"; reference: a line of text
  std::optional<Hash> sha256;   // of the file, where one was given
  auto operator<=>(const Document&) const = default;
};

struct Event {
  std::string person;
  std::optional<Track> track;  // none: it is about the person, not about a track
  std::string kind;            // advance, gate, fact, note, batch, join, settle
  std::string group;           // who may see it: visibility.csv
  std::string from, to;        // advance and settle: states; "-" is the start
  LocalTime at;                // when it happened
  Instant recorded;            // when it was written
  Address by;
  std::string usage;               // of the key: consular, protection, supervisor, custody
  Hash endorsement{};              // SHA-256 of its text
  std::vector<std::string> after;  // ids, ascending, at most 256
  std::map<std::string, std::string> gates;
  std::vector<Document> documents;
  std::map<std::string, std::string> fields;
  std::string note;  // up to 4,000 bytes; lines end in LF

  // The signed text, in fixed order.
  std::string text() const;
  // Strict: Failure{malformed} or {limit}.
  static Event parse(std::string_view text);
};

// SHA-256 of the text, lower-case hex.
std::string event_id(std::string_view text);

// An event with its signature.
struct SignedEvent {
  std::string id;
  Event event;
  std::string whole;  // the note
  static SignedEvent parse(std::string whole);
  static SignedEvent sign(const Event& event, const PrivateKeys& keys);
  // True if the endorsed key made the signature and the endorsement is the one that the event names.
  bool signed_by(const Endorsement& endorsement) const;
};

// A person's id or pseudonym: a letter, then letters, digits, '-' and '.'; at most 40.
bool is_person_id(std::string_view text);
// R-DDDD-XXXXXX-XXXXXX: four characters of the desk's address, sixty random bits. Crockford's base 32.
std::string new_person_id(const Address& desk);

}  // namespace exchange::repatriation
