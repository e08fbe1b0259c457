// A store on either database, and bundles of the sample cases for it.
#pragma once
#include "libexchange/store/cases.h"
#include "libexchange/store/check.h"
#include "libexchange/store/ingest.h"
#include "libexchange/store/search.h"
#include "tests/bundle/world.h"
#include "tests/store/databases.h"

namespace stored {

using namespace world;

inline const fs::path& sample(const char* name) {
  static Scratch scratch;
  static std::map<std::string, fs::path> packed;
  fs::path& file = packed[name];
  if (file.empty()) {
    file = scratch / (std::string(name) + ".valise");
    pack(fs::path(TEST_SOURCE_DIR) / "data" / name, {kh}, file);
  }
  return file;
}
inline const fs::path& lantern() { return sample("paper-lantern"); }
inline const fs::path& crane() { return sample("paper-crane"); }

inline constexpr const char* kLantern = "XA-EXPOL-2026-000042";
inline constexpr const char* kCrane = "XA-EXMLA-2026-000007";
inline const CaseKey lantern_case{kLantern, "cn-example-police"}, crane_case{kCrane, "cn-example-police"};

// A place for a store, the events that its custody log got, and what every test does with them.
struct Desk {
  explicit Desk(const std::string& kind)
      : database(kind), place{database.address, database.folder / "objects"} {}
  Store open() { return Store(place); }
  Ingested take(Store& store, const fs::path& file, Instant at = now()) {
    VerifiedBundle bundle = verify(file, "kh-desk");
    return ingest(store, bundle, {kh, at, 2}, record());
  }
  RecordEvent record() {
    return [this](const DueEvent& due) { events.push_back(due.event + " " + due.seal); };
  }
  CheckOptions options() {
    CheckOptions o;
    o.keys = [] {
      std::vector<PrivateKeys> own;
      own.push_back(keys(home("kh-desk")));
      return own;
    };
    o.threads = 2;
    return o;
  }
  StoreReport check() {
    Store store = open();
    return check_store(store, home("kh-desk"), options());
  }
  StoreReport rebuild() { return rebuild_store(place, home("kh-desk"), options()); }
  fs::path object(const std::string& seal, const std::string& kind = "valise") {
    return place.objects / seal.substr(0, 2) / (seal + "." + kind);
  }

  databases::Place database;
  StorePlace place;
  std::vector<std::string> events;
};

inline std::string values(const std::vector<Hit>& hits) {
  std::string out;
  for (const Hit& h : hits)
    out += h.type + "=" + h.value + "@" + h.reference.substr(3, 5) + "/" + h.exhibit + " ";
  return out;
}

}  // namespace stored
