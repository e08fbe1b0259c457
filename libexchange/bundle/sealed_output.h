// Where a bundle's bytes go: counted, cut into slices whose hashes are kept, buffered and written in order.
#pragma once
#include <string>
#include <vector>

#include "libexchange/bundle/layout.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

class SealedOutput {
 public:
  // Does not own `fd`. `name` is for messages.
  SealedOutput(int fd, std::string name);
  std::uint64_t position() const { return position_; }
  // Part of the sealed bytes: hashed into the current slice.
  void append(View bytes);
  // A frame whose body is given in the clear (EXHIBIT, SLICES, SEAL).
  void append_frame(Frame frame, View body);
  // Ends the sealed bytes; the slices' digests.
  const std::vector<Hash>& end_of_slices();
  // After end_of_slices(): written, not hashed.
  void flush();

 private:
  void hash(View bytes);
  void write_out(View bytes);

  int fd_;
  std::string name_;
  std::uint64_t position_ = 0;
  Sha256 slice_;
  std::vector<Hash> digests_;
  bool hashing_ = true;
  Bytes buffer_;
  std::uint64_t written_ = 0, started_ = 0;  // given to the kernel, and to the disk
};

}  // namespace exchange
