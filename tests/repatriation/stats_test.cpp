#include "libexchange/repatriation/stats.h"

#include <random>

#include "tests/catch.h"
#include "tests/repatriation/people.h"

using namespace made;

namespace {

const Instant kUntil = time_at("2026-06-30T23:59:59Z");

Stats stats_of(const std::vector<Person>& people, std::optional<Instant> since = {}, Instant until = kUntil,
               const Selection& selection = {}) {
  return count_people(Tables::shipped(), pointers(people), selection, since, until);
}

std::size_t sum(const Counts& counts) {
  std::size_t n = 0;
  for (const auto& [name, count] : counts) n += count;
  return n;
}

}  // namespace

TEST_CASE("persons are counted, each once in every table") {
  std::vector<Person> people = {
      assisted("A", "registered",
               {{"nationality", "VNM"}, {"host", "THA"}, {"sex", "female"}, {"outcome", "presumed_victim"}}),
      suspect("B", "detained", {{"nationality", "VNM"}, {"host", "KHM"}}),
      assisted("C", "closed", {{"minor", "no"}}), assisted("D", "reported")};
  people[1].assisted = AssistedReturn{standing("reported")};  // both tracks
  people[3].joined_to = "A";
  const Stats stats = stats_of(people);
  CHECK(stats.total == 3);
  for (const Dimension& d : stats.dimensions) {
    INFO(d.name);
    CHECK(sum(d.counts) == stats.total);
  }
  CHECK(stats.by("by_nationality") == Counts{{"VNM", 2}, {"", 1}});
  CHECK(stats.by("by_host") == Counts{{"THA", 1}, {"KHM", 1}, {"", 1}});
  CHECK(stats.by("by_state") == Counts{{"registered", 1}, {"reported", 1}, {"closed", 1}});
  CHECK(stats.by("by_track") == Counts{{"assisted_return", 2}, {"both", 1}});
  CHECK(stats.by("by_role") == Counts{{"presumed_victim", 1}, {"undetermined", 2}});
  CHECK(stats.by("by_minor") == Counts{{"unknown", 2}, {"no", 1}});
  CHECK(stats.by_state_of_track.at(Track::suspect_return) == Counts{{"detained", 1}});
  CHECK(stats.by_state_of_track.at(Track::assisted_return).at("reported") == 1);
  CHECK(stats.waiting.people == 2);
}

TEST_CASE("a period takes those reported in it, where they stood at its end") {
  std::vector<Person> people = {assisted("A", "reported", {}, "2026-04-30T23:59:59Z"),
                                assisted("B", "reported", {}, "2026-05-01T00:00:00Z"),
                                assisted("C", "reported", {}, "2026-05-31T23:59:59Z"),
                                assisted("D", "reported", {}, "2026-06-01T00:00:00Z")};
  Standing& s = people[1].assisted->standing;
  s.path = {{"reported", {time_at("2026-05-01T00:00:00Z"), 0}},
            {"registered", {time_at("2026-05-10T00:00:00Z"), 0}},
            {"reported", {time_at("2026-05-11T00:00:00Z"), 0}},
            {"registered", {time_at("2026-05-12T00:00:00Z"), 0}},
            {"departed", {time_at("2026-06-20T00:00:00Z"), 0}}};
  s.state = "departed";
  s.since = s.path.back().at;
  const Stats may = stats_of(people, time_at("2026-05-01T00:00:00Z"), time_at("2026-05-31T23:59:59Z"));
  CHECK(may.total == 2);
  CHECK(may.by("by_state") == Counts{{"registered", 1}, {"reported", 1}});
  CHECK(may.reached.at(Track::assisted_return) == Counts{{"reported", 2}, {"registered", 1}});
  const Stats june = stats_of(people, time_at("2026-06-01T00:00:00Z"));
  CHECK(june.total == 1);
  CHECK(june.reached.at(Track::assisted_return) == Counts{{"departed", 1}, {"reported", 1}});
  CHECK(stats_of(people).total == 4);
  CHECK(stats_of(people).by("by_state").at("departed") == 1);
}

TEST_CASE("waiting is told by median and ninetieth percentile, nearest rank") {
  std::vector<Person> people;
  for (int day = 1; day <= 10; ++day)
    people.push_back(
        assisted("P" + std::to_string(day), "reported", {}, to_utc({kUntil.seconds - day * 86400, 0})));
  people.push_back(assisted("home", "arrived", {}, to_utc({kUntil.seconds - 1000 * 86400, 0})));
  const Stats stats = stats_of(people);
  CHECK(stats.waiting.people == 10);
  CHECK(stats.waiting.median == 5);
  CHECK(stats.waiting.ninetieth == 9);
  CHECK(stats_of({}).waiting.people == 0);
}

TEST_CASE("what is overdue is counted by rule, persons once a rule") {
  Person p = assisted("A", "reported");
  p.assisted->standing.due = {{"acknowledge", time_at("2026-05-02T00:00:00Z")},
                              {"acknowledge", time_at("2026-05-03T00:00:00Z")},
                              {"register", time_at("2026-08-01T00:00:00Z")}};
  CHECK(stats_of({p}).overdue == Counts{{"acknowledge", 1}});
  Selection overdue;
  overdue.overdue = true;
  CHECK(stats_of({p, assisted("B", "reported")}, {}, kUntil, overdue).total == 1);
}

TEST_CASE("an age band is as sure as what is known") {
  const Day on = std::chrono::year(2026) / 11 / 25;
  const auto band = [&](std::string born, std::string minor = "unknown") {
    return age_band(person("A", {{"born", std::move(born)}, {"minor", std::move(minor)}}), on);
  };
  CHECK(band("2015-01-01") == "0-11");
  CHECK(band("2009-12-01") == "12-17");
  CHECK(band("2008-11-25") == "18-24");
  CHECK(band("2008-11-26") == "12-17");
  CHECK(band("1990 be:2533") == "35-44");
  CHECK(band("1989-08-03/1990-07-22 ah:1410") == "35-44");
  CHECK(band("1920") == "60+");
  CHECK(band("2014") == "0-17");  // eleven or twelve
  CHECK(band("2001") == "18+");   // 24 or 25
  CHECK(band("2008", "no") == "18+");
  CHECK(band("2008") == "");
  CHECK(band("", "yes") == "0-17");
  CHECK(band("nonsense", "no") == "18+");
  CHECK(band("") == "");
}

TEST_CASE("no cell of a public table can be computed: every small table there is") {
  // All tables of up to five named cells with at most twelve people. For each public form, every cell that it
  // does not show must have at least two possible values.
  constexpr std::size_t kCells = 5, kMost = 12;
  std::map<Counts, std::vector<std::array<std::size_t, kCells>>> published;
  std::array<std::size_t, kCells> table{};
  const auto counts_of = [](const std::array<std::size_t, kCells>& t) {
    Counts counts;
    for (std::size_t i = 0; i < kCells; ++i)
      if (t[i] > 0) counts[std::string(1, static_cast<char>('a' + i))] = t[i];
    return counts;
  };
  const auto walk = [&](auto&& self, std::size_t cell, std::size_t left) -> void {
    if (cell == kCells) {
      published[pooled(counts_of(table))].push_back(table);
      return;
    }
    for (table[cell] = 0; table[cell] <= left; ++table[cell]) self(self, cell + 1, left - table[cell]);
    table[cell] = 0;
  };
  walk(walk, 0, kMost);
  std::size_t looked_at = 0;
  for (const auto& [shown, tables] : published) {
    for (const auto& [name, n] : shown) CHECK(n >= kSmallestCell);
    if (!shown.empty()) CHECK(sum(shown) == sum(counts_of(tables.front())));
    for (std::size_t i = 0; i < kCells; ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      if (shown.contains(name)) continue;
      std::set<std::size_t> possible;
      for (const auto& t : tables) possible.insert(t[i]);
      if (!shown.contains("suppressed") && !shown.empty()) {
        CHECK(possible == std::set<std::size_t>{0});  // nothing was taken away, and nobody is in it
        continue;
      }
      INFO("cell " << name << " of a table that shows " << shown.size() << " cells");
      CHECK(possible.size() >= 2);
      ++looked_at;
    }
  }
  CHECK(looked_at > 100);
}

TEST_CASE("public statistics show no small number, no role and no dimension that nests") {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<Person> people;
    const std::size_t n = random() % 40;
    for (std::size_t i = 0; i < n; ++i) {
      const auto of = [&](std::initializer_list<std::string> words) {
        return *(words.begin() + random() % words.size());
      };
      const Facts facts = {{"host", of({"THA", "KHM", "MMR"})},
                           {"nationality", of({"VNM", "CHN", "KEN", "ETH", "IND"})},
                           {"site", of({"TH-EX-01", "KH-EX-01"})},
                           {"minor", of({"yes", "no", "unknown"})},
                           {"outcome", of({"", "presumed_victim", "not_indicated"})},
                           {"sex", of({"female", "male"})}};
      people.push_back(
          random() % 3
              ? assisted("P" + std::to_string(i), of({"reported", "suspect_referral", "closed"}), facts)
              : suspect("P" + std::to_string(i), of({"detained", "in_transit"}), facts));
    }
    const Stats stats = stats_of(people);
    const PublicStats open = for_the_public(Tables::shipped(), stats);
    CHECK(open.total.has_value() == (n >= kSmallestCell));
    if (!open.total) CHECK(open.dimensions.empty());
    for (const Dimension& d : open.dimensions) {
      CHECK(d.name != "by_site");
      CHECK(d.name != "by_minor");
      CHECK(d.name != "by_track");
      CHECK(sum(d.counts) == n);
      for (const auto& [code, count] : d.counts) {
        CHECK(count >= kSmallestCell);
        CHECK(code.find("suspect") == std::string::npos);
        CHECK(code.find("victim") == std::string::npos);
      }
      if (d.name == "by_role") CHECK(d.counts == Counts{{"person", n}});
    }
  }
}
