// Trying again: exponential waits with jitter, bounded in number, as long as nothing gets through.
#pragma once
#include <optional>

#include "libexchange/transport/backend.h"

namespace exchange {

struct Patience {
  unsigned tries = 10;           // in a row without a byte getting through
  std::optional<Instant> until;  // keep trying until then, whatever `tries` says
};

// Counts the tries of one thread.
class Waiting {
 public:
  explicit Waiting(const Patience& patience) : patience_(patience) {}
  // After a cut: waits, or throws Failure{unavailable} when patience is at an end. 0.1 s, doubled each time
  // up to 30 s, half of it by chance; at least what the server asked for, at most ten minutes of it.
  void wait(const LineCut& cut);
  void got_through() { failed_ = 0; }

 private:
  Patience patience_;
  unsigned failed_ = 0;
};

// Sleeps; Failure{interrupted} on Ctrl-C.
void sleep_for(std::chrono::milliseconds time);

// op() until it ends without a LineCut.
template <class Op>
auto with_patience(const Patience& patience, Op op) {
  Waiting waiting(patience);
  for (;;) {
    try {
      return op();
    } catch (const LineCut& cut) {
      waiting.wait(cut);
    }
  }
}

// get() that goes on where the line was cut.
void get_patiently(Backend& backend, const std::string& name, std::uint64_t offset, MutableView out,
                   const Patience& patience);

// True if exactly `bytes` are stored there: by the server's digest, else (or with `read`) by reading them
// back.
bool stored_is(Backend& backend, const std::string& name, View bytes, const Patience& patience,
               bool read = false);

}  // namespace exchange
