#include "libexchange/custody/correction.h"

#include <fmt/format.h>

#include "libexchange/crypto/digest.h"
#include "libexchange/trust/fields.h"
#include "libexchange/trust/roles.h"

namespace exchange {

namespace {

constexpr std::string_view kTitle = "valise-correction/v1";
constexpr std::string_view kScopes[] = {"bundle", "exhibit", "row"}, kActions[] = {"correct", "withdraw"};

template <class Enum, std::size_t N>
Enum word(Fields& fields, std::string_view name, const std::string_view (&words)[N]) {
  const std::string v = fields.value(name);
  for (std::size_t i = 0; i < N; ++i)
    if (words[i] == v) return static_cast<Enum>(i);
  fields.bad("\"" + std::string(name) + "\" has an impossible value");
}

bool fits(Correction::Scope scope, std::string_view subject) {
  if (!Fields::is_line(subject, 200)) return false;
  switch (scope) {
    case Correction::Scope::bundle:
      return subject == "-";
    case Correction::Scope::exhibit:
      return subject != "-" && subject.find(' ') == subject.npos;
    case Correction::Scope::row:
      return subject.find('/') != subject.npos;
  }
  return false;
}

std::string agency_of(const VerifierKey& key) { return key.name.substr(0, key.name.find('/')); }

}  // namespace

std::string_view name_of(Correction::Scope scope) { return kScopes[static_cast<std::size_t>(scope)]; }
std::string_view name_of(Correction::Action action) { return kActions[static_cast<std::size_t>(action)]; }

std::string Correction::text() const {
  return fmt::format(
      "{}\nseal {}\nscope {}\nsubject {}\naction {}\nreason {}\ntime {}\nsigner {}\nendorsement {}\n", kTitle,
      to_base64(seal), name_of(scope), subject, name_of(action), reason, to_utc(time), signer.text(),
      to_base64(endorsement));
}

Correction Correction::parse(std::string_view text) {
  Fields fields(text, kTitle);
  Correction c;
  c.seal = fields.parsed("seal", hash_from_base64);
  c.scope = word<Scope>(fields, "scope", kScopes);
  c.subject = fields.checked("subject", [&](const std::string& v) { return fits(c.scope, v); });
  c.action = word<Action>(fields, "action", kActions);
  c.reason = fields.checked("reason", [](const std::string& v) { return Fields::is_line(v, 4000); });
  c.time = fields.time("time");
  c.signer = fields.key("signer");
  c.endorsement = fields.parsed("endorsement", hash_from_base64);
  fields.require_same(text, c.text());
  return c;
}

Hash correction_id(const SignedStatement& s) { return sha256(as_view(s.note.text)); }

SignedStatement make_correction(const Home& home, const Signer& signer, const Seal& seal, Correction c) {
  c.seal = seal_id(seal.text());
  c.time = now();
  c.signer = signer.verifier();
  c.endorsement = signer.endorsement.text_hash;
  require_usage(home, signer.endorsement, Act::correct, c.time);
  if (agency_of(c.signer) != agency_of(seal.signer))
    throw Failure(Code::trust,
                  "the bundle was sealed by " + seal.signer.name + ", not by " + agency_of(c.signer),
                  "only the agency that sealed it can correct or withdraw it");
  if (!fits(c.scope, c.subject))
    throw Failure(Code::policy,
                  "\"" + printable(c.subject) + "\" does not name " + std::string(name_of(c.scope)),
                  "an exhibit by its id, a row as SHEET/ID, for instance persons.csv/P-0001");
  if (!Fields::is_line(c.reason, 4000))
    throw Failure(Code::policy, "the reason is not one line of 1 to 4,000 bytes",
                  "say what is wrong and what is right");
  return {signer.sign(c.text()), signer.endorsement};
}

StatementCheck check_correction(const Home& home, const SignedStatement& s, const Seal& seal, Instant now) {
  const Correction c = Correction::parse(s.note.text);
  if (c.seal != seal_id(seal.text())) return {Code::integrity, "the correction is for another bundle", {}};
  if (agency_of(c.signer) != agency_of(seal.signer))
    return {Code::trust, c.signer.name + " is not of the agency that sealed the bundle", {}};
  return check_statement(home, s.note, s.endorsement, c.signer, c.endorsement, "seal", c.time, now);
}

}  // namespace exchange
