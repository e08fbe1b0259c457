// The ciphertext tree in use: every byte that is parsed comes from a private buffer whose digest was compared
// with the checked table. Steps 5 and 7.
#pragma once
#include <functional>
#include <list>

#include "libexchange/bundle/envelope.h"
#include "libexchange/bundle/frame_walk.h"

namespace exchange {

// Random access. The table must have been checked. Keeps the two slices used last. One thread at a time.
class VerifiedSlices {
 public:
  VerifiedSlices(const Source& source, const Envelope& envelope) : source_(&source), envelope_(&envelope) {}
  // Failure{integrity} names the slice that was changed, {malformed} a range beyond the sealed bytes.
  void read(std::uint64_t offset, MutableView out);
  Bytes read(std::uint64_t offset, std::size_t length);

 private:
  struct Slice {
    std::uint64_t index;
    Bytes bytes;
  };
  const Bytes& slice(std::uint64_t index);

  const Source* source_;
  const Envelope* envelope_;
  std::list<Slice> cache_;  // most recent first
};

// Hashes all slices on `threads` threads and walks them in order. Appends every problem; the walk is only
// complete when there is none.
void check_slices(const Source& source, const Envelope& envelope, unsigned threads, FrameWalk& walk,
                  std::vector<VerdictProblem>& problems,
                  const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace exchange
