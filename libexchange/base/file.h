// Files and folders: owning descriptors, whole reads with a bound, outputs that appear complete or not
// at all, and paths that cannot leave their folder.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>

#include "libexchange/base/bytes.h"
#include "libexchange/base/failure.h"

namespace exchange {

namespace fs = std::filesystem;

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset();

 private:
  int fd_ = -1;
};

// Opens with O_CLOEXEC. Failure{unavailable} names `path`.
Fd open_file(const fs::path& path, int flags, mode_t mode = 0600);

// Opens `path` below `folder`, never above it and never through a symbolic link
// (openat2 RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS, or component by component where that is missing).
// Returns an empty Fd and sets errno on failure.
Fd open_beneath(int folder, const std::string& path, int flags, mode_t mode = 0600);

// Exactly out.size() bytes at `offset`; Failure{truncated} at the end of the file.
void read_exact_at(int fd, MutableView out, std::uint64_t offset, const std::string& name);
// Reads until `out` is full or the end; returns the number of bytes read.
std::size_t read_some(int fd, MutableView out, const std::string& name);
// All of `bytes`; Failure{unavailable} with a hint for a full disk and a closed pipe.
void write_all(int fd, View bytes, const std::string& name);

// The whole of a file of at most `limit` bytes; more is Failure{limit}.
Bytes read_file(const fs::path& path, std::size_t limit);

// A file that appears under its name only on commit(): written unnamed (O_TMPFILE) or, where the file
// system cannot, under a short random name; fsync, link or rename, fsync of the folder. Without commit()
// nothing is left.
class OutputFile {
 public:
  enum class Existing { refuse, replace };
  OutputFile(fs::path path, Existing existing, mode_t mode = 0644);
  ~OutputFile();
  OutputFile(OutputFile&&) = delete;
  int fd() const { return fd_.get(); }
  void write(View bytes) { write_all(fd_.get(), bytes, path_.string()); }
  void commit();

 private:
  fs::path path_, temporary_;
  Existing existing_;
  Fd fd_;
};

void write_file(const fs::path& path, View bytes, OutputFile::Existing existing, mode_t mode = 0644);

// An unlinked private file in the folder of `near` (or $TMPDIR when `near` is empty).
Fd temporary_file(const fs::path& near = {});

// Twelve random characters that are safe in a file name.
std::string random_name();

// Ctrl-C: the signal handler calls set_interrupted(); long loops and prompts call check_interrupted(),
// which then throws Failure{interrupted}, so that destructors clean up.
void set_interrupted() noexcept;
void check_interrupted();

}  // namespace exchange
