// What sending and fetching share: where, with which keys, how patiently, how fast.
#pragma once
#include <functional>

#include "libexchange/transport/journal.h"

namespace exchange {

// bytes done, bytes in all
using TransferProgress = std::function<void(std::uint64_t, std::uint64_t)>;

struct Session {
  const Home* home = nullptr;
  Remote remote;
  SecretBytes secret;  // of the remote
  Patience patience;
  std::chrono::seconds timeout{60};
  std::uint64_t bytes_per_second = 0;  // of all connections together; 0: no limit
  unsigned connections = 3;            // each may hold a slice of 8 MiB in memory
  TransferProgress progress;

  std::unique_ptr<Backend> connect(std::atomic<std::uint64_t>* moving = nullptr) const {
    const std::uint64_t each =
        bytes_per_second == 0 ? 0 : std::max<std::uint64_t>(1, bytes_per_second / connections);
    return open_backend(remote, secret, {each, timeout, moving});
  }
};

// Adds up what the connections of a transfer report.
class Meter {
 public:
  Meter(const Session& session, std::uint64_t total)
      : session_(session), total_(total), moving_(session.connections) {}
  std::atomic<std::uint64_t>* moving(unsigned connection) { return &moving_[connection]; }
  void done(std::uint64_t bytes) {
    done_ += bytes;
    show();
  }
  void show() {
    if (!session_.progress) return;
    std::uint64_t sum = done_;
    for (const auto& m : moving_) sum += m;
    session_.progress(std::min(sum, total_), total_);
  }

 private:
  const Session& session_;
  std::uint64_t total_;
  std::atomic<std::uint64_t> done_ = 0;
  std::vector<std::atomic<std::uint64_t>> moving_;
};

}  // namespace exchange
