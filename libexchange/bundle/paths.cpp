#include "libexchange/bundle/paths.h"

#include "libexchange/base/text.h"
#include "libexchange/casefile/walk.h"

namespace exchange {

void PathCheck::check(const std::string& path, FileKind kind) {
  const auto unsafe = [&](const char* why) {
    return Failure(Code::unsafe, "path \"" + printable(path) + "\": " + why,
                   "the sender's program is faulty or hostile");
  };
  if (path.empty() || path.size() > kMaxPath) throw unsafe("empty or longer than 4,096 bytes");
  if (path.find('\0') != path.npos) throw unsafe("holds a zero byte");
  for (const std::string_view part : split(path, '/'))
    if (part.empty() || part == "." || part == "..") throw unsafe("not a plain relative path");
  if (!last_.empty()) {
    if (path == last_) throw unsafe("stands there twice");
    if (!path_before(last_, path)) throw unsafe("out of order");
    if (last_kind_ != FileKind::directory && path.starts_with(last_ + "/"))
      throw unsafe("lies below something that is no folder");
  }
  last_ = path;
  last_kind_ = kind;
}

}  // namespace exchange
