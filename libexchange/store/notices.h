// Corrections and withdrawals that senders issued for what they sealed. They lie as signed texts beside the
// object and are shown with everything that they concern.
#pragma once
#include "libexchange/custody/correction.h"
#include "libexchange/store/store.h"

namespace exchange {

struct Notice {
  std::string id;  // hex of correction_id()
  std::string seal, scope, subject, action, reason, made_at, signer, accepted_at;
  std::string text() const;  // "withdrawn: EX-03: REASON", one line
  // Whether it is about a row of this exhibit, person and sheet; a notice of the whole bundle is about all.
  // Row numbers are the sender's, which a recipient of some rows cannot count: such a notice concerns the
  // sheet.
  bool concerns(std::string_view exhibit, std::string_view person, std::string_view sheet) const;
};

// Checks a correction against the seal of the stored bundle that it names, and keeps it. Accepting again is
// no error. Failure{usage}: no such bundle here; {integrity}, {signature}, {trust}: as check_correction().
Notice accept_notice(Store& store, const Home& home, std::string_view whole, Instant at);
// By time; of one seal (hex) or of all.
std::vector<Notice> notices(Store& store, const std::string& seal = {});
// Rebuild: checked again and put back into the index. Failure as accept_notice().
void restore_notice(Store& store, const Home& home, const ObjectName& name);

// What a recipient signs to say that a notice has been taken note of: "valise-acknowledgement/v1".
struct Acknowledgement {
  std::string correction, seal, action;  // as of the notice
  Instant time;
  VerifierKey signer;
  Hash endorsement{};
  std::string text() const;
  static Acknowledgement parse(std::string_view text);  // Failure{malformed}
};
SignedStatement acknowledge(const Signer& signer, const Notice& notice, Instant at);
// Whether it is signed by a key that may do so (usage custody).
StatementCheck check_acknowledgement(const Home& home, const SignedStatement& statement, Instant at);

}  // namespace exchange
