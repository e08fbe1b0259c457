// Step 7: the sequence of frames, checked without keys. Fed with the sealed bytes in order, in any pieces;
// bodies may be left out.
#pragma once
#include <vector>

#include "libexchange/bundle/layout.h"

namespace exchange {

// What the walk learns of one stream.
struct WalkedStream {
  std::uint64_t offset = 0, files_offset = 0, stored_bytes = 0;
  std::uint32_t compartment = 0, chunks = 0, files_parts = 0;
};

class FrameWalk {
 public:
  explicit FrameWalk(const Preamble& preamble);
  // Failure{malformed}, {integrity} or {limit}, as docs/format.md, "Frames", says.
  void feed(View bytes);
  // Goes on to the byte at `position` without looking at what lies between: it must be of one frame's body.
  // Failure{integrity} when it is not.
  void pass_to(std::uint64_t position);
  // After the last byte: the sequence must be complete, with the manifest at `manifest_offset`.
  void finish(std::uint64_t manifest_offset) const;

  const Bytes& head() const { return head_; }  // preamble, header, commitments
  const std::vector<WalkedStream>& streams() const { return streams_; }

 private:
  void take(const Frame& frame);
  void expect_next(const Frame& frame, std::uint32_t& count);

  std::uint64_t first_frame_;
  std::uint32_t compartments_;
  Bytes head_;
  std::vector<WalkedStream> streams_;
  WalkedStream manifest_;
  std::uint64_t position_ = 0;  // of the next byte to be fed
  Bytes prefix_;                // of a frame whose first bytes came at the end of a piece
  std::uint64_t frame_at_ = 0;
  std::uint64_t skip_ = 0;     // body bytes left
  std::uint64_t padding_ = 0;  // then padding bytes left
  FrameKind last_{};           // 0: nothing yet
  bool last_final_ = false;
};

}  // namespace exchange
