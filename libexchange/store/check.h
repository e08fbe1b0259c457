// Whether the store is what it should be, and making its index again.
#pragma once
#include "libexchange/bundle/verify.h"
#include "libexchange/store/store.h"

namespace exchange {

struct CheckOptions {
  KeysAtHand keys;
  unsigned threads = 1;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // objects
};

struct StoreReport {
  std::uint64_t objects = 0;        // looked at
  std::uint64_t unreadable = 0;     // of those, no key here opens: their seal was checked
  std::uint64_t due = 0;            // custody events not yet recorded
  std::vector<std::string> faults;  // one line each: what, where
  bool good() const { return faults.empty(); }
};

// Verifies every object as on the day it came, as far as the keys open it, and compares every row of the
// index with what the object says. Nothing is changed. At most ten faults are named of one table of one
// bundle.
StoreReport check_store(Store& store, const Home& home, const CheckOptions& options);

// Makes the index again from the objects and the texts beside them, in one transaction. What only the index
// has, the log of searches, stays; of an SQLite file that is damaged what can still be read of it is taken
// over. Objects that do not verify are left where they are, out of the index, and named. Every bundle's
// custody event is due again: recording finds those that are there.
StoreReport rebuild_store(const StorePlace& place, const Home& home, const CheckOptions& options);

}  // namespace exchange
