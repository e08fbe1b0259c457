// Writes a file past the page cache where the file system can (open(2), O_DIRECT): a bundle of many gigabytes
// does not push out of memory what others use, and the bytes are on the disk when fsync is called.
#pragma once
#include <cstdlib>
#include <memory>
#include <string>

#include "libexchange/base/bytes.h"

namespace exchange {

// Not safe for use by two threads at once. Memory: one buffer of 1 MiB, kept from file to file.
class DirectWriter {
 public:
  DirectWriter();
  ~DirectWriter() { set_direct(false); }
  DirectWriter(DirectWriter&&) = delete;

  // From here on bytes go to `fd`, which it does not own and which is written by nothing else until finish().
  // What is no regular file, or a file not at its start, is written in the ordinary way. `name` is for
  // messages.
  void begin(int fd, std::string name);
  // Failure{unavailable}: the disk is full, the pipe closed, and what else write(2) says.
  void write(View bytes);
  // Leaves a hole in a regular file. Holes begin at multiples of 4096, and the last byte must not be in one
  // unless the file is then given its length.
  void skip(std::uint64_t bytes);
  // Writes what is still in the buffer. Does not fsync.
  void finish();

 private:
  struct Free {
    void operator()(std::uint8_t* p) const { std::free(p); }
  };
  void set_direct(bool on);
  void put(View bytes);

  std::unique_ptr<std::uint8_t[], Free> buffer_;
  std::size_t used_ = 0;
  int fd_ = -1;
  std::string name_;
  bool can_ = false, direct_ = false;
};

}  // namespace exchange
