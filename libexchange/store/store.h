// What an agency has taken in: sealed bundles as objects, and an index over what its keys may read of them.
//
// The objects are the truth. Everything in the index comes out of them again (rebuild.h), but for the log of
// searches. docs/store.md has the layout and the order of every write.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libexchange/store/database.h"
#include "libexchange/store/objects.h"
#include "libexchange/trust/home.h"

namespace exchange {

// Where a home keeps its store: HOME/store/index.sqlite and HOME/store/objects, or what `store` and `objects`
// of config.toml name: objects = "DIR", or "remote:NAME" for what `open_remote` opens.
struct StorePlace {
  using OpenRemote = std::function<std::unique_ptr<Objects>(const std::string& name)>;
  std::string database;  // as Database::open() takes it
  fs::path objects;      // a folder; not used where there is a remote
  std::function<std::unique_ptr<Objects>()> remote = {};
  static StorePlace of(const Home& home, const OpenRemote& open_remote);
};

// A case, whatever bundles it came in.
struct CaseKey {
  std::string reference, requesting;  // requesting: an agency id, or "-"
  auto operator<=>(const CaseKey&) const = default;
};

// An event that the custody log must still get: committed together with what it tells of.
struct DueEvent {
  std::string event;  // "ingested", "retention_expired"
  std::string seal, reference, requesting;
  std::vector<std::string> exhibits;  // may be empty: then there is nothing to record
  std::string parties;                // from whom
};
// Appends it to the custody log, once however often it is called. Failure: it stays due.
using RecordEvent = std::function<void(const DueEvent&)>;

// One process's way to the store. One thread.
class Store {
 public:
  // Whether anything was ever taken in. Makes nothing.
  static bool used(const StorePlace& place);
  // Makes what is missing, brings the schema forward, and finishes what a crash left (objects without a row
  // are removed, purges completed). Failure{unavailable}, {integrity}, {unsupported}.
  explicit Store(const StorePlace& place);

  Database& database() { return database_; }
  Objects& objects() { return *objects_; }

  // Records the events that are due; with an empty function only counts them. Returns how many are left.
  std::uint64_t settle(const RecordEvent& record);

 private:
  void finish_arrivals();

  Database database_;
  std::unique_ptr<Objects> objects_;
};

// The lock of one seal: whoever adds or removes its object holds it.
inline std::string lock_of(const std::string& seal) { return "seal " + seal; }

// For tests: called at each step that a crash may separate from the next, with its name. Does nothing unless
// set_step_hook() was called.
void step(const char* name);
void set_step_hook(std::function<void(const char*)> hook);

}  // namespace exchange
