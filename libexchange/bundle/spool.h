// Sealed bytes that have to wait for their turn: in memory up to 4 MiB, then in an unlinked temporary file.
#pragma once
#include <functional>

#include "libexchange/base/file.h"

namespace exchange {

class Spool {
 public:
  // `near`: a file in whose folder a temporary file may be made; empty: $TMPDIR.
  explicit Spool(fs::path near = {}) : near_(std::move(near)) {}
  void append(View sealed);
  std::uint64_t size() const { return written_ + memory_.size(); }
  // Gives everything in order, in pieces, and empties the spool.
  void drain(const std::function<void(View)>& take);

 private:
  fs::path near_;
  Bytes memory_;
  Fd file_;
  std::uint64_t written_ = 0;  // in the file
};

}  // namespace exchange
