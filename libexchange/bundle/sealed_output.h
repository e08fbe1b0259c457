// Where a bundle's bytes go: counted, cut into slices whose hashes are kept, and written in order by a thread
// of its own, so that hashing does not wait for the disk.
#pragma once
#include <string>
#include <vector>

#include "libexchange/base/direct_writer.h"
#include "libexchange/base/pipeline.h"
#include "libexchange/bundle/layout.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

// A failure to write comes out of a later call, or of finish(). Memory: a few buffers as large as a frame.
class SealedOutput {
 public:
  // Does not own `fd`. `name` is for messages.
  SealedOutput(int fd, std::string name);
  std::uint64_t position() const { return position_; }
  // Part of the sealed bytes: hashed into the current slice.
  void append(View bytes);
  // The same for the first `length` bytes of `buffer`, without copying: `buffer` comes back as another one.
  void take(Bytes& buffer, std::size_t length);
  // A frame whose body is given in the clear (EXHIBIT, SLICES, SEAL).
  void append_frame(Frame frame, View body);
  // Ends the sealed bytes; the slices' digests. What is appended from here on is not hashed.
  const std::vector<Hash>& end_of_slices();
  // After the last append(): all is written.
  void finish();

 private:
  struct Block {
    Bytes bytes;
    std::size_t length = 0;
  };
  void count(View bytes);
  void write_small();

  std::uint64_t position_ = 0;
  Sha256 slice_;
  std::vector<Hash> digests_;
  bool hashing_ = true;
  Bytes small_;  // short pieces, until they are worth a block
  DirectWriter out_;
  Pipeline<Block> blocks_;  // ends before out_ does
};

}  // namespace exchange
