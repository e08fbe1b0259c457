// The end of a bundle's time: review dates, legal holds, purging.
//
// A purge goes in this order: tombstone and seal beside the object; one transaction that removes every index
// row and notes the custody event; the object, its wrapped keys overwritten first; the database's own files.
// A crash in between is completed when the store is next opened. Dates are whole days in UTC, YYYY-MM-DD.
#pragma once
#include "libexchange/store/store.h"

namespace exchange {

// A legal hold: nothing of the case is purged while it lasts.
struct Hold {
  CaseKey the_case;
  std::string placed_at, placed_by;  // time; who orders it
  std::string until;                 // the last day
  std::string reason;
  std::string released_at, released_by, release_reason;  // empty while it stands
  std::string text() const;                              // valise-hold/v1, the form beside the objects
  static Hold parse(std::string_view text);              // Failure{malformed}
  bool stands(Instant at) const;
};
// Failure{usage}: a date that is none or lies in the past, an empty or unprintable phrase.
void place_hold(Store& store, const Hold& hold, Instant at);
// Releases every hold of the case that stands; returns how many.
std::size_t release_holds(Store& store, const CaseKey& the_case, const std::string& by,
                          const std::string& reason, Instant at);
std::vector<Hold> holds_of(Store& store, const CaseKey& the_case);  // all, oldest first

struct Retained {
  std::string seal, delete_after, review_on;
  CaseKey the_case;
  std::vector<Hold> holds;  // that stand
};
// Bundles whose deletion day, or whose review day, has passed; by date.
std::vector<Retained> purge_due(Store& store, Instant at);
std::vector<Retained> review_due(Store& store, Instant at);

// Failure{policy}: a hold stands, or its day has not passed.
void purge(Store& store, const std::string& seal, const std::string& by, Instant at);
// Completes what purge() began before a crash. The database's files are scrubbed where anything was
// completed.
void finish_purges(Store& store);

// What stays of a purged bundle: valise-tombstone/v1.
struct Tombstone {
  std::string seal, bundle_id, signer, sealed_at, tail;
  CaseKey the_case;
  std::string ingested_at, ingested_by, purged_at, purged_by, delete_after;
  std::string text() const;
  static Tombstone parse(std::string_view text);
};
void restore_tombstone(Database& database, const Tombstone& tombstone);  // rebuild: as a row of `bundle`
void restore_hold(Database& database, const Hold& hold);                 // the same for a hold

}  // namespace exchange
