// A signed text together with the endorsement of the key that signed it, so that it can be checked years
// later and after keys were renewed. In a file: the note, then the endorsement.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/trust/home.h"

namespace exchange {

// A key at hand that signs statements. Does not own `key`.
struct Signer {
  const SigningKey* key = nullptr;
  Endorsement endorsement;  // of `key`
  const VerifierKey& verifier() const { return endorsement.signing; }
  Note sign(std::string text) const { return sign_note(std::move(text), verifier().name, *key); }
};

struct SignedStatement {
  Note note;
  Endorsement endorsement;
  // Form only. Failure{malformed} or {limit} names `what`.
  static SignedStatement parse(std::string_view whole, const std::string& what);
  std::string whole() const { return note.whole() + endorsement.whole; }
};

// Whether a statement counts: ok, or the class and one line on what is wrong.
struct StatementCheck {
  Code code = Code::ok;
  std::string problem;
  std::vector<std::string> warnings;
  bool good() const { return code == Code::ok; }
};
// `signer` and `endorsement_hash` are what the text says. integrity: another endorsement than the text
// names; signature: not signed by that key; trust: as check_chain() says, for `usage` at `at`.
StatementCheck check_statement(const Home& home, const Note& note, const Endorsement& endorsement,
                               const VerifierKey& signer, const Hash& endorsement_hash,
                               std::string_view usage, Instant at, Instant now);

// The same without the question whether the signer is trusted.
StatementCheck check_signature(const Note& note, const Endorsement& endorsement, const VerifierKey& signer,
                               const Hash& endorsement_hash);

// For the parsers: 64 lower-case hex digits, or canonical base64, of a hash.
std::optional<Hash> hash_from_hex(std::string_view text);
std::optional<Hash> hash_from_base64(std::string_view text);

}  // namespace exchange
