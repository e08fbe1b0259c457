// Taking a bundle in: wholly there or not at all, and never lost once ingest() has returned.
#pragma once
#include "libexchange/store/staged_rows.h"
#include "libexchange/store/store.h"

namespace exchange {

struct IngestOptions {
  std::string by;  // AGENCY/NAME of who takes it in
  Instant at;      // now
  unsigned threads = 1;
};

struct Ingested {
  bool already = false;  // the same bytes were there; nothing was done
  std::string seal, reference, requesting, title;
  std::uint64_t exhibits = 0, readable = 0, files = 0, persons = 0, identifiers = 0;
};

// In this order: the object is durable, its rows are staged beside it; one transaction with every index row
// and the due custody event, which is the commit; the event is recorded by `record`. The bytes kept are those
// that were verified: each slice is compared with its sealed digest while it is copied, and what surrounds
// the slices is read again afterwards.
//
// Failure: as VerifiedBundle::contents(), and only fully checked contents are taken; {integrity}: the store
// has this bundle id or seal with other bytes, or the file changed meanwhile; {policy}: its retention has
// ended, or it was purged; {unavailable}: disk or database, nothing was changed. When recording fails the
// bundle is in, and the event due.
Ingested ingest(Store& store, VerifiedBundle& bundle, const IngestOptions& options,
                const RecordEvent& record);

// Used by rebuild: the transaction's part of it.
struct Arrival {
  std::string at, by;  // of the first ingest
};
std::string arrival_text(const Arrival& arrival);
Arrival parse_arrival(std::string_view text);  // Failure{malformed}
// Writes what `rows` says of the bundle and its `staged` rows inside the caller's transaction; returns the
// counts. Nothing: the seal or the bundle id is there already.
std::optional<Ingested> index_bundle(Database& database, const BundleRows& rows, StagedRows& staged,
                                     const Arrival& arrival);
// Notes, inside the caller's transaction, that the custody log must get the event.
void mark_due(Database& database, const BundleRows& rows);

}  // namespace exchange
