#include "libexchange/base/failure.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace exchange {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::ok:
      return "valid";
    case Code::usage:
      return "usage";
    case Code::unavailable:
      return "unavailable";
    case Code::malformed:
      return "malformed";
    case Code::limit:
      return "limit";
    case Code::unsupported:
      return "unsupported";
    case Code::truncated:
      return "truncated";
    case Code::integrity:
      return "integrity";
    case Code::key:
      return "key";
    case Code::signature:
      return "signature";
    case Code::trust:
      return "trust";
    case Code::policy:
      return "policy";
    case Code::no_recipient:
      return "no_recipient";
    case Code::unsafe:
      return "unsafe";
    case Code::bug:
      return "bug";
    case Code::interrupted:
      return "interrupted";
  }
  return "bug";
}

void fail_errno(const std::string& what, int error) {
  std::string hint = "mend this and run it again; nothing was left half-done";
  if (error == ENOENT || error == ENOTDIR) hint = "check the name and the folders above it";
  if (error == EFBIG) hint = "a limit on file sizes is in the way: see ulimit -f, or use another file system";
  if (error == ENOSPC || error == EDQUOT) hint = "the disk is full: free some space or choose another place";
  if (error == EACCES || error == EPERM)
    hint = "check the permissions of the file and of the folders above it";
  if (error == EPIPE) hint = "the program that should read the output has ended";
  throw Failure(Code::unavailable, what + ": " + std::strerror(error), hint);
}

void ensure(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "valise: a bug: %s\nhint: please report this; nothing was released\n", what);
  std::_Exit(exit_code(Code::bug));
}

}  // namespace exchange
