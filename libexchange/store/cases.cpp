#include "libexchange/store/cases.h"

#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr const char* kBundleColumns =
    "id, seal, bundle_id, state, ingested_at, ingested_by, purged_at, title, type, channel, purpose, "
    "legal_basis, "
    "evidential_use, tlp, handling_code, onward, review_on, delete_after, signer, agency, country, "
    "sealed_at, "
    "parent, exhibits, readable, bytes";

StoredBundle bundle_of(const ResultRow& row) {
  StoredBundle b;
  b.number = row.number(0);
  std::size_t column = 1;
  for (std::string* field :
       {&b.seal,   &b.bundle_id,     &b.state,     &b.ingested_at, &b.ingested_by,  &b.purged_at,
        &b.title,  &b.type,          &b.channel,   &b.purpose,     &b.legal_basis,  &b.evidential_use,
        &b.tlp,    &b.handling_code, &b.onward,    &b.review_on,   &b.delete_after, &b.signer,
        &b.agency, &b.country,       &b.sealed_at, &b.parent})
    *field = row.text(column++);
  for (std::uint64_t* field : {&b.exhibits, &b.readable, &b.bytes})
    *field = static_cast<std::uint64_t>(row.number(column++));
  return b;
}

std::vector<std::string> names_of(Database& database, std::int64_t bundle, const std::string& person) {
  std::vector<std::string> names;
  database.query("select name from name where bundle = ? and person = ? order by form desc", {bundle, person},
                 [&](const ResultRow& row) { names.push_back(row.text(0)); });
  return names;
}

void add_rows(Database& database, const StoredBundle& bundle, bool reveal, CaseDetail& detail) {
  database.query(
      "select id, title, kind, parent, handling, seized_at, seized_place, files, bytes from exhibit where "
      "bundle = ? order by id",
      {bundle.number}, [&](const ResultRow& r) {
        detail.exhibits.push_back({r.text(0), r.text(1), r.text(2), r.text(3), r.text(4), r.text(5),
                                   r.text(6), bundle.seal, static_cast<std::uint64_t>(r.number(7)),
                                   static_cast<std::uint64_t>(r.number(8))});
      });
  database.query("select id, role, minor, nationality from person where bundle = ? order by id",
                 {bundle.number}, [&](const ResultRow& r) {
                   StoredPerson p{r.text(0), r.text(1), r.text(2), r.text(3), bundle.seal, {}};
                   if (p.role != "victim" || reveal) p.names = names_of(database, bundle.number, p.id);
                   detail.persons.push_back(std::move(p));
                 });
  database.query(
      "select type, count(*) from identifier where bundle = ? group by type", {bundle.number},
      [&](const ResultRow& r) { detail.identifiers[r.text(0)] += static_cast<std::uint64_t>(r.number(1)); });
  const auto count = [&](const char* table) {
    return static_cast<std::uint64_t>(
        database.number(std::string("select count(*) from ") + table + " where bundle = ?", {bundle.number}));
  };
  detail.losses += count("loss");
  detail.custody_rows += count("custody_row");
}

}  // namespace

std::vector<CaseSummary> cases(Store& store, Instant at) {
  std::map<CaseKey, CaseSummary> all;
  store.database().query(
      "select b.reference, b.requesting, b.title, b.tlp, b.review_on, b.delete_after, b.ingested_at, "
      "b.state, "
      "b.exhibits, (select count(*) from correction c where c.seal = b.seal) from bundle b order by "
      "b.sealed_at",
      {}, [&](const ResultRow& r) {
        CaseSummary& c = all[{r.text(0), r.text(1)}];
        c.key = {r.text(0), r.text(1)};
        if (!r.text(2).empty()) c.title = r.text(2);
        c.tlp = r.text(3);
        c.review_on = r.text(4);
        c.delete_after = r.text(5);
        c.last_ingested = std::max(c.last_ingested, r.text(6));
        ++c.bundles;
        c.purged += r.text(7) != "kept";
        c.exhibits += static_cast<std::uint64_t>(r.number(8));
        c.notices += static_cast<std::uint64_t>(r.number(9));
      });
  std::vector<CaseSummary> out;
  for (auto& [key, summary] : all) {
    for (const Hold& hold : holds_of(store, key)) summary.held = summary.held || hold.stands(at);
    out.push_back(std::move(summary));
  }
  return out;
}

CaseDetail case_detail(Store& store, const CaseKey& key, bool reveal) {
  CaseDetail detail;
  detail.key = key;
  store.database().query(std::string("select ") + kBundleColumns +
                             " from bundle where reference = ? and requesting = ? order by sealed_at, id",
                         {key.reference, key.requesting},
                         [&](const ResultRow& row) { detail.bundles.push_back(bundle_of(row)); });
  for (const StoredBundle& bundle : detail.bundles) {
    add_rows(store.database(), bundle, reveal, detail);
    for (Notice& notice : notices(store, bundle.seal)) detail.notices.push_back(std::move(notice));
  }
  detail.holds = holds_of(store, key);
  return detail;
}

std::vector<ToldEvent> told_custody(Store& store, const CaseKey& key, const std::string& exhibit) {
  std::vector<ToldEvent> told;
  store.database().query(
      "select r.at, r.event, r.actor, r.role, r.agency, r.place, b.seal, b.signer, b.sealed_at from "
      "custody_row r "
      "join bundle b on b.id = r.bundle where b.reference = ? and b.requesting = ? and r.exhibit = ? "
      "order by b.sealed_at, b.id, r.line",
      {key.reference, key.requesting, exhibit}, [&](const ResultRow& row) {
        told.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5),
                        row.text(6), row.text(7), row.text(8)});
      });
  return told;
}

CaseKey find_case(Store& store, const std::string& reference, const std::string& agency) {
  std::vector<CaseKey> found;
  store.database().query(
      "select distinct reference, requesting from bundle where reference = ? order by requesting",
      {printable(reference)}, [&](const ResultRow& row) {
        if (agency.empty() || row.text(1) == agency) found.push_back({row.text(0), row.text(1)});
      });
  if (found.empty())
    throw Failure(Code::usage, "the store has no case " + printable(reference),
                  "list them with: valise cases");
  if (found.size() > 1) {
    std::string choice;
    for (const CaseKey& key : found) choice += " " + key.requesting;
    throw Failure(Code::usage, printable(reference) + " is a case of more than one agency",
                  "say which with --agency:" + choice);
  }
  return found.front();
}

}  // namespace exchange
