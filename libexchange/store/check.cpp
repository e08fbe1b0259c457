#include "libexchange/store/check.h"

#include <map>
#include <set>

#include "libexchange/base/text.h"
#include "libexchange/store/bundle_rows.h"
#include "libexchange/store/ingest.h"
#include "libexchange/store/notices.h"
#include "libexchange/store/retention.h"

namespace exchange {

namespace {

constexpr std::size_t kNamed = 10;

std::string joined(const std::vector<std::string>& words, const std::string& before = {}) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + before + word;
  return out;
}

std::string row_text(const ResultRow& row) {
  std::string out;
  for (std::size_t i = 1; i < row.size(); ++i) out += (i == 1 ? "" : " | ") + row.text(i);
  return printable(out.size() > 160 ? index_text(out, 160) + "…" : out);
}

class Check {
 public:
  Check(Store& store, const Home& home, const CheckOptions& options)
      : store_(store), home_(home), options_(options) {}

  StoreReport run() {
    for (const std::string& line : store_.database().damage()) fault("index: " + line);
    const std::map<std::string, std::int64_t> kept = kept_bundles();
    std::set<std::string> objects;
    std::vector<ObjectName> names = store_.objects().list();
    for (const ObjectName& name : names)
      if (name.kind == "valise") objects.insert(name.seal);
    for (const auto& [seal, number] : kept)
      if (!objects.contains(seal)) fault("object " + seal + ": is gone");
    make_expected_tables();
    for (const std::string& seal : objects) {
      check_interrupted();
      const auto number = kept.find(seal);
      if (number == kept.end()) fault("object " + seal + ": is not in the index");
      check_object(seal, number == kept.end() ? std::nullopt : std::optional(number->second));
      ++report_.objects;
      if (options_.progress) options_.progress(report_.objects, objects.size());
    }
    for (const ObjectName& name : names) check_text(name);
    report_.due = store_.settle({});
    return std::move(report_);
  }

 private:
  void fault(std::string line) { report_.faults.push_back(std::move(line)); }

  std::map<std::string, std::int64_t> kept_bundles() {
    std::map<std::string, std::int64_t> out;
    store_.database().query("select seal, id from bundle where state = 'kept'", {},
                            [&](const ResultRow& row) { out[row.text(0)] = row.number(1); });
    return out;
  }

  void check_object(const std::string& seal, std::optional<std::int64_t> number) {
    try {
      VerifyOptions verify;
      verify.threads = options_.threads;
      VerifiedBundle bundle = VerifiedBundle::verify(
          Source::of(store_.objects().get({seal, "valise"}), "object " + seal), home_, options_.keys, verify);
      const Verdict& v = bundle.verdict();
      for (const VerdictProblem& p : v.problems)
        fault("object " + seal + ": " + std::string(name_of(p.code)) + ": " + p.where + ": " + p.message);
      if (!v.good()) return;
      if (to_hex(*v.seal_id) != seal)
        return fault("object " + seal + ": holds the bundle " + to_hex(*v.seal_id));
      if (!v.contents_checked) {
        ++report_.unreadable;
        return;
      }
      if (number) compare(bundle, seal, *number);
    } catch (const Failure& f) {
      if (f.code() == Code::interrupted) throw;
      fault("object " + seal + ": " + f.what());
    }
  }

  void make_expected_tables() {
    for (const IndexTableInfo& table : index_tables())
      store_.database().execute("create temporary table expected_" + std::string(table.name) +
                                " as select * from " + std::string(table.name) + " where bundle < 0");
  }

  // The rows that the object gives, written beside, and compared as sets in both directions.
  void compare(VerifiedBundle& bundle, const std::string& seal, std::int64_t number) {
    Database& database = store_.database();
    BundleRows rows(bundle, options_.threads);
    compare_sealed(rows, seal, number);
    {
      Transaction transaction(database);
      std::vector<BulkInsert> inserts;
      for (const IndexTableInfo& table : index_tables()) {
        database.execute("delete from expected_" + std::string(table.name));
        inserts.emplace_back(database, "expected_" + std::string(table.name), table.columns);
      }
      rows.each([&](IndexTable table, Values row) {
        row.insert(row.begin(), number);
        inserts[static_cast<std::size_t>(table)].add(std::move(row));
      });
      for (BulkInsert& insert : inserts) insert.flush();
      transaction.commit();
    }
    for (const IndexTableInfo& table : index_tables()) compare_table(table, seal, number);
  }

  void compare_sealed(const BundleRows& rows, const std::string& seal, std::int64_t number) {
    const Values expected = rows.sealed();
    const auto row =
        store_.database().first("select " + joined(sealed_columns()) + " from bundle where id = ?", {number});
    if (!row) return;
    for (std::size_t i = 0; i < expected.size(); ++i)
      if (row->text(i) != expected[i].text())
        fault("index of " + seal + ": " + sealed_columns()[i] + " is \"" + printable(row->text(i)) +
              "\" and not \"" + printable(expected[i].text()) + "\"");
  }

  void compare_table(const IndexTableInfo& table, const std::string& seal, std::int64_t number) {
    const std::string name(table.name), columns = joined(table.columns), where = " where bundle = ?";
    const std::string stored = "select " + columns + " from " + name + where,
                      expected = "select " + columns + " from expected_" + name + where;
    const auto differing = [&](const std::string& these, const std::string& those, const char* what) {
      store_.database().query(these + " except " + those + " limit " + std::to_string(kNamed),
                              {number, number}, [&](const ResultRow& row) {
                                fault("index of " + seal + ": " + name + ": " + what + ": " + row_text(row));
                              });
    };
    const std::size_t before = report_.faults.size();
    differing(expected, stored, "missing");
    differing(stored, expected, "not sealed");
    const auto count = [&](const std::string& from) {
      return store_.database().number("select count(*) from " + from + where, {number});
    };
    if (before == report_.faults.size() && count(name) != count("expected_" + name))
      fault("index of " + seal + ": " + name + ": a row stands more than once");
  }

  // Texts beside the objects, and the rows that they stand for.
  void check_text(const ObjectName& name) {
    if (name.kind == "valise" || name.kind == "seal") return;
    try {
      const std::string text = store_.objects().get_text(name).value_or("");
      if (name.kind == "ingested") parse_arrival(text);
      if (name.kind == "tombstone") Tombstone::parse(text);
      if (name.kind.starts_with("hold-")) check_hold(name, Hold::parse(text));
      if (name.kind.starts_with("correction-")) {
        const std::string id = to_hex(correction_id(SignedStatement::parse(text, name.text())));
        if (store_.database().number("select count(*) from correction where id = ?", {id}) == 0)
          fault(name.text() + ": is not in the index");
      }
    } catch (const Failure& f) {
      fault(name.text() + ": " + f.what());
    }
  }

  void check_hold(const ObjectName& name, const Hold& hold) {
    for (const Hold& h : holds_of(store_, hold.the_case))
      if (h.text() == hold.text()) return;
    fault(name.text() + ": is not in the index");
  }

  Store& store_;
  const Home& home_;
  const CheckOptions& options_;
  StoreReport report_;
};

}  // namespace

StoreReport check_store(Store& store, const Home& home, const CheckOptions& options) {
  return Check(store, home, options).run();
}

}  // namespace exchange
