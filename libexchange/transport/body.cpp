#include "libexchange/transport/body.h"

#include <fmt/format.h>

namespace exchange {

void Body::read(std::size_t at, MutableView out) {
  if (!source_) {
    const View bytes = bytes_.subspan(at, out.size());
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return;
  }
  if (out.empty()) return;
  if (at == 0) {  // perhaps not for the first time
    (void)digest_.finish();
    given_ = 0;
  }
  ensure(at == given_ && out.size() <= size_ - at, "a body is read in order");
  read_exact_at(source_->fd(), out, offset_ + at, source_->name());
  given_ += out.size();
  if (!sha256_) return;
  digest_.update(out);
  if (given_ == size_ && digest_.finish() != *sha256_)
    throw Failure(Code::integrity,
                  fmt::format("{}: bytes {} to {} were changed since it was sealed", source_->name(), offset_,
                              offset_ + size_),
                  "this file is damaged; send a good copy");
}

View Body::in_memory() {
  if (!source_) return bytes_;
  if (buffer_.empty() && size_ > 0) {
    Bytes buffer(size_);
    constexpr std::size_t kPiece = 256 << 10;  // hashed while it is in the processor's cache
    for (std::size_t at = 0; at < size_; at += kPiece)
      read(at, MutableView(buffer).subspan(at, std::min(kPiece, size_ - at)));
    buffer_ = std::move(buffer);
  }
  return buffer_;
}

}  // namespace exchange
