#include "libexchange/trust/home.h"

namespace exchange {

ChainCheck check_chain(const Home& home, const Endorsement& e, std::string_view usage, Instant signed_at,
                       Instant now) {
  ChainCheck check;
  const std::string who = e.officer.text();
  const auto fail = [&](std::string why) {
    check.code = Code::trust;
    check.problem = std::move(why);
    return check;
  };
  if (e.example) check.warnings.emplace_back("EXAMPLE keys: nothing here is evidence");
  check.agency = home.agency(e.officer.agency);
  if (!check.agency) return fail("the agency " + e.officer.agency + " is not trusted here");
  if (!check.agency->accepts(Note::parse(e.whole, "endorsement")))
    return fail("the endorsement of " + who + " is not signed by the trusted root of " + e.officer.agency);
  if (!e.usages.contains(std::string(usage))) return fail(who + " is not endorsed to " + std::string(usage));
  if (signed_at < e.not_before) return fail(who + " was not yet endorsed at " + to_utc(signed_at));
  if (signed_at > e.not_after) return fail(who + " was no longer endorsed at " + to_utc(signed_at));

  if (const auto& list = check.agency->revocations) {
    if (const Revocation* r = list->find(e.serial)) {
      check.revoked = true;
      return fail(who + " was revoked at " + to_utc(r->at) + ": " + r->reason);
    }
    if (now > list->next_update)
      check.warnings.push_back("the revocation list of " + e.officer.agency + " was due for renewal at " +
                               to_utc(list->next_update) + ": import a newer one");
  }
  if (now > e.not_after)
    check.warnings.push_back("the endorsement of " + who + " has expired since (" + to_utc(e.not_after) +
                             "), and no trusted time says that the seal is older");
  check.trusted = true;
  return check;
}

}  // namespace exchange
