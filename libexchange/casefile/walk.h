// Walks an exhibit's part of the case folder in the order of the bundle format: bytewise by path with '/'
// taken as 0x00, folders before what they hold. Never follows a link, never opens what could block.
#pragma once
#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "libexchange/base/file.h"

namespace exchange {

struct Found {
  std::string path;         // relative to the case folder, raw bytes
  struct statx status;      // times, mode, size; not followed
  std::string link_target;  // of symbolic links
};

// Calls `visit` for each ancestor folder of `path` below the case folder, `path` itself and all beneath,
// except paths in `not_these` (sorted; with all beneath them). An empty `path` finds nothing; "." is the
// whole folder. Failure{unavailable} names what cannot be read. Memory grows with the largest single folder.
void walk(int case_folder, const std::string& path, const std::vector<std::string>& not_these,
          const std::function<void(const Found&)>& visit);

// The paths of other exhibits that lie inside `path`: they are not this exhibit's.
std::vector<std::string> nested_paths(const std::string& path, const std::vector<std::string>& all_paths);

// Compares two relative paths in the format's order.
bool path_before(std::string_view a, std::string_view b);

// Opens a regular file for reading: beneath the folder, O_NOATIME where allowed, O_NOFOLLOW, never blocking.
Fd open_evidence(int case_folder, const std::string& path);

}  // namespace exchange
