// A receipt for programs.
#pragma once
#include "libexchange/custody/receipt.h"
#include "tools/command.h"

namespace valise {

// Fields: seal, bundle, file, checked, verdict, exit, state, reason, received, time, receiver,
// log{origin, size, root}, event, signer.
Json receipt_json(const exchange::Receipt& receipt);

}  // namespace valise
