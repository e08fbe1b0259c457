// A folder: a USB stick, a share, a disk. A file appears under its name only when it is whole and on the
// disk.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/transport/line.h"

namespace exchange {

namespace {

constexpr std::size_t kPiece = 256 << 10;

class FolderBackend : public Backend {
 public:
  FolderBackend(const Remote& remote, const Tuning& tuning)
      : root_(remote.place()), bytes_per_second_(tuning.bytes_per_second) {}

  void put(const std::string& name, Body& body) override {
    pace(body.size());
    OutputFile out(root_ / name, OutputFile::Existing::replace);
    Bytes piece;
    Sha256 digest;
    for (std::size_t at = 0; at < body.size(); at += piece.size()) {
      piece.resize(std::min(kPiece, body.size() - at));
      body.read(at, piece);
      digest.update(piece);
      out.write(piece);
    }
    out.commit();
    if (!reads_back(name, body.size(), digest.finish()))
      throw Failure(Code::unavailable, shown(name) + ": reads back other than it was written",
                    "the disk or stick is failing: use another");
  }

  void get(const std::string& name, std::uint64_t offset, MutableView out) override {
    pace(out.size());
    const Fd fd(::open((root_ / name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd && errno == ENOENT)
      throw Failure(Code::truncated, shown(name) + ": is not there", "wait for the rest to arrive");
    if (!fd) fail_errno(shown(name), errno);
    read_exact_at(fd.get(), out, offset, shown(name));
  }

  std::vector<StoredEntry> list(const std::string& folder) override {
    require_root();
    std::vector<StoredEntry> entries;
    std::error_code error;
    for (fs::directory_iterator it(root_ / folder, error), end; !error && it != end; it.increment(error)) {
      StoredEntry e;
      e.name = it->path().filename().native();
      struct stat status {};
      if (!is_stored_name(e.name) || ::lstat(it->path().c_str(), &status) != 0) continue;
      e.folder = S_ISDIR(status.st_mode);
      if (!e.folder && !S_ISREG(status.st_mode)) continue;
      e.size = static_cast<std::uint64_t>(status.st_size);
      e.stamp = fmt::format("{}.{}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
      entries.push_back(std::move(e));
      if (entries.size() > kMaxEntries) throw Failure(Code::limit, shown(folder) + ": over 200,000 entries");
    }
    if (error && error != std::errc::no_such_file_or_directory)
      throw Failure(Code::unavailable, shown(folder) + ": " + error.message());
    return entries;
  }

  void remove(const std::string& name) override {
    if (::unlink((root_ / name).c_str()) != 0 && errno != ENOENT) fail_errno(shown(name), errno);
  }
  void remove_folder(const std::string& name) override { ::rmdir((root_ / name).c_str()); }

  void make_folder(const std::string& name) override {
    require_root();
    std::error_code error;
    fs::create_directory(root_ / name, error);
    if (error)
      throw Failure(Code::unavailable, shown(name) + ": " + error.message(), "is the folder writable?");
  }

  std::optional<std::uint64_t> room() override {
    struct statvfs status {};
    if (::statvfs(root_.c_str(), &status) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
  }

 private:
  std::string shown(const std::string& name) const { return printable((root_ / name).native()); }

  void require_root() const {
    if (!fs::is_directory(root_))
      throw Failure(Code::unavailable, printable(root_.native()) + ": no such folder",
                    "is the stick or share mounted?");
  }

  // Waits as long as this many bytes may take: a share's line may be somebody else's too.
  void pace(std::size_t bytes) const {
    check_interrupted();
    if (bytes_per_second_ == 0) return;
    using Seconds = std::chrono::duration<double>;
    const auto end = std::chrono::steady_clock::now() +
                     Seconds(static_cast<double>(bytes) / static_cast<double>(bytes_per_second_));
    for (Seconds left; (left = end - std::chrono::steady_clock::now()) > Seconds::zero(); check_interrupted())
      std::this_thread::sleep_for(std::min(left, Seconds(0.1)));
  }

  // From the disk, not from memory, where the system can be told so.
  bool reads_back(const std::string& name, std::size_t size, const Hash& sha256) const {
    const Fd fd = open_file(root_ / name, O_RDONLY);
    ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
    Bytes piece;
    Sha256 digest;
    for (std::size_t at = 0; at < size; at += piece.size()) {
      piece.resize(std::min(kPiece, size - at));
      read_exact_at(fd.get(), piece, at, shown(name));
      digest.update(piece);
    }
    return digest.finish() == sha256;
  }

  fs::path root_;
  std::uint64_t bytes_per_second_;
};

}  // namespace

std::unique_ptr<Backend> open_folder(const Remote& remote, const Tuning& tuning) {
  return std::make_unique<FolderBackend>(remote, tuning);
}

}  // namespace exchange
