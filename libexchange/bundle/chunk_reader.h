// Decrypts runs of a stream's chunks in parallel and gives them in order.
#pragma once
#include <functional>
#include <vector>

#include "libexchange/bundle/chunk.h"
#include "libexchange/bundle/keys.h"
#include "libexchange/bundle/messages.h"
#include "libexchange/bundle/slices.h"

namespace exchange {

// What step 11a found out about the files that are wanted.
struct CheckedFiles {
  std::uint64_t selected_files = 0, selected_bytes = 0;
  struct Run {  // chunks first .. last; the frame of `first` is at `offset`
    std::uint64_t first = 0, last = 0, offset = 0;
  };
  std::vector<Run> runs;    // that hold them, ascending
  std::uint64_t bytes = 0;  // of the whole stream
  Hash offsets{};           // digest of the whole table of chunk offsets
};

// `take(index, plaintext)` is called for each chunk of the runs, ascending, on one other thread.
// Failure{integrity} or {malformed}, as docs/format.md, step 11b, says.
void read_chunks(VerifiedSlices& slices, const ExhibitKeys& keys, const ManifestEntry& stream,
                 const CheckedFiles& wanted, unsigned threads,
                 const std::function<void(std::uint64_t, View)>& take);

}  // namespace exchange
