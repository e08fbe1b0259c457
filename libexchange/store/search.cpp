#include "libexchange/store/search.h"

#include <algorithm>
#include <set>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/store/hits.h"
#include "libexchange/store/name_search.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxText = 2048;

std::string marks(std::size_t n) {
  std::string out = "?";
  for (std::size_t i = 1; i < n; ++i) out += ", ?";
  return out;
}

class Search {
 public:
  Search(Store& store, const SearchOptions& options) : store_(store), options_(options), notices_(store) {}

  void identifiers(const std::vector<std::string>& keys) {
    if (keys.empty()) return;
    const Values values(keys.begin(), keys.end());
    const std::string in = " in (" + marks(keys.size()) + ")";
    take(identifier_hits("i.key" + in), values);
    take(also_hits("a.key" + in), values);
  }

  void names(const std::string& text) {
    const std::string folded = folded_name(text), ending = ending_of(folded);
    if (name_endings(folded).size() < 2) return;
    store_.database().query(
        "select n.name, n.folded, " + std::string(kHitBundle) +
            ", p.role, n.person from name_ending e join name n on n.bundle = e.bundle and n.person = "
            "e.person and "
            "n.form = e.form join bundle b on b.id = n.bundle left join person p on p.bundle = n.bundle and "
            "p.id = n.person where e.ending >= ? and e.ending < ? order by b.reference, b.id, n.person, "
            "n.form "
            "limit 10000",
        {ending, above_prefix(ending)}, [&](const ResultRow& row) {
          if (row.text(1).find(folded) == std::string::npos) return;
          Hit hit = hit_of_bundle(row, 2);
          hit.role = row.text(2 + kHitBundleColumns);
          hit.person = row.text(3 + kHitBundleColumns);
          hit.type = "name";
          hit.sheet = "persons.csv";
          hit.value = hit.role == "victim" && !options_.reveal ? hit.person : row.text(0);
          add(std::move(hit));
        });
  }

  void marks_of(const std::string& text) {
    const std::string exact(trim(text)), hex = lower(exact);
    if (hex.size() == 64 && from_hex(hex)) {
      plain("file", "f.path, f.exhibit", "file f join bundle b on b.id = f.bundle", "f.sha256 = ?", hex);
      plain("bundle", "b.seal, ''", "bundle b", "b.seal = ?", hex);
    }
    plain("exhibit", "e.title, e.id", "exhibit e join bundle b on b.id = e.bundle", "e.id = ?", upper(exact));
    plain("case", "b.title, ''", "bundle b", "b.reference = ?", exact);
  }

  std::vector<Hit> result() {
    for (Hit& hit : hits_) hit.notices = notices_.of(hit);
    return std::move(hits_);
  }

 private:
  void take(const std::string& sql, const Values& values) {
    store_.database().query(sql + " limit " + std::to_string(options_.limit), values,
                            [&](const ResultRow& row) { add(hit_of_identifier(row)); });
  }

  void plain(const char* type, const std::string& columns, const std::string& from, const std::string& where,
             const std::string& value) {
    store_.database().query("select " + columns + ", " + kHitBundle + " from " + from + " where " + where +
                                " order by b.reference, b.id limit " + std::to_string(options_.limit),
                            {value}, [&](const ResultRow& row) {
                              Hit hit = hit_of_bundle(row, 2);
                              hit.type = type;
                              hit.value = row.text(0);
                              hit.exhibit = row.text(1);
                              add(std::move(hit));
                            });
  }

  void add(Hit hit) {
    const auto place =
        std::tuple(hit.seal, hit.type, hit.sheet, hit.line, hit.value, hit.exhibit, hit.person);
    if (hits_.size() < options_.limit && seen_.insert(place).second) hits_.push_back(std::move(hit));
  }

  Store& store_;
  const SearchOptions& options_;
  NoticesOf notices_;
  std::vector<Hit> hits_;
  std::set<
      std::tuple<std::string, std::string, std::string, std::uint64_t, std::string, std::string, std::string>>
      seen_;
};

}  // namespace

std::vector<std::string> possible_keys(const std::string& text, const std::vector<std::string>& countries) {
  std::set<std::string> keys;
  const auto take = [&](const Identifier& id) {
    if (!id.key.empty()) keys.insert(id.key);
    keys.insert(id.also.begin(), id.also.end());
  };
  if (text.size() > kMaxText) return {};
  for (const IdentifierType& type : identifier_types()) {
    take(identify(type.name, text));
    for (const std::string& country : countries) take(identify(type.name, text, {country, "", false, false}));
  }
  take(identify("e164", "+" + text));
  return {keys.begin(), keys.end()};
}

std::vector<Hit> find(Store& store, const std::string& text, const SearchOptions& options) {
  if (trim(text).empty() || text.size() > kMaxText || !is_utf8(text) || text.find('\0') != std::string::npos)
    throw Failure(Code::usage, "the text to find is empty, over 2,048 bytes or not UTF-8",
                  "for instance: valise find \"+1 202 555 0101\"");
  Search search(store, options);
  search.identifiers(possible_keys(text, options.countries));
  search.names(text);
  search.marks_of(text);
  return search.result();
}

void log_search(Store& store, const SearchRecord& record, const std::string& text) {
  store.database().execute(
      "insert into search (at, who, command, for_case, reason, query_sha256, hits) values (?, ?, ?, ?, ?, ?, "
      "?)",
      {record.at, record.who, record.command, record.for_case, record.reason,
       to_hex(sha256(as_view(folded_name(text)))), record.hits});
}

std::vector<LoggedSearch> searches(Store& store) {
  std::vector<LoggedSearch> out;
  store.database().query(
      "select at, who, command, for_case, reason, hits, query_sha256 from search order by at", {},
      [&](const ResultRow& row) {
        LoggedSearch s;
        s.at = row.text(0);
        s.who = row.text(1);
        s.command = row.text(2);
        s.for_case = row.text(3);
        s.reason = row.text(4);
        s.hits = static_cast<std::uint64_t>(row.number(5));
        s.query_sha256 = row.text(6);
        out.push_back(std::move(s));
      });
  return out;
}

}  // namespace exchange
