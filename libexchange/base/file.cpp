#include "libexchange/base/file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "libexchange/base/secret.h"
#include "libexchange/base/text.h"

namespace exchange {

namespace {
volatile std::sig_atomic_t g_interrupted = 0;

std::string shown(const fs::path& path) { return printable(path.native()); }
fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }
}  // namespace

void set_interrupted() noexcept { g_interrupted = 1; }

void check_interrupted() {
  if (g_interrupted)
    throw Failure(Code::interrupted, "interrupted", "nothing was left half-done; run it again");
}

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int Fd::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Fd open_file(const fs::path& path, int flags, mode_t mode) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) fail_errno(shown(path), errno);
  return fd;
}

namespace {

// For kernels without openat2: every component by itself, no symbolic link, no "..".
Fd open_component_wise(int folder, const std::string& path, int flags, mode_t mode) {
  Fd here;
  int at = folder;
  const auto parts = split(path, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string part(parts[i]);
    if (part.empty() || part == "." || part == "..") {
      errno = EXDEV;
      return {};
    }
    const bool last = i + 1 == parts.size();
    const int how = last ? flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW;
    Fd next(::openat(at, part.c_str(), how | O_CLOEXEC, mode));
    if (!next) return {};
    here = std::move(next);
    at = here.get();
  }
  return here;
}

}  // namespace

Fd open_beneath(int folder, const std::string& path, int flags, mode_t mode) {
  static std::atomic<bool> have_openat2{true};
  if (have_openat2) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    if (flags & O_CREAT) how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    for (int tries = 0; tries < 16; ++tries) {
      const long fd = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
      if (fd >= 0) return Fd(static_cast<int>(fd));
      if (errno == ENOSYS || errno == EPERM) break;  // EPERM: a sandbox that does not know the call
      if (errno != EAGAIN) return {};                // EAGAIN: a rename raced with the resolution
    }
    if (errno != ENOSYS && errno != EPERM) return {};
    if (errno == ENOSYS) have_openat2 = false;
  }
  return open_component_wise(folder, path, flags, mode);
}

void read_exact_at(int fd, MutableView out, std::uint64_t offset, const std::string& name) {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) {
      check_interrupted();
      continue;
    }
    if (n < 0) fail_errno(name, errno);
    if (n == 0)
      throw Failure(Code::truncated, name + ": ends at byte " + std::to_string(offset),
                    "the file is incomplete: fetch it again");
    out = out.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

std::size_t read_some(int fd, MutableView out, const std::string& name) {
  std::size_t total = 0;
  while (total < out.size()) {
    const ssize_t n = ::read(fd, out.data() + total, out.size() - total);
    if (n < 0 && errno == EINTR) {
      check_interrupted();
      continue;
    }
    if (n < 0) fail_errno(name, errno);
    if (n == 0) break;
    total += static_cast<std::size_t>(n);
  }
  return total;
}

void write_all(int fd, View bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) {
      check_interrupted();
      continue;
    }
    if (n < 0) fail_errno(name, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

Bytes read_file(const fs::path& path, std::size_t limit) {
  const Fd fd = open_file(path, O_RDONLY | O_NOCTTY);
  Bytes out;
  std::size_t used = 0;
  for (;;) {
    out.resize(std::min(limit + 1, std::max<std::size_t>(used * 2, 65536)));
    used += read_some(fd.get(), MutableView(out).subspan(used), shown(path));
    if (used > limit)
      throw Failure(Code::limit, shown(path) + ": larger than " + human_size(limit),
                    "is this the right file?");
    if (used < out.size()) break;
  }
  out.resize(used);
  return out;
}

std::string random_name() {
  std::array<std::uint8_t, 9> random{};
  fill_random(random);
  std::string name = to_base64(random);
  for (char& c : name) c = c == '+' ? '-' : c == '/' ? '_' : c;
  name.front() = '.';  // hidden: a listing of finished files stays clean
  return name;
}

OutputFile::OutputFile(fs::path path, Existing existing, mode_t mode)
    : path_(std::move(path)), existing_(existing) {
  const fs::path folder = folder_of(path_);
  if (path_.filename().empty())
    throw Failure(Code::usage, shown(path_) + ": not a file name", "name the file to write");
  if (existing_ == Existing::refuse && ::faccessat(AT_FDCWD, path_.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    throw Failure(Code::unavailable, shown(path_) + ": already exists",
                  "choose another name, or move it away first");
  fd_ = Fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  if (fd_) return;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) fail_errno(shown(folder), errno);
  temporary_ = folder / random_name();
  fd_ = open_file(temporary_, O_RDWR | O_CREAT | O_EXCL, mode);
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::commit() {
  const fs::path folder = folder_of(path_);
  if (::fsync(fd_.get()) != 0) fail_errno(shown(path_), errno);
  if (temporary_.empty()) {
    const std::string self = "/proc/self/fd/" + std::to_string(fd_.get());
    const fs::path target = existing_ == Existing::refuse ? path_ : folder / random_name();
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) != 0)
      fail_errno(shown(path_), errno);
    if (target != path_) temporary_ = target;
  }
  if (!temporary_.empty()) {
    const unsigned flags = existing_ == Existing::refuse ? RENAME_NOREPLACE : 0;
    int failed = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags);
    if (failed && errno == EINVAL && flags)  // vfat and some network file systems know no flags
      failed = fs::exists(fs::symlink_status(path_)) ? (errno = EEXIST, -1)
                                                     : ::rename(temporary_.c_str(), path_.c_str());
    if (failed) fail_errno(shown(path_), errno);
    temporary_.clear();
  }
  const Fd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
}

void write_file(const fs::path& path, View bytes, OutputFile::Existing existing, mode_t mode) {
  OutputFile out(path, existing, mode);
  out.write(bytes);
  out.commit();
}

Fd temporary_file(const fs::path& near) {
  fs::path folder = folder_of(near);
  if (near.empty()) {
    const char* given = std::getenv("TMPDIR");
    folder = given && *given ? given : "/tmp";
  }
  Fd fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  const fs::path path = folder / random_name();
  fd = open_file(path, O_RDWR | O_CREAT | O_EXCL, 0600);
  ::unlink(path.c_str());
  return fd;
}

}  // namespace exchange
