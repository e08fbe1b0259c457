// The rules for paths in a bundle: relative, without tricks, strictly ascending, nothing below a file.
#pragma once
#include <string>

#include "libexchange/bundle/messages.h"

namespace exchange {

// Fed with the entries of one stream in order; remembers only the one before.
class PathCheck {
 public:
  // Failure{unsafe} names the path and the rule.
  void check(const std::string& path, FileKind kind);

 private:
  std::string last_;
  FileKind last_kind_ = FileKind::directory;
};

}  // namespace exchange
