#include "libexchange/custody/statement.h"

#include <algorithm>

#include "libexchange/base/text.h"

namespace exchange {

namespace {
std::optional<Hash> as_hash(const std::optional<Bytes>& bytes) {
  if (!bytes || bytes->size() != 32) return std::nullopt;
  Hash hash;
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}
}  // namespace

std::optional<Hash> hash_from_hex(std::string_view text) { return as_hash(from_hex(text)); }
std::optional<Hash> hash_from_base64(std::string_view text) { return as_hash(from_base64(text)); }

SignedStatement SignedStatement::parse(std::string_view whole, const std::string& what) {
  const std::size_t at = whole.find("\nvalise-endorsement/v1\n");
  if (at == whole.npos)
    throw Failure(Code::malformed, what + ": the endorsement of its signer is missing",
                  "it is cut off: ask for it again");
  return {Note::parse(whole.substr(0, at + 1), what), Endorsement::parse(whole.substr(at + 1))};
}

StatementCheck check_signature(const Note& note, const Endorsement& e, const VerifierKey& signer,
                               const Hash& endorsement_hash) {
  if (e.text_hash != endorsement_hash)
    return {Code::integrity, "it names another endorsement than the one that is with it", {}};
  if (e.signing != signer) return {Code::trust, "the endorsement is for another key than its signer", {}};
  if (!verify_note(note, signer)) return {Code::signature, "it is not signed by " + signer.name, {}};
  return {};
}

StatementCheck check_statement(const Home& home, const Note& note, const Endorsement& e,
                               const VerifierKey& signer, const Hash& endorsement_hash,
                               std::string_view usage, Instant at, Instant now) {
  StatementCheck check = check_signature(note, e, signer, endorsement_hash);
  if (!check.good()) return check;
  const ChainCheck chain = check_chain(home, e, usage, at, now);
  return {chain.code, chain.problem, chain.warnings};
}

}  // namespace exchange
