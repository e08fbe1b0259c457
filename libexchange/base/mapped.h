// A part of a file looked at in place, in the system's cache, without copying it. The file stays everybody's:
// its bytes may change from one look to the next, so whatever is parsed must be copied first.
#pragma once
#include <functional>
#include <string>

#include "libexchange/base/bytes.h"

namespace exchange {

class Mapped {
 public:
  // `length` bytes of `fd` from `offset`, a multiple of 64 KiB. They need not be there yet, nor stay.
  // Failure{unavailable} where the file system cannot do this. `name` is for messages.
  Mapped(int fd, std::uint64_t offset, std::size_t length, std::string name);
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  ~Mapped();

  // Runs `use` over all the bytes. Where the file ends early, or its medium fails, `use` is left in the
  // middle and Failure{truncated} or {unavailable} thrown: `use` must not own anything, lock anything, or
  // throw.
  void look(const std::function<void(View)>& use) const;

 private:
  int fd_;
  std::uint64_t offset_;
  std::size_t length_;
  std::string name_;
  void* start_;
};

}  // namespace exchange
