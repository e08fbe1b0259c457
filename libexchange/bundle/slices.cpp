#include "libexchange/bundle/slices.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr std::size_t kCached = 2;

// Fills `out` and hashes it piece by piece, while each piece is still in the processor's cache.
Hash read_and_hash(const Source& source, MutableView out, std::uint64_t offset) {
  constexpr std::size_t kPiece = 256 << 10;
  source.need(offset, out.size());
  Sha256 digest;
  while (!out.empty()) {
    const MutableView piece = out.first(std::min(out.size(), kPiece));
    read_exact_at(source.fd(), piece, offset, source.name());
    digest.update(piece);
    offset += piece.size();
    out = out.subspan(piece.size());
  }
  return digest.finish();
}

}  // namespace

std::size_t slice_size(const Envelope& e, std::uint64_t index) {
  return std::min(kSlice, e.footer.sealed_len - index * kSlice);
}

Failure slice_changed(std::uint64_t index) {
  return {Code::integrity, fmt::format("slice {} (bytes {} and on) was changed", index, index * kSlice),
          "fetch the file again; if it stays so, ask the sender"};
}

const Bytes& VerifiedSlices::slice(std::uint64_t index) {
  const auto known =
      std::find_if(cache_.begin(), cache_.end(), [&](const Slice& s) { return s.index == index; });
  if (known != cache_.end()) {
    cache_.splice(cache_.begin(), cache_, known);
    return cache_.front().bytes;
  }
  Bytes buffer;
  if (cache_.size() == kCached) {
    buffer = std::move(cache_.back().bytes);
    cache_.pop_back();
  }
  buffer.resize(slice_size(*envelope_, index));
  if (read_and_hash(*source_, buffer, index * kSlice) != envelope_->digests[index])
    throw slice_changed(index);
  cache_.push_front({index, std::move(buffer)});
  return cache_.front().bytes;
}

void VerifiedSlices::read(std::uint64_t offset, MutableView out) {
  const std::uint64_t end = envelope_->footer.sealed_len;
  if (offset > end || out.size() > end - offset)
    throw Failure(Code::malformed, fmt::format("byte {}: beyond the sealed bytes", offset));
  while (!out.empty()) {
    const Bytes& bytes = slice(offset / kSlice);
    const std::size_t from = offset % kSlice, n = std::min(out.size(), bytes.size() - from);
    std::memcpy(out.data(), bytes.data() + from, n);
    out = out.subspan(n);
    offset += n;
  }
}

Bytes VerifiedSlices::read(std::uint64_t offset, std::size_t length) {
  Bytes out(length);
  read(offset, out);
  return out;
}

}  // namespace exchange
