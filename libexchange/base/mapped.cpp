#include "libexchange/base/mapped.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <mutex>

#include "libexchange/base/failure.h"
#include "libexchange/base/file.h"

namespace exchange {

namespace {

// Touching a page that the file no longer has, or whose medium fails, raises SIGBUS in the thread that
// touches it. While a thread looks, the handler takes it back to where it began to.
thread_local sigjmp_buf* looking = nullptr;

void leave(int signal) {
  if (looking) siglongjmp(*looking, 1);
  ::signal(signal, SIG_DFL);  // somebody else's fault: it happens again, and ends the program
}

void prepare() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_handler = leave;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, nullptr);
  });
}

// False when `use` had to be left.
bool guarded(const std::function<void(View)>& use, View bytes) {
  sigjmp_buf here;
  looking = &here;
  const bool came_back = sigsetjmp(here, 1) != 0;
  if (!came_back) use(bytes);
  looking = nullptr;
  return !came_back;
}

}  // namespace

Mapped::Mapped(int fd, std::uint64_t offset, std::size_t length, std::string name)
    : fd_(fd), offset_(offset), length_(length), name_(std::move(name)) {
  prepare();
  start_ = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, static_cast<off_t>(offset));
  if (start_ == MAP_FAILED) fail_errno(name_, errno);
  (void)::madvise(start_, length, MADV_HUGEPAGE);  // read ahead, and map, in large pieces
#ifdef MADV_POPULATE_READ  // all at once; where it is missing or fails, looking finds page by page
  (void)::madvise(start_, length, MADV_POPULATE_READ);
#endif
}

Mapped::~Mapped() { ::munmap(start_, length_); }

void Mapped::look(const std::function<void(View)>& use) const {
  if (guarded(use, {static_cast<const std::uint8_t*>(start_), length_})) return;
  struct stat status {};
  if (::fstat(fd_, &status) == 0 && static_cast<std::uint64_t>(status.st_size) < offset_ + length_)
    throw Failure(Code::truncated, name_ + ": ends at byte " + std::to_string(status.st_size),
                  "the file is incomplete: fetch it again");
  fail_errno(name_, EIO);
}

}  // namespace exchange
