#include "libexchange/repatriation/tables.h"

#include <algorithm>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/embedded.h"
#include "libexchange/repatriation/sites.h"
#include "libexchange/trust/usage.h"

namespace exchange::repatriation {

namespace {

constexpr std::array<std::string_view, 2> kTrackNames = {"assisted_return", "suspect_return"};
constexpr std::array<std::string_view, 4> kPhaseNames = {"before", "removal", "after", "end"};
constexpr std::array<std::string_view, 4> kOnly = {"", "minor", "adult", "victim"};  // as DeadlineRule::For
constexpr std::array<std::string_view, 3> kUnits = {"h", "d", "min"};
constexpr std::size_t kMaxTable = 1 << 20;

template <class Array>
std::optional<std::size_t> index_in(const Array& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

Words words_of(const std::string& cell) {
  Words words;
  for (const std::string_view word : split(std::string_view(cell), '|'))
    if (!trim(word).empty()) words.emplace_back(trim(word));
  return words;
}

// One row of a table, by column.
struct TableRow {
  const std::string& file;
  const Sheet& sheet;
  std::size_t line;
  const std::vector<std::string>& cells;

  std::string operator[](std::string_view column) const {
    for (std::size_t i = 0; i < sheet.columns.size() && i < cells.size(); ++i)
      if (sheet.columns[i] == column) return std::string(trim(cells[i]));
    return {};
  }
  Words words(std::string_view column) const { return words_of((*this)[column]); }
  Source source() const { return {(*this)["source"], (*this)["checked_on"]}; }
  [[noreturn]] void bad(const std::string& why) const {
    throw Failure(Code::policy, file + ":" + std::to_string(line) + ": " + why,
                  "mend the table; docs/repatriation.md describes each column");
  }
  void need(bool condition, const std::string& why) const {
    if (!condition) bad(why);
  }
  Track track(const std::string& name) const {
    const auto track = track_named(name);
    if (!track) bad("\"" + printable(name) + "\" is no track");
    return *track;
  }
  bool yes(std::string_view column) const {
    const std::string value = (*this)[column];
    need(value == "yes" || value == "no", std::string(column) + " is neither yes nor no");
    return value == "yes";
  }
  std::int64_t number(std::string_view column) const {
    const std::string value = (*this)[column];
    if (value.empty()) return 0;
    const auto n = from_decimal(value);
    if (!n || *n > 1'000'000) bad(std::string(column) + " is no number");
    return static_cast<std::int64_t>(*n);
  }
};

// Takes the place of the entry with the same key, or is added.
template <class T, class Same>
void put(std::vector<T>& list, T value, Same same) {
  const auto found = std::ranges::find_if(list, same);
  if (found == list.end())
    list.push_back(std::move(value));
  else
    *found = std::move(value);
}

}  // namespace

std::string_view name_of(Track track) { return kTrackNames[static_cast<std::size_t>(track)]; }
std::string_view name_of(Phase phase) { return kPhaseNames[static_cast<std::size_t>(phase)]; }
std::optional<Track> track_named(std::string_view name) {
  const auto found = index_in(kTrackNames, name);
  if (!found) return std::nullopt;
  return static_cast<Track>(*found);
}

bool Edge::leaves(std::string_view state) const { return std::ranges::find(from, state) != from.end(); }

class TableLoader {
 public:
  using Take = void (TableLoader::*)(const TableRow&);
  struct Kind {
    std::string_view name;
    Take take;
  };
  // In the order in which one needs the other.
  static constexpr std::array<Kind, 11> kinds();

  void load(const std::string& file, const Kind& kind, View bytes) {
    digest_.update(as_view(kind.name));
    digest_.update(bytes);
    table_ = kind.name;
    read_sheet(file, bytes_of(bytes),
               [&](const Sheet& sheet, std::size_t line, std::vector<std::string>& cells) {
                 (this->*kind.take)(TableRow{file, sheet, line, cells});
               });
  }
  Tables finish() {
    tables_.digest_ = digest_.finish();
    return std::move(tables_);
  }

 private:
  void who(const TableRow& r) {
    std::set<std::string> usages;
    for (const std::string& word : r.words("usages")) {
      r.need(is_usage(word), "\"" + printable(word) + "\" is no usage of keys");
      usages.insert(word);
    }
    tables_.who_.emplace(r["who"], std::move(usages));
  }
  void refusal(const TableRow& r) {
    if (!tables_.refusal(r["refusal"]))
      tables_.refusals_.push_back({r["refusal"], r["text"], r["remedy"], r.source()});
  }
  Words refusals(const TableRow& r) {
    Words names = r.words("refuse_when");
    for (const std::string& name : names)
      r.need(tables_.refusal(name) != nullptr, "\"" + printable(name) + "\" is not in refusals.csv");
    return names;
  }
  void state(const TableRow& r) {
    const auto phase = index_in(kPhaseNames, r["phase"]);
    r.need(phase.has_value(), "phase is none of before, removal, after, end");
    const Track track = r.track(r["track"]);
    r.need(!r["state"].empty(), "a state without a name");
    r.need(tables_.state(track, r["state"]) == nullptr, "the state is there already");
    tables_.states_.push_back({track, r["state"], static_cast<Phase>(*phase), refusals(r), r["meaning"]});
  }
  void gate(const TableRow& r) {
    GateType gate{r["gate"],
                  {},
                  {},
                  r.yes("waivable"),
                  r.yes("minor_only"),
                  r.yes("stops_journey"),
                  r.yes("strict_only"),
                  {},
                  r.words("not_by"),
                  r["meaning"],
                  r.source()};
    for (const std::string& t : r.words("tracks")) gate.tracks.insert(r.track(t));
    for (const std::string& u : r.words("usages")) gate.usages.insert(u);
    for (const std::string& u : r.words("after_failed")) gate.after_failed.insert(u);
    r.need(tables_.gate(gate.name) == nullptr, "the gate is there already");
    tables_.gates_.push_back(std::move(gate));
  }
  void field(const TableRow& r) {
    FieldType field{r["field"], r["group"], r["kind"], {}, r["meaning"]};
    if (field.kind.starts_with("word:")) {
      field.words = words_of(field.kind.substr(5));
      field.kind = "word";
    }
    r.need(tables_.field(field.name) == nullptr, "the field is there already");
    tables_.fields_.push_back(std::move(field));
  }
  void visibility(const TableRow& r) {
    std::set<std::string> readers;
    for (const std::string& column : r.sheet.columns)
      if (column != "group" && column != "track" && r.yes(column)) readers.insert(column);
    tables_.visible_.emplace(std::pair(r["group"], r["track"]), std::move(readers));
  }
  void site(const TableRow& r) {
    SiteType site{r["code"], r["name"], r["country"], r["admin1"], r["lat"], r["lon"], r["names"]};
    if (const std::string problem = problem_of(site); !problem.empty()) r.bad(problem);
    put(tables_.sites_, site, [&](const SiteType& s) { return s.code == site.code; });
  }
  void fine(const TableRow& r) {
    FineRule fine{r["country"], r["currency"], r.number("per_day"), r.number("at_most"), r.source()};
    put(tables_.fines_, fine, [&](const FineRule& f) { return f.country == fine.country; });
  }
  void deadline(const TableRow& r) {
    const auto unit = index_in(kUnits, r["unit"]);
    r.need(unit.has_value(), "unit is none of min, h, d");
    const std::string only = r["only"];
    const auto meant = index_in(kOnly, only);
    r.need(meant.has_value(), "only is none of minor, adult, victim");
    DeadlineRule rule{r["rule"], r.track(r["track"]),    r["country"], r["starts"], r["ends"],
                      0,         DeadlineRule::For::all, r["text"],    r.source()};
    constexpr std::array<std::int64_t, 3> seconds = {3600, 86400, 60};
    rule.seconds = r.number("amount") * seconds[*unit];
    rule.only = static_cast<DeadlineRule::For>(*meant);
    r.need(country_ok(rule.country), "country is no alpha-3 code");
    const bool starts_with_state = rule.starts.starts_with("state:");
    r.need(rule.starts == "fine" || rule.starts == "departs" || starts_with_state
               ? !starts_with_state || tables_.state(rule.track, rule.starts.substr(6)) != nullptr
               : rule.starts.starts_with("gate:") && tables_.gate(rule.starts.substr(5)),
           "starts is none of state:STATE, gate:GATE, fine, departs");
    r.need(rule.ends == "left" || rule.ends == "removal" ||
               (rule.ends.starts_with("gate:") && tables_.gate(rule.ends.substr(5))) ||
               (rule.ends.starts_with("note:") && tables_.field(rule.ends.substr(5))),
           "ends is none of left, removal, gate:GATE, note:FIELD");
    put(tables_.deadlines_, rule, [&](const DeadlineRule& d) {
      return d.name == rule.name && d.track == rule.track && d.country == rule.country;
    });
  }
  static bool country_ok(const std::string& country) {
    return country.empty() || country_alpha3(country) == country;
  }

  void edge(const TableRow& r) {
    Edge e{};
    e.track = r.track(std::string(table_));
    e.to = r["to"];
    r.need(tables_.state(e.track, e.to) != nullptr, "\"" + printable(e.to) + "\" is not in states.csv");
    for (const std::string& from : r.words("from")) add_from(r, e, from);
    const std::string when = r["when"];
    if (const std::size_t equals = when.find('='); !when.empty()) {
      r.need(equals != when.npos && tables_.field(when.substr(0, equals)), "when is not FIELD=VALUE");
      e.when_field = when.substr(0, equals);
      e.when_value = when.substr(equals + 1);
    }
    e.who = r.words("who");
    r.need(!e.who.empty(), "nobody may take this step");
    for (const std::string& who : e.who) {
      const auto found = tables_.who_.find(who);
      r.need(found != tables_.who_.end(), "\"" + printable(who) + "\" is not in who.csv");
      e.usages.insert(found->second.begin(), found->second.end());
    }
    e.documents = r.words("documents");
    e.gates = gates(r, r.words("gates"));
    e.minor_gates = gates(r, r.words("minor_gates"));
    for (const std::string& set : r.words("sets")) {
      const std::size_t equals = set.find('=');
      r.need(equals != set.npos && tables_.gate(set.substr(0, equals)), "sets is not GATE=VALUE");
      e.sets.emplace_back(set.substr(0, equals), set.substr(equals + 1));
    }
    if (!r["opens"].empty()) e.opens = r.track(r["opens"]);
    e.deadlines = r.words("deadline");
    for (const std::string& name : e.deadlines)
      r.need(std::ranges::any_of(tables_.deadlines_, [&](const auto& d) { return d.name == name; }),
             "\"" + printable(name) + "\" is not in deadlines.csv");
    e.refuse_when = refusals(r);
    e.source = r.source();
    tables_.edges_.push_back(std::move(e));
  }
  void add_from(const TableRow& r, Edge& e, const std::string& from) {
    const auto add_all = [&](auto wanted) {
      for (const State& s : tables_.states_)
        if (s.track == e.track && s.name != e.to && wanted(s.phase)) e.from.push_back(s.name);
    };
    if (from == "any_open") return add_all([](Phase p) { return p != Phase::end; });
    if (from == "any_before_removal") return add_all([](Phase p) { return p == Phase::before; });
    r.need(from == "-" || tables_.state(e.track, from), "\"" + printable(from) + "\" is not in states.csv");
    e.from.push_back(from);
  }
  Words gates(const TableRow& r, Words names) {
    for (const std::string& name : names)
      r.need(tables_.gate(name) != nullptr, "\"" + printable(name) + "\" is not in gates.csv");
    return names;
  }

  Tables tables_;
  Sha256 digest_;
  std::string_view table_;
};

constexpr std::array<TableLoader::Kind, 11> TableLoader::kinds() {
  return {{{"who", &TableLoader::who},
           {"refusals", &TableLoader::refusal},
           {"states", &TableLoader::state},
           {"gates", &TableLoader::gate},
           {"fields", &TableLoader::field},
           {"visibility", &TableLoader::visibility},
           {"sites", &TableLoader::site},
           {"fines", &TableLoader::fine},
           {"deadlines", &TableLoader::deadline},
           {"assisted_return", &TableLoader::edge},
           {"suspect_return", &TableLoader::edge}}};
}

Tables Tables::with(const std::filesystem::path& folder) {
  TableLoader loader;
  for (const auto& kind : TableLoader::kinds()) {
    const std::string file = std::string(kind.name) + ".csv";
    loader.load(file, kind, as_view(embedded_tables().at(kind.name)));
    if (!folder.empty() && fs::exists(folder / file))
      loader.load((folder / file).string(), kind, read_file(folder / file, kMaxTable));
  }
  return loader.finish();
}

const Tables& Tables::shipped() {
  static const Tables tables = with({});
  return tables;
}

namespace {

template <class List, class Good>
auto find_in(const List& list, Good good) -> decltype(&*list.begin()) {
  const auto found = std::ranges::find_if(list, good);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const State* Tables::state(Track track, std::string_view name) const {
  return find_in(states_, [&](const State& s) { return s.track == track && s.name == name; });
}
std::vector<const State*> Tables::states(Track track) const {
  std::vector<const State*> out;
  for (const State& s : states_)
    if (s.track == track) out.push_back(&s);
  return out;
}
std::vector<const Edge*> Tables::edges_from(Track track, std::string_view from) const {
  std::vector<const Edge*> out;
  for (const Edge& e : edges_)
    if (e.track == track && e.leaves(from)) out.push_back(&e);
  return out;
}
std::vector<const Edge*> Tables::edges(Track track, std::string_view from, std::string_view to) const {
  std::vector<const Edge*> out = edges_from(track, from);
  std::erase_if(out, [&](const Edge* e) { return e->to != to; });
  return out;
}
const GateType* Tables::gate(std::string_view name) const {
  return find_in(gates_, [&](const GateType& g) { return g.name == name; });
}
const RefusalType* Tables::refusal(std::string_view name) const {
  return find_in(refusals_, [&](const RefusalType& r) { return r.name == name; });
}
std::vector<const DeadlineRule*> Tables::deadlines(Track track, std::string_view country) const {
  std::vector<const DeadlineRule*> out;
  for (const DeadlineRule& d : deadlines_) {
    const bool own = d.country == country;
    const auto is_own = [&](const DeadlineRule& o) {
      return o.name == d.name && o.track == track && o.country == country;
    };
    if (d.track == track && (own || (d.country.empty() && !find_in(deadlines_, is_own)))) out.push_back(&d);
  }
  return out;
}
const FineRule* Tables::fine(std::string_view country) const {
  return find_in(fines_, [&](const FineRule& f) { return f.country == country; });
}
const FieldType* Tables::field(std::string_view name) const {
  return find_in(fields_, [&](const FieldType& f) { return f.name == name; });
}
const SiteType* Tables::site(std::string_view code) const {
  return find_in(sites_, [&](const SiteType& s) { return s.code == code; });
}
bool Tables::visible(std::string_view group, Track track, std::string_view reader) const {
  auto found = visible_.find({std::string(group), std::string(name_of(track))});
  if (found == visible_.end()) found = visible_.find({std::string(group), "any"});
  return found != visible_.end() && found->second.contains(std::string(reader));
}
bool Tables::is_group(std::string_view group) const {
  return find_in(visible_, [&](const auto& v) { return v.first.first == group; }) != nullptr;
}

}  // namespace exchange::repatriation
