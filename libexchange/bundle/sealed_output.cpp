#include "libexchange/bundle/sealed_output.h"

#include <algorithm>

namespace exchange {

namespace {
constexpr std::size_t kBlocks = 12, kSmall = 256 << 10;
}

SealedOutput::SealedOutput(int fd, std::string name)
    : blocks_(
          1, kBlocks,
          [this](Block& block, std::size_t) { out_.write(View(block.bytes).first(block.length)); },
          [](Block&) {}) {
  out_.begin(fd, std::move(name));  // before the first block
}

void SealedOutput::count(View bytes) {
  if (!hashing_) {
    position_ += bytes.size();
    return;
  }
  while (!bytes.empty()) {
    const std::uint64_t left = kSlice - position_ % kSlice;
    const View part = bytes.first(std::min<std::uint64_t>(left, bytes.size()));
    slice_.update(part);
    position_ += part.size();
    if (part.size() == left) digests_.push_back(slice_.finish());
    bytes = bytes.subspan(part.size());
  }
}

void SealedOutput::append(View bytes) {
  count(bytes);
  exchange::append(small_, bytes);
  if (small_.size() >= kSmall) write_small();
}

void SealedOutput::take(Bytes& buffer, std::size_t length) {
  count(View(buffer).first(length));
  write_small();
  Block& block = blocks_.next();
  std::swap(block.bytes, buffer);
  block.length = length;
  blocks_.submit();
}

void SealedOutput::write_small() {
  if (small_.empty()) return;
  Block& block = blocks_.next();
  std::swap(block.bytes, small_);
  block.length = block.bytes.size();
  blocks_.submit();
  small_.clear();
}

void SealedOutput::append_frame(Frame frame, View body) {
  frame.body_len = static_cast<std::uint32_t>(body.size());
  constexpr std::array<std::uint8_t, 8> zeros{};
  append(frame.encode());
  append(body);
  append(View(zeros).first(frame.padding()));
}

const std::vector<Hash>& SealedOutput::end_of_slices() {
  if (position_ % kSlice != 0) digests_.push_back(slice_.finish());
  hashing_ = false;
  return digests_;
}

void SealedOutput::finish() {
  write_small();
  blocks_.finish();
  out_.finish();
}

}  // namespace exchange
