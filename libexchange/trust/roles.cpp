#include "libexchange/trust/roles.h"

#include <algorithm>

namespace exchange {

namespace {
constexpr Permission kPermissions[] = {
    {Act::seal, "seal a bundle", "seal", "pack"},
    {Act::open, "be addressed, and open", "open", "open, list, ingest"},
    {Act::approve, "approve as second person", "approve", "approve"},
    {Act::record, "record custody events", "custody", "custody add, custody import, pack, ingest"},
    {Act::receipt, "give a receipt", "custody", "receipt"},
    {Act::accept_receipt, "a receipt that counts", "custody", "receipt accept"},
    {Act::correct, "correct or withdraw what was sealed", "seal", "correct"},
    {Act::disclose, "disclose in part", "custody", "disclose"},
    {Act::hand_on, "agree to onward transfer", "grant", "grant"},
};
}  // namespace

std::span<const Permission> permissions() { return kPermissions; }

const Permission& permission(Act act) {
  const auto* it = std::ranges::find(kPermissions, act, &Permission::act);
  ensure(it != std::end(kPermissions), "an act without a row in the table");
  return *it;
}

std::vector<std::string> require_usage(const Home& home, const Endorsement& endorsement, Act act,
                                       Instant now) {
  const Permission& needed = permission(act);
  const ChainCheck chain = check_chain(home, endorsement, needed.usage, now, now);
  if (!chain.trusted)
    throw Failure(chain.code, chain.problem,
                  "to " + std::string(needed.name) + " a key needs the usage " + std::string(needed.usage) +
                      ": ask your agency for an endorsement");
  return chain.warnings;
}

}  // namespace exchange
