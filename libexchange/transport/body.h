// What a backend stores: bytes in memory, or a part of a file that is read, and compared with its digest,
// while it is sent: one copy, and no memory for it.
#pragma once
#include <optional>

#include "libexchange/bundle/source.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

class Body {
 public:
  explicit Body(View bytes) : bytes_(bytes), size_(bytes.size()) {}
  // `size` bytes of `source` from `offset`. `sha256`: what they must be, or nothing where no digest is known.
  Body(const Source& source, std::uint64_t offset, std::size_t size, std::optional<Hash> sha256)
      : source_(&source), offset_(offset), size_(size), sha256_(sha256) {}

  std::size_t size() const { return size_; }
  // Fills `out` from `at`: the beginning, or where the last read ended. Failure{integrity}: the file holds
  // other bytes; this is found before the last of them are given out.
  void read(std::size_t at, MutableView out);
  // All of it, checked; kept as long as this.
  View in_memory();

 private:
  View bytes_;
  const Source* source_ = nullptr;
  std::uint64_t offset_ = 0;
  std::size_t size_;
  std::optional<Hash> sha256_;
  Sha256 digest_;
  std::size_t given_ = 0;  // bytes since the beginning
  Bytes buffer_;
};

}  // namespace exchange
