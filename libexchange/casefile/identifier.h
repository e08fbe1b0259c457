// Typed identifiers: IMEI, telephone and card numbers, wallets, identity documents, addresses.
//
// Every value goes one way: digits of all scripts folded to ASCII, marks that cannot be seen removed, then
// the rules of its type. A failed checksum in evidence is itself evidence (mistyped, forged, cut by a tool):
// it is a status, never an error. All functions are safe to call from several threads.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exchange {

enum class IdentifierStatus {
  valid,            // its checksum is right, or its form leaves no doubt
  format_only,      // the form is right, and there is no checksum to tell more
  checksum_failed,  // the form is right, the check digit is not
  unassigned,       // well made, but from a range that nobody has been given
  malformed         // cannot be one of this type
};
std::string_view name_of(IdentifierStatus status);

// What other columns of the row say about it.
struct IdentifierHints {
  std::string country;    // ISO 3166-1 alpha-2 (a region for telephone numbers), or issuing state alpha-3
  std::string chain;      // of a transaction
  bool has_time = false;  // the row says when
  bool has_port = false;  // the row says which port
};

struct Identifier {
  std::string type;
  std::string original;           // as written
  std::string normalised;         // one form for all spellings; empty when malformed
  std::string key;                // TYPE:VALUE that equal things share; empty when malformed
  std::vector<std::string> also;  // further keys: a Tron and an EVM address of one private key share one
  std::string display;            // for screens: like normalised, card numbers masked (PCI DSS 3.4)
  IdentifierStatus status = IdentifierStatus::malformed;
  std::vector<std::string> notes;  // one line each, lower case

  bool doubtful() const { return status >= IdentifierStatus::checksum_failed; }
};

// Reads `value` as a `type` of the table below. An unknown type gives `malformed`.
Identifier identify(std::string_view type, std::string_view value, const IdentifierHints& hints = {});

// The types, each with its rule and where the rule stands.
struct IdentifierType {
  std::string_view name, what, source;
};
std::span<const IdentifierType> identifier_types();
bool is_identifier_type(std::string_view name);

// Well-known things that say nothing about a person: contracts, public resolvers, zero addresses.
struct PublicIdentifier {
  std::string_view key, what, source;
};
// Nothing for what is not known to be public.
const PublicIdentifier* public_identifier(std::string_view key);

}  // namespace exchange
