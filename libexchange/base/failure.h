// The one exception, and the exit codes of the command line, which other people's scripts rely on.
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

namespace exchange {

// Values are exit codes; tens are classes. 1 is never used.
enum class Code {
  ok = 0,
  usage = 2,        // wrong arguments
  unavailable = 3,  // could not tell: file, disk, network
  malformed = 10,
  limit = 11,        // over a documented limit
  unsupported = 12,  // a version or suite this program does not know
  truncated = 13,
  integrity = 20,  // content changed
  key = 21,        // wrong or doubtful key material
  signature = 30,
  trust = 31,         // signer not trusted, expired or revoked
  policy = 32,        // refused by policy or validation
  no_recipient = 40,  // not addressed to any key here
  unsafe = 50,        // paths that would leave the target
  bug = 70,
  interrupted = 130,  // Ctrl-C
};

constexpr int exit_code(Code code) { return static_cast<int>(code); }

// "valid" for ok, else the class's name in lower case: "malformed", "integrity", "no_recipient" …
std::string_view name_of(Code code);

// What went wrong (`message`: one line, lower case, names the thing and the place) and what to do
// (`hint`: may be empty). Never holds a secret.
class Failure : public std::runtime_error {
 public:
  Failure(Code code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}
  Code code() const { return code_; }
  const std::string& hint() const { return hint_; }

 private:
  Code code_;
  std::string hint_;
};

// Failure{Code::unavailable} whose message is "WHAT: <text of errno>".
[[noreturn]] void fail_errno(const std::string& what, int error);

// An assertion that stays on in release: a false condition is a bug, exit code 70.
void ensure(bool condition, const char* what);

}  // namespace exchange
