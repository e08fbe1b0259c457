// Correction notes: a sealer says, later, that something in a bundle is wrong or withdrawn. The bundle is
// never changed. A signed text, "valise-correction/v1"; docs/format.md, "Custody texts".
#pragma once
#include <string>

#include "libexchange/bundle/seal.h"
#include "libexchange/custody/statement.h"

namespace exchange {

struct Correction {
  enum class Scope { bundle, exhibit, row };
  enum class Action { correct, withdraw };
  Hash seal{};  // seal id of the bundle
  Scope scope = Scope::bundle;
  // bundle: "-". exhibit: its id. row: SHEET/ID, the sheet's name and the row's id or its number, for
  // instance "persons.csv/P-0001", "identifiers.csv/12" (rows count from 1 without the header).
  std::string subject = "-";  // 1 .. 200 bytes
  Action action = Action::correct;
  std::string reason;  // what is wrong, and what is right: 1 .. 4,000 bytes, one line
  Instant time;
  VerifierKey signer;
  Hash endorsement{};

  std::string text() const;
  static Correction parse(std::string_view text);  // strict; Failure{malformed}
};
std::string_view name_of(Correction::Scope scope);
std::string_view name_of(Correction::Action action);

// SHA-256 of its text.
Hash correction_id(const SignedStatement& statement);

// Signs; `time`, `signer` and `endorsement` are filled in. Failure{trust}: the key may not seal, or is of
// another agency than the sealer of `seal`; {policy}: a field out of form.
SignedStatement make_correction(const Home& home, const Signer& signer, const Seal& seal, Correction what);

// Whether a note that came from elsewhere counts for the bundle with this seal: it names the seal (integrity
// if not), is signed (signature), by the sealer's key or another key of the sealer's agency that is endorsed
// to seal (trust).
StatementCheck check_correction(const Home& home, const SignedStatement& statement, const Seal& seal,
                                Instant now);

}  // namespace exchange
