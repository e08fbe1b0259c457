#include "libexchange/casefile/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxPath = 4096;
constexpr unsigned kWanted = STATX_BASIC_STATS | STATX_BTIME;

struct CloseDir {
  void operator()(DIR* d) const { ::closedir(d); }
};

struct statx status_at(int folder, const char* name, const std::string& shown) {
  struct statx status {};
  if (::statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, kWanted, &status) != 0)
    fail_errno(printable(shown), errno);
  return status;
}

std::string link_target_at(int folder, const char* name, const std::string& shown) {
  std::string target(kMaxPath, '\0');
  const ssize_t n = ::readlinkat(folder, name, target.data(), target.size());
  if (n < 0) fail_errno(printable(shown), errno);
  target.resize(static_cast<std::size_t>(n));
  return target;
}

std::vector<std::string> names_in(Fd folder, const std::string& shown) {
  const std::unique_ptr<DIR, CloseDir> dir(::fdopendir(folder.get()));
  if (!dir) fail_errno(printable(shown), errno);
  folder.release();
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(dir.get());
    if (!entry) break;
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) fail_errno(printable(shown), errno);
  std::sort(names.begin(), names.end());  // bytewise
  return names;
}

bool is_folder(const Found& f) { return S_ISDIR(f.status.stx_mode); }

class Walker {
 public:
  Walker(int root, const std::vector<std::string>& not_these, const std::function<void(const Found&)>& visit)
      : root_(root), not_these_(not_these), visit_(visit) {}

  // `path` and all beneath. Keeps names, not descriptors, of the folders above: depth costs memory only.
  void all(const std::string& path) {
    struct Level {
      std::string path;  // with its closing slash; empty for the root
      std::vector<std::string> names;
      std::size_t next = 0;
      Fd fd;
    };
    std::vector<Level> levels;
    const auto enter = [&](const std::string& folder) {
      if (levels.size() >= kOpenLevels) levels[levels.size() - kOpenLevels].fd.reset();
      levels.push_back({folder.empty() ? "" : folder + "/", names_in(open_folder(folder), folder), 0, {}});
    };
    if (path.empty()) {
      enter("");
    } else if (!visit(path, root_, path.c_str())) {
      return;
    } else {
      enter(path);
    }
    while (!levels.empty()) {
      Level& level = levels.back();
      if (level.next == level.names.size()) {
        levels.pop_back();
        continue;
      }
      if (!level.fd) level.fd = open_folder(level.path);
      const std::string& name = level.names[level.next++];
      const std::string child = level.path + name;
      if (child.size() > kMaxPath)
        throw Failure(Code::limit, printable(child.substr(0, 100)) + "…: a path over 4,096 bytes",
                      "shorten its folders' names");
      if (visit(child, level.fd.get(), name.c_str())) enter(child);
    }
  }

  // True for a folder that was visited and should be entered.
  bool visit(const std::string& path, int folder, const char* name) {
    if (std::binary_search(not_these_.begin(), not_these_.end(), path)) return false;
    Found found{path, status_at(folder, name, path), {}};
    if (S_ISLNK(found.status.stx_mode)) found.link_target = link_target_at(folder, name, path);
    visit_(found);
    return is_folder(found);
  }

 private:
  static constexpr std::size_t kOpenLevels = 64;

  Fd open_folder(std::string path) {
    if (!path.empty() && path.back() == '/') path.pop_back();
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK;
    Fd fd = path.empty() ? Fd(::openat(root_, ".", flags | O_CLOEXEC)) : open_beneath(root_, path, flags);
    if (!fd) fail_errno(printable(path), errno);
    return fd;
  }

  int root_;
  const std::vector<std::string>& not_these_;
  const std::function<void(const Found&)>& visit_;
};

}  // namespace

void walk(int case_folder, const std::string& path, const std::vector<std::string>& not_these,
          const std::function<void(const Found&)>& visit) {
  if (path.empty()) return;
  Walker walker(case_folder, not_these, visit);
  if (path == ".") {
    walker.all("");
    return;
  }
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string ancestor = path.substr(0, slash);
    visit({ancestor, status_at(case_folder, ancestor.c_str(), ancestor), {}});
  }
  walker.all(path);
}

std::vector<std::string> nested_paths(const std::string& path, const std::vector<std::string>& all_paths) {
  std::vector<std::string> nested;
  for (const std::string& other : all_paths)
    if (!other.empty() && other != path && (path == "." || other.starts_with(path + "/")))
      nested.push_back(other);
  std::sort(nested.begin(), nested.end());
  return nested;
}

bool path_before(std::string_view a, std::string_view b) {
  const auto order = [](char c) { return c == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(c)); };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return order(x) < order(y); });
}

Fd open_evidence(int case_folder, const std::string& path) {
  constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  Fd fd = open_beneath(case_folder, path, flags | O_NOATIME);
  if (!fd && errno == EPERM) fd = open_beneath(case_folder, path, flags);  // not the owner: atime changes
  return fd;
}

}  // namespace exchange
