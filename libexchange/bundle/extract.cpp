#include "libexchange/bundle/extract.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxListed = 1000;
constexpr std::size_t kBlock = 4096;
constexpr std::uint64_t kPastTheCache = 64 << 10;  // files from this size on

std::string last_part(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

[[noreturn]] void fail_write(const std::string& path, int error) {
  if (error == EEXIST || error == ENOTDIR || error == ELOOP || error == EXDEV)
    throw Failure(Code::unsafe, "path \"" + printable(path) + "\": collides with another in the target",
                  "open it into a folder on a file system that tells upper and lower case apart");
  if (error == EILSEQ || error == EINVAL || error == ENAMETOOLONG)
    throw Failure(Code::unsafe, "path \"" + printable(path) + "\": the target cannot hold this name",
                  "open it into a folder on another file system");
  fail_errno(printable(path), error);
}

void restore_times(int fd, Instant accessed, Instant modified, const std::string& path) {
  const timespec times[2] = {to_timespec(accessed), to_timespec(modified)};
  if (::futimens(fd, times) != 0) fail_errno(printable(path), errno);
}

void restore(int fd, std::uint16_t mode, Instant accessed, Instant modified, const std::string& path) {
  if (::fchmod(fd, mode & 0777) != 0) fail_errno(printable(path), errno);
  restore_times(fd, accessed, modified, path);
}

mode_t current_umask() {
  const mode_t mask = ::umask(077);
  ::umask(mask);
  return mask;
}

// Makes every folder below writable, then removes all of it.
void remove_tree(const fs::path& root) noexcept {
  std::error_code ignored;
  for (fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, ignored), end;
       it != end; it.increment(ignored)) {
    if (it->is_directory(ignored) && !it->is_symlink(ignored))
      fs::permissions(it->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
    if (ignored) break;
  }
  fs::remove_all(root, ignored);
}

}  // namespace

Extractor::Extractor(const fs::path& target)
    : target_(fs::absolute(target).lexically_normal()), umask_(current_umask()) {
  if (target_.filename().empty()) target_ = target_.parent_path();
  std::error_code error;
  const auto status = fs::symlink_status(target_, error);
  if (fs::exists(status) && (!fs::is_directory(status) || !fs::is_empty(target_, error)))
    throw Failure(Code::unavailable, printable(target.native()) + ": is not an empty folder",
                  "name a new folder after -C");
  staging_ = target_.parent_path() / random_name();
  if (::mkdir(staging_.c_str(), 0700) != 0) fail_errno(printable(target_.parent_path().native()), errno);
  root_ = open_file(staging_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Extractor::~Extractor() {
  folders_.clear();
  if (!staging_.empty()) remove_tree(staging_);
}

void Extractor::require_room(std::uint64_t bytes) const {
  struct statvfs room {};
  if (::fstatvfs(root_.get(), &room) != 0) return;  // a file system that does not say: writing will tell
  const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
  if (bytes > free)
    throw Failure(Code::limit,
                  "the contents need " + human_size(bytes) + ", the target has " + human_size(free) + " free",
                  "open it elsewhere, or only a part with --only");
}

void Extractor::leave_folders(const std::string& for_path) {
  while (!folders_.empty() && !for_path.starts_with(folders_.back().entry.path + "/")) {
    const Folder& f = folders_.back();
    if (f.fd) restore(f.fd.get(), f.entry.mode, f.entry.accessed, f.entry.modified, f.entry.path);
    folders_.pop_back();
  }
}

int Extractor::folder_for(const std::string& path) {
  int parent = root_.get();
  std::size_t made = 0;  // length of the path that the stack covers
  const auto enter = [&](const std::string& folder) {
    const std::string name = last_part(folder);
    if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST) fail_write(folder, errno);
    Fd fd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) fail_write(folder, errno);
    ::fchmod(fd.get(), 0700);  // it may be another stream's, already closed for writing
    return fd;
  };
  for (Folder& f : folders_) {
    if (!f.fd) f.fd = enter(f.entry.path);
    parent = f.fd.get();
    made = f.entry.path.size() + 1;
  }
  // Folders that no entry describes: plain ones.
  for (std::size_t slash = path.find('/', made); slash != path.npos; slash = path.find('/', slash + 1)) {
    FileEntry plain;
    plain.path = path.substr(0, slash);
    plain.mode = 0755;
    plain.modified = plain.accessed = now();
    Fd fd = enter(plain.path);
    parent = fd.get();
    folders_.push_back({plain, std::move(fd)});
  }
  return parent;
}

void Extractor::begin(const FileEntry& entry) {
  leave_folders(entry.path);
  if (entry.kind == FileKind::directory) {
    folder_for(entry.path);
    folders_.push_back({entry, {}});
    folder_for(entry.path + "/");
    return;
  }
  if (entry.kind != FileKind::regular) {
    ++not_restored_count_;
    if (not_restored_.size() < kMaxListed)
      not_restored_.push_back(printable(entry.path) + " (" + std::string(name_of(entry.kind)) + ")");
    return;
  }
  file_name_ = entry.path;
  const int folder = folder_for(entry.path);
  file_ = Fd(::openat(folder, last_part(entry.path).c_str(),
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, entry.mode & 0777));
  if (!file_) fail_write(entry.path, errno);
  if ((entry.mode & 0777 & umask_) != 0 && ::fchmod(file_.get(), entry.mode & 0777) != 0)
    fail_write(entry.path, errno);
  sparse_ = entry.hole_bytes > 0;
  large_ = sparse_ || entry.size >= kPastTheCache;
  if (large_) large_file_.begin(file_.get(), printable(entry.path));
  written_ = 0;
}

// Blocks of zeros become holes; what lies between them is written in one go.
void Extractor::write_sparse(View bytes) {
  static constexpr std::array<std::uint8_t, kBlock> zeros{};
  while (!bytes.empty()) {
    const auto block = [&](std::size_t at) {
      return bytes.subspan(at, std::min<std::uint64_t>(bytes.size() - at, kBlock - (written_ + at) % kBlock));
    };
    const auto hole = [&](View b) { return std::memcmp(b.data(), zeros.data(), b.size()) == 0; };
    const bool in_hole = hole(block(0));
    std::size_t run = block(0).size();
    while (run < bytes.size() && hole(block(run)) == in_hole) run += block(run).size();
    if (!in_hole)
      large_file_.write(bytes.first(run));
    else
      large_file_.skip(run);
    written_ += run;
    bytes = bytes.subspan(run);
  }
}

void Extractor::data(View bytes) {
  bytes_ += bytes.size();
  if (sparse_)
    write_sparse(bytes);
  else if (large_)
    large_file_.write(bytes);
  else
    write_all(file_.get(), bytes, printable(file_name_));
}

void Extractor::end(const FileEntry& entry) {
  if (entry.kind != FileKind::regular) return;
  if (large_) large_file_.finish();
  if (sparse_ && ::ftruncate(file_.get(), static_cast<off_t>(entry.size)) != 0) fail_write(entry.path, errno);
  restore_times(file_.get(), entry.accessed, entry.modified, entry.path);
  file_.reset();
  ++files_;
}

void Extractor::end_stream() { leave_folders(""); }

void Extractor::commit(std::uint16_t mode, Instant modified) {
  end_stream();
  restore(root_.get(), mode, modified, modified, target_.native());
  if (::syncfs(root_.get()) != 0) fail_errno(printable(target_.native()), errno);
  // rename replaces an empty folder and nothing else
  if (::rename(staging_.c_str(), target_.c_str()) != 0) fail_errno(printable(target_.native()), errno);
  staging_.clear();
  const Fd parent(::open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent) ::fsync(parent.get());
}

}  // namespace exchange
