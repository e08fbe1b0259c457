#include "libexchange/bundle/sealed_output.h"

#include <fcntl.h>

#include <algorithm>

#include "libexchange/base/file.h"

namespace exchange {

namespace {
constexpr std::size_t kBuffer = 256 << 10;
}

SealedOutput::SealedOutput(int fd, std::string name) : fd_(fd), name_(std::move(name)) {
  buffer_.reserve(kBuffer);
}

void SealedOutput::hash(View bytes) {
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
  if (hashing_)
    hash(bytes);
  else
    position_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBuffer) flush();
  if (bytes.size() >= kBuffer)
    write_out(bytes);
  else
    exchange::append(buffer_, bytes);
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

void SealedOutput::write_out(View bytes) {
  write_all(fd_, bytes, name_);
  written_ += bytes.size();
  if (written_ - started_ < kSlice) return;
  // The disk begins now, so that the fsync at the end finds little to do. On a pipe this fails, and may.
  ::sync_file_range(fd_, static_cast<off_t>(started_), static_cast<off_t>(written_ - started_),
                    SYNC_FILE_RANGE_WRITE);
  started_ = written_;
}

void SealedOutput::flush() {
  write_out(buffer_);
  buffer_.clear();
}

}  // namespace exchange
