#include "libexchange/bundle/frame_walk.h"

#include <fmt/format.h>

#include <algorithm>

namespace exchange {

FrameWalk::FrameWalk(const Preamble& preamble)
    : first_frame_(preamble.first_frame()), compartments_(preamble.compartments) {}

void FrameWalk::feed(View bytes) {
  while (!bytes.empty()) {
    std::size_t n = 0;
    if (position_ < first_frame_) {
      n = std::min<std::uint64_t>(first_frame_ - position_, bytes.size());
      append(head_, bytes.first(n));
    } else if (skip_ > 0) {
      n = std::min<std::uint64_t>(skip_, bytes.size());
      skip_ -= n;
    } else if (padding_ > 0) {
      n = std::min<std::uint64_t>(padding_, bytes.size());
      padding_ -= n;
      if (std::any_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n),
                      [](auto b) { return b != 0; }))
        throw Failure(Code::malformed, fmt::format("byte {}: frame padding is not zero", position_));
    } else {
      if (prefix_.empty()) frame_at_ = position_;
      n = std::min(kFramePrefix - prefix_.size(), bytes.size());
      append(prefix_, bytes.first(n));
      if (prefix_.size() == kFramePrefix) {
        const Frame frame = Frame::parse(prefix_, fmt::format("byte {}", frame_at_));
        prefix_.clear();
        skip_ = frame.body_len;
        padding_ = frame.padding();
        take(frame);
      }
    }
    position_ += n;
    bytes = bytes.subspan(n);
  }
}

void FrameWalk::pass_to(std::uint64_t position) {
  const std::uint64_t n = position - position_;
  if (n > skip_)
    throw Failure(Code::integrity, fmt::format("byte {}: was changed while it was read", position_));
  skip_ -= n;
  position_ = position;
}

void FrameWalk::expect_next(const Frame& frame, std::uint32_t& count) {
  const auto wrong = [&](const char* why) {
    return Failure(Code::integrity, fmt::format("byte {}: {}", frame_at_, why));
  };
  if (frame.kind == last_ && last_final_) throw wrong("a frame after the one marked as the last");
  if (frame.kind != last_ && last_ != FrameKind::exhibit && !last_final_)
    throw wrong("the last frame of its kind is not marked as the last");
  if (frame.index != count) throw wrong("a frame is missing, repeated or moved");
  ++count;
}

void FrameWalk::take(const Frame& frame) {
  const auto malformed = [&](const char* why) {
    return Failure(Code::malformed, fmt::format("byte {}: {}", frame_at_, why));
  };
  const bool in_manifest = manifest_.offset != 0;
  WalkedStream& stream = in_manifest || streams_.empty() ? manifest_ : streams_.back();
  const std::uint64_t ordinal = in_manifest ? 0 : streams_.size();
  switch (frame.kind) {
    case FrameKind::exhibit: {
      if (frame.final || frame.index) throw malformed("an EXHIBIT frame with flags or index");
      if (in_manifest) throw malformed("an exhibit after the manifest");
      if (last_ != FrameKind{} && last_ != FrameKind::files)
        throw malformed("an exhibit begins within another");
      if (last_ == FrameKind::files && !last_final_)
        throw Failure(
            Code::integrity,
            fmt::format("byte {}: the last frame of its kind is not marked as the last", frame_at_));
      if (frame.compartment >= compartments_) throw malformed("a compartment that does not exist");
      const WalkedStream begun{frame_at_, 0, frame.stored(), frame.compartment, 0, 0};
      if (frame.ordinal == 0) {
        if (frame.compartment != 0) throw malformed("the manifest is in another compartment than 0");
        if (streams_.size() < compartments_) throw malformed("fewer streams than compartments");
        manifest_ = begun;
      } else {
        if (frame.ordinal != streams_.size() + 1) throw malformed("exhibits out of order");
        if (streams_.size() < compartments_ && frame.compartment != streams_.size())
          throw malformed("the case views are not the first streams, in order");
        if (streams_.size() == kMaxStreams) throw Failure(Code::limit, "too many exhibits");
        streams_.push_back(begun);
      }
      break;
    }
    case FrameKind::chunk:
    case FrameKind::files:
    case FrameKind::manifest: {
      const bool manifest = frame.kind == FrameKind::manifest;
      const FrameKind before = frame.kind == FrameKind::files ? FrameKind::chunk : FrameKind::exhibit;
      if (manifest != in_manifest || (last_ != frame.kind && last_ != before))
        throw malformed("a frame out of order");
      if (frame.ordinal != ordinal || frame.compartment != stream.compartment)
        throw malformed("a frame of another exhibit");
      if (frame.kind == FrameKind::files && last_ == FrameKind::chunk) stream.files_offset = frame_at_;
      expect_next(frame, frame.kind == FrameKind::files ? stream.files_parts : stream.chunks);
      stream.stored_bytes += frame.stored();
      break;
    }
    default:
      throw malformed("a SLICES or SEAL frame within the sealed bytes");
  }
  last_ = frame.kind;
  last_final_ = frame.final;
}

void FrameWalk::finish(std::uint64_t manifest_offset) const {
  if (position_ < first_frame_ || !prefix_.empty() || skip_ || padding_)
    throw Failure(Code::malformed, "the last frame runs beyond the sealed bytes");
  if (last_ != FrameKind::manifest)
    throw Failure(Code::malformed, "the sealed bytes do not end in a manifest");
  if (!last_final_) throw Failure(Code::integrity, "the last MANIFEST frame is not marked as the last");
  if (manifest_.offset != manifest_offset)
    throw Failure(Code::malformed, "the manifest is not where the footer says");
}

}  // namespace exchange
