// The file of events: batches, each "batch EVENTS BYTES SHA256" and its events, each "event BYTES" and the
// signed text. Only ever appended to; a batch is one write and one fsync. Not a public header.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libexchange/base/file.h"

namespace exchange::repatriation {

struct Place {
  std::uint64_t offset = 0;  // of the signed text
  std::uint32_t length = 0;
};

class Journal {
 public:
  // An empty one where the file is not there.
  explicit Journal(fs::path file);

  // Every whole batch from `offset`, which is where a batch begins; returns where the last one ends. What
  // follows that is torn: its write was never acknowledged. Failure{integrity}: damage elsewhere.
  std::uint64_t read(std::uint64_t offset,
                     const std::function<void(Place place, std::string_view whole)>& take) const;
  std::string at(Place place) const;
  // SHA-256 of the last bytes (4 KiB) before `end`; nothing where the file is shorter.
  std::optional<Hash> fingerprint(std::uint64_t end) const;

  // Appends at `end`, cuts off what is torn there, and returns when it is on the disk. The caller holds the
  // lock. Returns the places, and sets `end` behind them.
  std::vector<Place> append(std::uint64_t& end, const std::vector<std::string>& events);

 private:
  void reopen(bool for_writing);
  fs::path file_;
  Fd fd_;
};

}  // namespace exchange::repatriation
