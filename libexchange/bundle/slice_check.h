// Steps 5 and 7 over the whole file: every slice hashed, every frame walked, nothing opened.
#pragma once
#include <functional>

#include "libexchange/bundle/envelope.h"
#include "libexchange/bundle/frame_walk.h"

namespace exchange {

// Hashes all slices on `threads` threads and walks their frames in order. Appends every problem; the walk is
// only complete when there is none. `progress` hears of bytes done and of all. The walk sees hashed bytes
// only; of bodies, which it does not need, nothing is copied.
void check_slices(const Source& source, const Envelope& envelope, unsigned threads, FrameWalk& walk,
                  std::vector<VerdictProblem>& problems,
                  const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace exchange
