// What is computed from the events, kept so that 100,000 people are read in a moment. Made anew whenever it
// does not fit the events or the tables; never trusted for an act on a person. Not a public header.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "libexchange/base/file.h"
#include "libexchange/repatriation/fold.h"
#include "libexchange/repatriation/journal.h"

namespace exchange::repatriation {

struct Entry {
  Hash id{};
  Place place;
};

struct Indexed {
  Person person;
  std::uint64_t first = 0, count = 0;  // in the list of entries
};

struct IndexData {
  Hash tables{}, fingerprint{};
  std::uint64_t covered = 0;    // bytes of the journal
  std::vector<Indexed> people;  // by id
};

// An index file, held open: another process may put a newer one in its place meanwhile.
class IndexFile {
 public:
  // Nothing where there is none, or where it is not whole. Moves what was read into `data`.
  static std::optional<IndexFile> open(const fs::path& file, IndexData& data);
  // `count` entries from `first`.
  std::vector<Entry> entries(std::uint64_t first, std::uint64_t count) const;

 private:
  IndexFile(Fd fd, std::uint64_t begin, std::string name)
      : fd_(std::move(fd)), begin_(begin), name_(std::move(name)) {}
  Fd fd_;
  std::uint64_t begin_;  // of the entries
  std::string name_;
};
// Failure{unavailable}.
void write_index(const fs::path& file, const IndexData& data, const std::vector<Entry>& entries);

}  // namespace exchange::repatriation
