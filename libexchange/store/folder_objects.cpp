#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "libexchange/base/text.h"
#include "libexchange/store/objects.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxText = 1 << 20;

void make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return;
  make_folder(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail_errno(printable(folder.native()), errno);
  const Fd above(::open(folder.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (above) ::fsync(above.get());
}

class FolderObjects : public Objects {
 public:
  explicit FolderObjects(fs::path folder) : folder_(std::move(folder)) {}

  void put(const ObjectName& name, const Write& write) override {
    const fs::path path = path_of(name);
    make_folder(path.parent_path());
    OutputFile out(path, OutputFile::Existing::replace, mode());
    write([&](View bytes) { out.write(bytes); });
    out.commit();
  }

  Fd get(const ObjectName& name) const override {
    const fs::path path = path_of(name);
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW));
    if (!fd && errno != ENOENT) fail_errno(printable(path.native()), errno);
    return fd;
  }

  std::vector<ObjectName> list(std::string_view seal) const override {
    std::vector<ObjectName> names;
    if (!seal.empty()) {
      add_names(folder_ / seal.substr(0, 2), seal, names);
    } else {
      for (const fs::path& shard : entries(folder_))
        if (fs::is_directory(shard)) add_names(shard, seal, names);
    }
    std::ranges::sort(names);
    return names;
  }

  void remove(const ObjectName& name, std::uint64_t key_bytes) override {
    const fs::path path = path_of(name);
    if (key_bytes > 0) overwrite(path, key_bytes);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail_errno(printable(path.native()), errno);
    const Fd folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get());
  }

  std::string where() const override { return printable(folder_.native()); }

 private:
  fs::path path_of(const ObjectName& name) const { return folder_ / name.seal.substr(0, 2) / name.text(); }

  static std::vector<fs::path> entries(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      paths.push_back(it->path());
    if (error && error.value() != ENOENT) fail_errno(printable(folder.native()), error.value());
    return paths;
  }

  static void add_names(const fs::path& shard, std::string_view seal, std::vector<ObjectName>& names) {
    for (const fs::path& path : entries(shard))
      if (const auto name = ObjectName::parse(path.filename().native());
          name && (seal.empty() || name->seal == seal))
        names.push_back(*name);
  }

  mode_t mode() const {
    struct stat status {};
    return ::stat(folder_.c_str(), &status) == 0 && (status.st_mode & 040) ? 0640 : 0600;
  }

  static void overwrite(const fs::path& path, std::uint64_t bytes) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) return;
    const Bytes zeros(1 << 16);
    std::uint64_t left = std::min(bytes, static_cast<std::uint64_t>(status.st_size));
    while (left > 0) {
      const std::size_t n = std::min<std::uint64_t>(left, zeros.size());
      write_all(fd.get(), View(zeros).first(n), printable(path.native()));
      left -= n;
    }
    if (::fsync(fd.get()) != 0) fail_errno(printable(path.native()), errno);
  }

  fs::path folder_;
};

}  // namespace

std::optional<ObjectName> ObjectName::parse(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot != 64 || !from_hex(text.substr(0, dot))) return std::nullopt;
  const std::string_view kind = text.substr(dot + 1);
  if (kind.empty() || kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != kind.npos)
    return std::nullopt;
  return ObjectName{std::string(text.substr(0, dot)), std::string(kind)};
}

void Objects::put_text(const ObjectName& name, std::string_view text) {
  put(name, [&](const auto& take) { take(as_view(text)); });
}

std::optional<std::string> Objects::get_text(const ObjectName& name) const {
  const Fd fd = get(name);
  if (!fd) return std::nullopt;
  Bytes bytes(kMaxText + 1);
  bytes.resize(read_some(fd.get(), bytes, name.text()));
  if (bytes.size() > kMaxText) throw Failure(Code::limit, name.text() + ": is no text of this store");
  return to_text(bytes);
}

std::unique_ptr<Objects> folder_objects(fs::path folder) {
  return std::make_unique<FolderObjects>(std::move(folder));
}

}  // namespace exchange
