// Receipts and refusals for what came here.
#pragma once
#include <string>

#include "libexchange/custody/receipt.h"

namespace valise {

// What the verdict says, signed. For a good bundle its arrival is recorded first, or found recorded. `file`
// is read where no seal could be. Failure as of record() and make_receipt().
exchange::SignedStatement receipt_of(const exchange::Home& home, const exchange::Signer& signer,
                                     exchange::VerifiedBundle& bundle, const std::string& file);

// A refusal of a bundle that did not get here whole, or that the store does not take.
exchange::SignedStatement refusal_of(const exchange::Home& home, const exchange::Signer& signer,
                                     const exchange::Hash& seal, const exchange::Failure& why);

}  // namespace valise
