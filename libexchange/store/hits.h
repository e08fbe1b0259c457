// How rows of the index become hits: shared by find and links. Not a public header.
#pragma once
#include <map>

#include "libexchange/store/retention.h"
#include "libexchange/store/search.h"

namespace exchange {

// Columns of bundle `b`, and the hit that they begin, from this column on.
inline constexpr const char* kHitBundle =
    "b.reference, b.requesting, b.title, b.bundle_id, b.seal, b.tlp, b.handling_code";
constexpr std::size_t kHitBundleColumns = 7;
Hit hit_of_bundle(const ResultRow& row, std::size_t first);

// Queries of identifiers, up to and without their limit: by a condition on identifier `i`, or on its further
// keys `a`. Both give the columns that hit_of_identifier() takes.
std::string identifier_hits(const std::string& where);
std::string also_hits(const std::string& where);
Hit hit_of_identifier(const ResultRow& row);

// Notices by seal, each seal looked up once.
class NoticesOf {
 public:
  explicit NoticesOf(Store& store) : store_(store) {}
  std::vector<std::string> of(const Hit& hit);

 private:
  Store& store_;
  std::map<std::string, std::vector<Notice>> known_;
};

}  // namespace exchange
