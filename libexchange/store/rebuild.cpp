#include <set>

#include "libexchange/base/text.h"
#include "libexchange/store/check.h"
#include "libexchange/store/ingest.h"
#include "libexchange/store/notices.h"
#include "libexchange/store/retention.h"
#include "libexchange/store/search.h"

namespace exchange {

namespace {

// The index of this place, or nothing where it is damaged.
std::unique_ptr<Store> sound_store(const StorePlace& place) {
  try {
    auto store = std::make_unique<Store>(place);
    if (store->database().damage().empty()) return store;
  } catch (const Failure& f) {
    if (f.code() != Code::integrity) throw;
  }
  return nullptr;
}

// What can still be read of the searches in a damaged file.
std::vector<Values> salvage(const std::string& file) {
  std::vector<Values> rows;
  try {
    Database::open(file).query("select at, who, command, for_case, reason, query_sha256, hits from search",
                               {}, [&](const ResultRow& row) {
                                 Values values;
                                 for (std::size_t i = 0; i < row.size(); ++i) values.push_back(row.text(i));
                                 rows.push_back(std::move(values));
                               });
  } catch (const Failure&) {  // up to here, then
  }
  return rows;
}

class Rebuild {
 public:
  Rebuild(Store& store, const Home& home, const CheckOptions& options)
      : store_(store), home_(home), options_(options) {}

  StoreReport run(const std::vector<Values>& searches) {
    Database& database = store_.database();
    Transaction transaction(database);
    for (const IndexTableInfo& table : index_tables())
      database.execute("delete from " + std::string(table.name));
    for (const char* table : {"correction", "hold", "bundle"})
      database.execute(std::string("delete from ") + table);
    const bool none = database.number("select count(*) from search") == 0;
    for (const Values& row : none ? searches : std::vector<Values>{})
      database.execute(
          "insert into search (at, who, command, for_case, reason, query_sha256, hits) "
          "values (?, ?, ?, ?, ?, ?, ?)",
          row);
    const std::vector<ObjectName> names = store_.objects().list();
    std::set<std::string> objects;
    for (const ObjectName& name : names)
      if (name.kind == "valise") objects.insert(name.seal);
    for (const std::string& seal : objects) {
      check_interrupted();
      named("object " + seal, [&] { take(seal); });
      ++report_.objects;
      if (options_.progress) options_.progress(report_.objects, objects.size());
    }
    for (const ObjectName& name : names) named(name.text(), [&] { restore(name, objects); });
    step("rebuilt");
    transaction.commit();
    return std::move(report_);
  }

 private:
  void named(const std::string& what, const std::function<void()>& work) {
    try {
      work();
    } catch (const Failure& f) {
      if (f.code() == Code::interrupted || f.code() == Code::unavailable) throw;
      report_.faults.push_back(what + ": " + std::string(name_of(f.code())) + ": " + f.what());
    }
  }

  void take(const std::string& seal) {
    VerifyOptions verify;
    verify.threads = options_.threads;
    VerifiedBundle bundle = VerifiedBundle::verify(
        Source::of(store_.objects().get({seal, "valise"}), "object " + seal), home_, options_.keys, verify);
    bundle.contents();
    if (to_hex(*bundle.verdict().seal_id) != seal)
      throw Failure(Code::integrity, "holds the bundle " + to_hex(*bundle.verdict().seal_id));
    BundleRows rows(bundle, options_.threads);
    const auto arrived = store_.objects().get_text({seal, "ingested"});
    const Arrival arrival =
        arrived ? parse_arrival(*arrived) : Arrival{to_utc(bundle.verdict().seal->time), "-"};
    StagedRows staged(store_.database());
    staged.fill(rows, false);
    if (!index_bundle(store_.database(), rows, staged, arrival))
      throw Failure(Code::integrity, "has the bundle id of another object");
    mark_due(store_.database(), rows);
  }

  // A tombstone counts where the object is gone: a purge that was not finished is not begun again here.
  void restore(const ObjectName& name, const std::set<std::string>& objects) {
    const auto text = [&] { return store_.objects().get_text(name).value_or(""); };
    if (name.kind == "tombstone" && !objects.contains(name.seal))
      restore_tombstone(store_.database(), Tombstone::parse(text()));
    if (name.kind.starts_with("hold-")) restore_hold(store_.database(), Hold::parse(text()));
    if (name.kind.starts_with("correction-")) restore_notice(store_, home_, name);
  }

  Store& store_;
  const Home& home_;
  const CheckOptions& options_;
  StoreReport report_;
};

}  // namespace

StoreReport rebuild_store(const StorePlace& place, const Home& home, const CheckOptions& options) {
  std::unique_ptr<Store> store = sound_store(place);
  std::vector<Values> searches;
  const std::string damaged = place.database + ".damaged";
  if (!store) {
    ensure(!Database::is_server(place.database), "a server mends its own files");
    searches = salvage(place.database);
    for (const char* part : {"-wal", "-shm"}) fs::remove(place.database + part);
    fs::rename(place.database, damaged);
    store = std::make_unique<Store>(place);
  } else if (fs::exists(damaged)) {
    searches = salvage(damaged);  // an earlier rebuild did not come to its end
  }
  StoreReport report = Rebuild(*store, home, options).run(searches);
  fs::remove(damaged);
  report.due = store->settle({});
  return report;
}

}  // namespace exchange
