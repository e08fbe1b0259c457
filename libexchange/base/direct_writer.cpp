#include "libexchange/base/direct_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "libexchange/base/failure.h"
#include "libexchange/base/file.h"

namespace exchange {

namespace {
constexpr std::size_t kBuffer = 1 << 20;
constexpr std::size_t kAlignment = 4096;  // enough for every block size that file systems use with O_DIRECT
}  // namespace

DirectWriter::DirectWriter() : buffer_(static_cast<std::uint8_t*>(std::aligned_alloc(kAlignment, kBuffer))) {
  ensure(buffer_ != nullptr, "no memory for a buffer");
}

void DirectWriter::begin(int fd, std::string name) {
  struct stat status {};
  fd_ = fd;
  name_ = std::move(name);
  used_ = 0;
  direct_ = false;
  can_ = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && ::lseek(fd, 0, SEEK_CUR) == 0;
}

// A file system that cannot says so here or at the first write.
void DirectWriter::set_direct(bool on) {
  if (on == direct_) return;
  const int flags = ::fcntl(fd_, F_GETFL);
  if (flags < 0 || ::fcntl(fd_, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) != 0)
    can_ = false;
  else
    direct_ = on;
}

void DirectWriter::put(View bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    } else if (errno == EINTR) {
      check_interrupted();
    } else if (errno == EINVAL && direct_) {  // not here, or no longer after a write that was cut short
      set_direct(false);
      can_ = false;
    } else {
      fail_errno(name_, errno);
    }
  }
}

void DirectWriter::write(View bytes) {
  while (!bytes.empty()) {
    const std::size_t n = std::min(bytes.size(), kBuffer - used_);
    std::memcpy(buffer_.get() + used_, bytes.data(), n);
    used_ += n;
    bytes = bytes.subspan(n);
    if (used_ < kBuffer) return;
    if (can_) set_direct(true);
    put({buffer_.get(), used_});
    used_ = 0;
  }
}

void DirectWriter::skip(std::uint64_t bytes) {
  ensure(used_ % kAlignment == 0, "a hole begins at a block");
  if (can_ && used_ > 0) set_direct(true);
  put({buffer_.get(), used_});
  used_ = 0;
  if (::lseek(fd_, static_cast<off_t>(bytes), SEEK_CUR) < 0) fail_errno(name_, errno);
}

void DirectWriter::finish() {
  set_direct(false);
  put({buffer_.get(), used_});
  used_ = 0;
}

}  // namespace exchange
