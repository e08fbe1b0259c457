#include "libexchange/bundle/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

Fd spool(int from, const std::string& name, std::uint64_t limit, std::uint64_t& size) {
  Fd file = temporary_file();
  Bytes buffer(1 << 20);
  for (;;) {
    check_interrupted();
    const std::size_t n = read_some(from, buffer, name);
    size += n;
    if (size > limit) throw Failure(Code::limit, name + ": longer than " + human_size(limit));
    write_all(file.get(), View(buffer).first(n), "temporary file");
    if (n < buffer.size()) return file;
  }
}

}  // namespace

Source Source::open(const fs::path& path, std::uint64_t spool_limit) {
  Source source;
  const bool standard_input = path == "-";
  source.name_ = standard_input ? "standard input" : printable(path.native());
  source.fd_ = standard_input ? Fd(::dup(0)) : open_file(path, O_RDONLY | O_NOCTTY);
  struct stat status {};
  if (::fstat(source.fd(), &status) != 0) fail_errno(source.name_, errno);
  if (S_ISDIR(status.st_mode))
    throw Failure(Code::unavailable, source.name_ + ": is a folder", "name a bundle file");
  if (S_ISREG(status.st_mode) && !standard_input)
    source.size_ = static_cast<std::uint64_t>(status.st_size);
  else
    source.fd_ = spool(source.fd(), source.name_, spool_limit, source.size_);
  return source;
}

Source Source::of(Fd file, std::string name) {
  Source source;
  source.name_ = std::move(name);
  source.fd_ = std::move(file);
  struct stat status {};
  if (::fstat(source.fd(), &status) != 0) fail_errno(source.name_, errno);
  ensure(S_ISREG(status.st_mode), "an open regular file");
  source.size_ = static_cast<std::uint64_t>(status.st_size);
  return source;
}

Bytes Source::read(std::uint64_t offset, std::size_t length) const {
  if (offset > size_ || length > size_ - offset)
    throw Failure(Code::truncated, name_ + ": ends before byte " + std::to_string(offset + length),
                  "the file is incomplete: fetch it again");
  need(offset, length);
  Bytes out(length);
  read_exact_at(fd(), out, offset, name_);
  return out;
}

}  // namespace exchange
