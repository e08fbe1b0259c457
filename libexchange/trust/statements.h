// The signed texts of an agency: its card, endorsements of its officers' keys, its revocation list, and an
// officer's request. All are C2SP signed notes with fixed lines in a fixed order; docs/format.md, "Trust".
//
// Every parse() is strict: Failure{malformed} names the line. parse() checks form only; who signed is
// checked by Agency::accepts() or, for a card and a request, by the key inside (self-signed).
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/base/time.h"
#include "libexchange/crypto/age.h"
#include "libexchange/crypto/note.h"
#include "libexchange/trust/address.h"

namespace exchange {

constexpr std::size_t kMaxNote = 64 * 1024;

// valise-card/v1: an agency's root key, shown to the world. Self-signed.
struct Card {
  std::string agency;  // id
  std::string name;    // in its own script; UTF-8, 1 .. 200 bytes
  std::string country;
  VerifierKey root;                 // its name is the agency id
  bool example = false;             // marked EXAMPLE: nothing under it is evidence
  std::string fingerprint() const;  // "SHA256:" and 8 groups of 8 hex digits, of the vkey text
  static Card parse(std::string_view whole);
  std::string text() const;
};

// valise-request/v1: an officer asks for an endorsement. Self-signed by the officer's signing key.
struct KeyRequest {
  Address officer;
  VerifierKey signing;  // its name is the officer's address
  AgeRecipient receiving;
  bool example = false;
  static KeyRequest parse(std::string_view whole);
  std::string text() const;
};

// valise-endorsement/v1: an agency says whose key this is and what it may do. Signed by the root.
struct Endorsement {
  std::string serial;  // 32 hex digits, random
  std::string agency_name, country;
  Address officer;
  VerifierKey signing;
  AgeRecipient receiving;
  std::set<std::string> usages;
  Instant not_before, not_after;  // both inclusive
  bool example = false;
  Hash text_hash{};   // SHA-256 of the text: what a seal names
  std::string whole;  // the note as signed
  static Endorsement parse(std::string_view whole);
  std::string text() const;
};

// valise-revocations/v1: the whole list of an agency, signed by the root. Numbers only grow.
struct Revocation {
  std::string serial;
  Instant at;
  std::string reason;  // one line, UTF-8, 1 .. 200 bytes
};
struct RevocationList {
  std::string agency;
  std::uint64_t number = 0;
  Instant issued, next_update;
  bool example = false;
  std::vector<Revocation> revoked;  // by serial, ascending
  std::string whole;
  static RevocationList parse(std::string_view whole);
  std::string text() const;
  const Revocation* find(std::string_view serial) const;
};

}  // namespace exchange
