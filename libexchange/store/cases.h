// The cases of a store, one by one.
#pragma once
#include <map>

#include "libexchange/store/notices.h"
#include "libexchange/store/retention.h"

namespace exchange {

struct CaseSummary {
  CaseKey key;
  std::string title, tlp, review_on, delete_after;  // of the newest bundle
  std::string last_ingested;
  std::uint64_t bundles = 0, purged = 0, exhibits = 0, notices = 0;
  bool held = false;
};
// By reference, then agency.
std::vector<CaseSummary> cases(Store& store, Instant at);

struct StoredBundle {
  std::int64_t number = 0;
  std::string seal, bundle_id, state, ingested_at, ingested_by, purged_at, title, type, channel, purpose,
      legal_basis, evidential_use, tlp, handling_code, onward, review_on, delete_after, signer, agency,
      country, sealed_at, parent;
  std::uint64_t exhibits = 0, readable = 0, bytes = 0;
};
struct StoredExhibit {
  std::string id, title, kind, parent, handling, seized_at, seized_place, seal;
  std::uint64_t files = 0, bytes = 0;
};
struct StoredPerson {
  std::string id, role, minor, nationality, seal;
  std::vector<std::string> names;  // native, Latin; of victims only with `reveal`
};
struct CaseDetail {
  CaseKey key;
  std::vector<StoredBundle> bundles;  // oldest first
  std::vector<StoredExhibit> exhibits;
  std::vector<StoredPerson> persons;
  std::map<std::string, std::uint64_t> identifiers;  // number by type
  std::uint64_t losses = 0, custody_rows = 0;
  std::vector<Notice> notices;
  std::vector<Hold> holds;
};
CaseDetail case_detail(Store& store, const CaseKey& key, bool reveal);

// What a sender's custody sheet tells of an exhibit: its claim, under its seal.
struct ToldEvent {
  std::string at, event, actor, role, agency, place;
  std::string seal, signer, sealed_at;  // of the bundle
};
// Oldest bundle first, rows in the sheet's order.
std::vector<ToldEvent> told_custody(Store& store, const CaseKey& key, const std::string& exhibit);

// The case with this reference. Failure{usage}: there is none, or `agency` must say which of several.
CaseKey find_case(Store& store, const std::string& reference, const std::string& agency = {});

}  // namespace exchange
