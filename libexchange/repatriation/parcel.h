// What one desk gives to another: signed events, and the endorsements of the keys that signed them. Who may
// see what stands in visibility.csv; a claim to asylum hides a person from the state of origin altogether.
#pragma once
#include <set>
#include <span>
#include <string>
#include <vector>

#include "libexchange/repatriation/desk.h"

namespace exchange::repatriation {

struct Reader {
  Address address;
  std::string country;           // alpha-3, of its endorsement
  std::set<std::string> usages;  // likewise
};

// A column of visibility.csv: what this reader is to this person. A consular desk of the person's own state
// or of the agency `own_agency`; protection; police of the host or home state; else partner.
std::string reader_kind(const Person& person, const Reader& reader, std::string_view own_agency);

// Events that the same readers may see.
struct Share {
  std::set<std::size_t> readers;  // indexes
  std::vector<SignedEvent> events;
};
// Of these persons, by set of readers. Events that nobody may see are in none.
std::vector<Share> shares(const Desk& desk, const std::vector<const Person*>& people,
                          std::span<const Reader> readers, std::string_view own_agency);

struct Parcel {
  std::vector<Endorsement> endorsements;
  std::vector<SignedEvent> events;

  // "valise-repatriation-parcel/1", then "endorsement BYTES" or "event BYTES" and the signed text.
  std::string text() const;
  // Strict. Failure{malformed}, {limit}.
  static Parcel parse(std::string_view text);
};

// With the endorsements of its events. Failure{unavailable}: one of them is not here.
Parcel parcel_of(const Desk& desk, const std::vector<SignedEvent>& events);

// Checks every signature and every key against whom this home trusts, on `threads` threads. Failure{trust}:
// the key is not trusted, not valid when it signed, revoked, or not for that usage; {signature}.
void verify_parcel(const Home& home, const Parcel& parcel, unsigned threads);

}  // namespace exchange::repatriation
