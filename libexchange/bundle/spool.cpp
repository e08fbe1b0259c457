#include "libexchange/bundle/spool.h"

#include <unistd.h>

#include <algorithm>

namespace exchange {

namespace {
constexpr std::size_t kInMemory = 4 << 20;
}

void Spool::append(View sealed) {
  exchange::append(memory_, sealed);
  if (memory_.size() < kInMemory) return;
  if (!file_) file_ = temporary_file(near_);
  write_all(file_.get(), memory_, "temporary file");
  written_ += memory_.size();
  memory_.clear();
}

void Spool::drain(const std::function<void(View)>& take) {
  Bytes piece;
  for (std::uint64_t at = 0; at < written_; at += piece.size()) {
    piece.resize(std::min<std::uint64_t>(written_ - at, 1 << 20));
    read_exact_at(file_.get(), piece, at, "temporary file");
    take(piece);
  }
  take(memory_);
  memory_.clear();
  written_ = 0;
  file_.reset();
}

}  // namespace exchange
