// One event of a chain of custody: a signed text, "valise-custody/v1". docs/custody.md, "Events".
#pragma once
#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/base/time.h"
#include "libexchange/crypto/note.h"

namespace exchange {

// A case, across bundles and agencies: its reference and the agency that requests.
struct CaseId {
  std::string reference;  // 1 .. 200 bytes
  std::string agency;     // an agency id; "-" where the case names none
  auto operator<=>(const CaseId&) const = default;
};
struct ExhibitId {
  CaseId the_case;
  std::string exhibit;  // EX-03; 1 .. 64 bytes without a space
  auto operator<=>(const ExhibitId&) const = default;
};

// An exhibit of an event, and the event of this log that was the last one of that exhibit before.
struct ExhibitLink {
  struct Previous {
    std::uint64_t index = 0;  // in the log
    Hash id{};                // of that event
  };
  std::string exhibit;
  std::optional<Previous> previous;  // none: the chain begins here
  std::string text() const;          // "EX-03 41 BASE64", "EX-03 - -"
  static std::optional<ExhibitLink> parse(std::string_view text);
};

// Who acted: not always who records and signs.
struct Actor {
  std::string name, role, agency;  // each 1 .. 200 bytes of UTF-8
  bool operator==(const Actor&) const = default;
};

struct CustodyEvent {
  // Up to kInline exhibits stand in the text. Of more, the text holds the number and the Merkle root of
  // their lines, and the lines lie beside it: one signature covers 10^5 exhibits, and one of them can be
  // shown without the others.
  static constexpr std::size_t kInline = 16, kMostExhibits = 1 << 20, kMostFields = 32;

  std::string type;  // of event_types()
  CaseId the_case;
  std::vector<ExhibitLink> exhibits;  // by id, ascending, each once
  std::string at;                     // when it happened: RFC 3339 with the local offset, kept as given
  Instant recorded;                   // when it was signed
  Actor by;
  std::string place = "-";                    // 1 .. 200 bytes
  std::map<std::string, std::string> fields;  // is_field_name → is_field_value
  std::string note = "-";                     // 1 .. 4,000 bytes
  VerifierKey signer;
  Hash endorsement{};  // SHA-256 of the text of the signer's endorsement

  // Of an event with more than kInline exhibits; computed by text() when `exhibits` is there.
  std::uint64_t list_size = 0;
  Hash list_root{};

  std::string text() const;
  // The lines of all exhibits when they do not stand in the text, else empty.
  std::string list() const;
  // Strict, form and required fields. Failure{malformed} or {limit}. `list` must be what the text commits to
  // (Failure{integrity}); without it `exhibits` stays empty where the text has only their root.
  static CustodyEvent parse(std::string_view text, std::optional<std::string_view> list);

  Instant instant() const;                                  // of `at`
  const std::string& field(const std::string& name) const;  // empty where there is none
  bool has(const std::string& exhibit) const;
  // Failure{policy}: what an officer has to correct: an unknown type, a field missing or out of form.
  void require_complete() const;
};

// SHA-256 of an event's text: its name in every other statement.
Hash event_id(std::string_view text);

// Now, in the offset of this machine's time zone.
std::string local_now();
// RFC 3339 as events hold it: 'T', 'Z' or ±hh:mm, at most 35 bytes.
bool is_event_time(std::string_view text);

}  // namespace exchange
