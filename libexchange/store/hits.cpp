#include "libexchange/store/hits.h"

namespace exchange {

namespace {

const std::string kIdentifierColumns =
    "select i.type, i.value, i.status, i.key, i.exhibit, i.person, p.role, i.sheet, i.line, " +
    std::string(kHitBundle) + " from ";
const std::string kJoins =
    " join bundle b on b.id = i.bundle left join person p on p.bundle = i.bundle and p.id = i.person where ";
const std::string kOrder = " order by b.reference, b.id, i.exhibit, i.sheet, i.line";

}  // namespace

Hit hit_of_bundle(const ResultRow& row, std::size_t first) {
  Hit hit;
  for (std::string* field :
       {&hit.reference, &hit.requesting, &hit.title, &hit.bundle_id, &hit.seal, &hit.tlp, &hit.handling_code})
    *field = row.text(first++);
  return hit;
}

std::string identifier_hits(const std::string& where) {
  return kIdentifierColumns + "identifier i" + kJoins + where + kOrder;
}

std::string also_hits(const std::string& where) {
  return kIdentifierColumns +
         "identifier_also a join identifier i on i.bundle = a.bundle and i.sheet = a.sheet and i.line = "
         "a.line and "
         "i.cell = a.cell" +
         kJoins + where + kOrder;
}

Hit hit_of_identifier(const ResultRow& row) {
  Hit hit = hit_of_bundle(row, 9);
  std::size_t column = 0;
  for (std::string* field :
       {&hit.type, &hit.value, &hit.status, &hit.key, &hit.exhibit, &hit.person, &hit.role, &hit.sheet})
    *field = row.text(column++);
  hit.line = static_cast<std::uint64_t>(row.number(column));
  return hit;
}

std::vector<std::string> NoticesOf::of(const Hit& hit) {
  const auto [at, is_new] = known_.try_emplace(hit.seal);
  if (is_new) at->second = notices(store_, hit.seal);
  std::vector<std::string> lines;
  for (const Notice& notice : at->second)
    if (notice.concerns(hit.exhibit, hit.person, hit.sheet)) lines.push_back(notice.text());
  return lines;
}

}  // namespace exchange
