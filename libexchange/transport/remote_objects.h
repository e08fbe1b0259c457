// Sealed bundles of a store in an S3 bucket, for desks that keep more than a disk holds. docs/store.md,
// "Objects in a bucket":
//
//   SEAL.KIND              what makes the object whole, written last: its length, digest and folder
//   SEAL.KIND.ID/OFFSET    its bytes, 8 MiB each; ID is chosen anew by each put
#pragma once
#include "libexchange/store/objects.h"
#include "libexchange/transport/patience.h"
#include "libexchange/transport/remote.h"

namespace exchange {

// Failure{usage}: not an S3 remote (others do not replace a file in one step). get() brings the whole object
// to an unnamed temporary file and compares it: Failure{integrity} where it is another than was put.
std::unique_ptr<Objects> remote_objects(const Remote& remote, const SecretBytes& secret,
                                        const Patience& patience);

}  // namespace exchange
