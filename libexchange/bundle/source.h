// The bytes of a bundle for reading: a file, or a pipe spooled to a private temporary file (sealed bytes
// only).
#pragma once
#include <functional>
#include <string>

#include "libexchange/base/file.h"

namespace exchange {

class Source {
 public:
  // "-" and anything that cannot seek are spooled, up to `spool_limit` bytes (Failure{limit}).
  static Source open(const fs::path& path, std::uint64_t spool_limit = std::uint64_t{1} << 45);
  // A regular file that is open for reading already; `name` is for messages, printable.
  static Source of(Fd file, std::string name);
  int fd() const { return fd_.get(); }
  std::uint64_t size() const { return size_; }
  const std::string& name() const { return name_; }  // printable
  // For a file that is still arriving: `supply` is called before bytes are read and brings them, or throws.
  using Supply = std::function<void(std::uint64_t offset, std::uint64_t length)>;
  void supply_with(Supply supply) { supply_ = std::move(supply); }
  void need(std::uint64_t offset, std::uint64_t length) const {
    if (supply_) supply_(offset, length);
  }
  // Failure{truncated} at the end of the file.
  Bytes read(std::uint64_t offset, std::size_t length) const;

 private:
  Fd fd_;
  std::uint64_t size_ = 0;
  std::string name_;
  Supply supply_;
};

}  // namespace exchange
