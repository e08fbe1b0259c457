// The key that a command acts with.
#pragma once
#include "libexchange/custody/statement.h"
#include "libexchange/trust/roles.h"
#include "tools/command.h"

namespace valise {

struct OfficerKey {
  exchange::PrivateKeys keys;
  exchange::Endorsement endorsement;
  exchange::Signer signer() const { return {&keys.signing, endorsement}; }
};

// The key of this home at `as` (AGENCY/NAME; empty: the only one), which must be endorsed for `act` now.
// Failure{usage}: no such key, or more than one; {trust}: not endorsed, expired, revoked, without the usage.
OfficerKey officer_key(const Context& context, const std::string& as, exchange::Act act);

}  // namespace valise
