#include <algorithm>
#include <set>

#include "libexchange/casefile/identifier.h"
#include "libexchange/store/hits.h"

namespace exchange {

namespace {

using Place = std::tuple<std::string, std::string, std::uint64_t, std::string>;

Place place_of(const Hit& hit) { return {hit.seal, hit.sheet, hit.line, hit.type}; }

// Keys of the case's identifiers that a bundle of another case has too.
std::vector<std::string> shared_keys(Database& database, const CaseKey& key) {
  const std::string mine = " b.reference = ? and b.requesting = ? and ",
                    other = " and (c.reference <> ? or c.requesting <> ?)";
  const auto elsewhere = [&](const char* table, const char* column) {
    return std::string("exists (select 1 from ") + table +
           " o join bundle c on c.id = o.bundle where o.key = " + column + other + ")";
  };
  std::set<std::string> keys;
  for (const char* table : {"identifier", "identifier_also"})
    database.query(
        "select distinct k.key from " + std::string(table) + " k join bundle b on b.id = k.bundle where" +
            mine + "k.key <> '' and (" + elsewhere("identifier", "k.key") + " or " +
            elsewhere("identifier_also", "k.key") + ")",
        {key.reference, key.requesting, key.reference, key.requesting, key.reference, key.requesting},
        [&](const ResultRow& row) { keys.insert(row.text(0)); });
  return {keys.begin(), keys.end()};
}

// A public thing is one by its own key, whatever other key it shares.
std::vector<Hit> found_under(Database& database, const std::string& key) {
  std::vector<Hit> found;
  std::set<Place> seen;
  for (const std::string& sql : {identifier_hits("i.key = ?"), also_hits("a.key = ?")})
    database.query(sql, {key}, [&](const ResultRow& row) {
      Hit hit = hit_of_identifier(row);
      if (!public_identifier(hit.key) && seen.insert(place_of(hit)).second) found.push_back(std::move(hit));
    });
  return found;
}

bool is_between_cases(const std::vector<Hit>& found, const CaseKey& key) {
  const auto here = [&](const Hit& h) {
    return h.reference == key.reference && h.requesting == key.requesting;
  };
  return std::ranges::any_of(found, here) && !std::ranges::all_of(found, here);
}

}  // namespace

std::vector<Link> links(Store& store, const CaseKey& key) {
  std::vector<Link> all;
  for (const std::string& shared : shared_keys(store.database(), key)) {
    if (public_identifier(shared)) continue;
    Link link{shared, found_under(store.database(), shared)};
    if (is_between_cases(link.found, key)) all.push_back(std::move(link));
  }
  // An account and its telephone number are shared together: the wider of the two says it.
  std::vector<std::set<Place>> places;
  for (const Link& link : all) {
    places.emplace_back();
    for (const Hit& hit : link.found) places.back().insert(place_of(hit));
  }
  std::vector<Link> out;
  NoticesOf notices_of(store);
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool within = false;
    for (std::size_t j = 0; j < all.size() && !within; ++j)
      within = i != j && std::ranges::includes(places[j], places[i]) &&
               (places[j].size() > places[i].size() || j < i);
    if (within) continue;
    for (Hit& hit : all[i].found) hit.notices = notices_of.of(hit);
    out.push_back(std::move(all[i]));
  }
  return out;
}

}  // namespace exchange
