#include "libexchange/repatriation/board.h"

#include "libexchange/base/failure.h"
#include "libexchange/repatriation/labels.h"
#include "libexchange/repatriation/sites.h"
#include "tests/catch.h"
#include "tests/repatriation/people.h"
#include "tests/scratch.h"

using namespace made;

namespace {

const Instant kNow = time_at("2026-06-01T00:00:00Z");

Person due_at(Person p, std::string_view at) {
  p.assisted->standing.due = {{"register", time_at(at)}};
  return p;
}

Board board_of(const std::vector<Person>& people, const Selection& selection = {}, std::size_t most = 10) {
  return make_board(Tables::shipped(), pointers(people), selection, kNow, most, most);
}

}  // namespace

TEST_CASE("columns stand in the order of the table, and the most urgent come first") {
  const std::vector<Person> people = {
      due_at(assisted("A", "registered"), "2026-06-02T00:00:00Z"), assisted("B", "registered"),
      due_at(assisted("C", "registered"), "2026-05-01T00:00:00Z"),
      due_at(assisted("D", "reported"), "2026-05-20T00:00:00Z"), suspect("E", "detained")};
  const Board board = board_of(people);
  REQUIRE(board.tracks.size() == 2);
  const auto states = Tables::shipped().states(Track::assisted_return);
  REQUIRE(board.tracks[0].columns.size() == states.size());
  for (std::size_t i = 0; i < states.size(); ++i) CHECK(board.tracks[0].columns[i].state == states[i]->name);
  const Column& registered = *std::ranges::find(board.tracks[0].columns, "registered", &Column::state);
  CHECK(registered.people == 3);
  CHECK(registered.overdue == 1);
  std::string order;
  for (const Card& c : registered.cards) order += c.person->id;
  CHECK(order == "CAB");
  REQUIRE(board.urgent.size() == 2);
  CHECK(board.urgent[0].person->id == "C");
  CHECK(board.urgent[1].person->id == "D");
}

TEST_CASE("columns show the first cards and count everybody") {
  std::vector<Person> people;
  for (int i = 0; i < 100; ++i)
    people.push_back(assisted("P-" + std::to_string(i), "reported", {{"minor", i < 7 ? "yes" : "no"}}));
  const Board board = board_of(people, {}, 3);
  CHECK(board.tracks[0].columns[0].cards.size() == 3);
  CHECK(board.tracks[0].columns[0].people == 100);
  CHECK(board.tracks[0].columns[0].minors == 7);
}

TEST_CASE("who was joined to another is shown once, and nobody is lost to an unknown state") {
  std::vector<Person> people = {assisted("A", "reported"), assisted("B", "reported"), assisted("C", "-")};
  people[1].joined_to = "A";
  const Board board = board_of(people);
  CHECK(board.tracks[0].people == 2);
  CHECK(board.tracks[0].columns[0].state == "-");
  CHECK(board.tracks[0].columns[0].type == nullptr);
  CHECK(board.tracks[0].columns[0].people == 1);
}

TEST_CASE("each filter takes its own and says so") {
  std::vector<Person> people = {
      assisted("A", "reported",
               {{"host", "THA"},
                {"site", "TH-EX-01"},
                {"nationality", "VNM"},
                {"batch", "F-1"},
                {"minor", "yes"}}),
      due_at(assisted("B", "reported", {{"host", "KHM"}, {"minor", "no"}}), "2026-05-01T00:00:00Z"),
      suspect("C", "detained")};
  const auto shown = [&](const Selection& s) {
    std::string ids;
    for (const TrackBoard& t : board_of(people, s).tracks)
      for (const Column& c : t.columns)
        for (const Card& card : c.cards) ids += card.person->id;
    return ids;
  };
  Selection s;
  CHECK(shown(s) == "BAC");
  CHECK(s.text().empty());
  const auto with = [](auto change) {
    Selection made;
    change(made);
    return made;
  };
  CHECK(shown(with([](Selection& x) { x.track = Track::suspect_return; })) == "C");
  CHECK(shown(with([](Selection& x) { x.host = "THA"; })) == "A");
  CHECK(shown(with([](Selection& x) { x.site = "TH-EX-01"; })) == "A");
  CHECK(shown(with([](Selection& x) { x.nationality = "VNM"; })) == "A");
  CHECK(shown(with([](Selection& x) { x.batch = "F-1"; })) == "A");
  CHECK(shown(with([](Selection& x) { x.minor = "unknown"; })) == "C");
  CHECK(shown(with([](Selection& x) { x.overdue = true; })) == "B");
  s.host = "THA";
  s.overdue = true;
  CHECK(s.text() == "host THA, overdue only");
}

TEST_CASE("a card shows the gates that the next steps ask for") {
  const auto names = [](const Person& p) {
    std::string out;
    for (const GateMark& m :
         gate_marks(Tables::shipped(), Card{&p, Track::assisted_return, &p.assisted->standing, 0}))
      out += m.name + "=" + m.value + " ";
    return out;
  };
  Person p = assisted("A", "preparing", {{"minor", "no"}});
  p.assisted->standing.gates = {{"fine", "failed", {}, {}}, {"risk", "ok", {}, {}}};
  CHECK(names(p) ==
        "identity=open nationality=open medical=open risk=ok consent=open travel_document=open exit=open "
        "fine=failed ticket=open reception=open ");
  p.facts = {{"minor", "yes"}};
  CHECK(names(p).find("guardian=open bid=open") != std::string::npos);
  CHECK(names(assisted("B", "reported")).empty());
}

TEST_CASE("every state and gate that ships has its label in every language") {
  for (const std::string& language : Labels::languages()) {
    const Labels labels(language), english("en");
    CHECK(labels.right_to_left() == (language == "ar"));
    const auto known = [&](const std::string& prefix, const std::string& name) {
      INFO(language << " " << prefix << "." << name);
      CHECK_FALSE(labels.of(prefix, name).empty());
      if (language != "en") CHECK(labels.of(prefix, name) != english.of(prefix, name));
    };
    for (const Track track : kTracks) {
      known("track", std::string(name_of(track)));
      for (const State* s : Tables::shipped().states(track)) known("state", s->name);
    }
    for (const GateType& g : Tables::shipped().gates()) known("gate", g.name);
  }
  CHECK(Labels("en").of("state", "some_new_one") == "some new one");
  CHECK_THROWS_AS(Labels("xx"), Failure);
  CHECK_THROWS_AS(Labels("key"), Failure);
  CHECK_THROWS_AS(Labels(""), Failure);
}

TEST_CASE("an agency puts its own words in the place of ours") {
  const Scratch scratch;
  scratch.write("labels.csv", "key,en,th\nstate.reported,called in,\nstate.mine,mine,ของฉัน\n");
  CHECK(Labels("en", scratch.path).of("state", "reported") == "called in");
  CHECK(Labels("th", scratch.path).of("state", "reported") == Labels("th").of("state", "reported"));
  CHECK(Labels("th", scratch.path).of("state", "mine") == "ของฉัน");
}

TEST_CASE("sites have names in the languages of the people around them") {
  const SiteType* site = Tables::shipped().site("TH-EX-01");
  REQUIRE(site);
  CHECK(name_in(*site, "th") == "ด่านตัวอย่าง");
  CHECK(name_in(*site, "zh-Hans") == "示例口岸");
  CHECK(name_in(*site, "fr") == "Example crossing");
  CHECK(names_of(*site).size() == 4);
  REQUIRE(Tables::shipped().site("KH-EX-01"));
}

TEST_CASE("a row of sites that does not fit is named") {
  struct Bad {
    SiteType site;
    std::string_view why;
  };
  for (const auto& [site, why] : {Bad{{"", "x", "THA", "", "", "", ""}, "code"},
                                  {{"th-1", "x", "THA", "", "", "", ""}, "code"},
                                  {{"TH-1", "", "THA", "", "", "", ""}, "name"},
                                  {{"TH-1", "x", "TH", "", "", "", ""}, "country"},
                                  {{"TH-1", "x", "ZZZ", "", "", "", ""}, "country"},
                                  {{"TH-1", "x", "THA", "", "91", "0", ""}, "degrees"},
                                  {{"TH-1", "x", "THA", "", "1", "181", ""}, "degrees"},
                                  {{"TH-1", "x", "THA", "", "1x", "1", ""}, "degrees"},
                                  {{"TH-1", "x", "THA", "", "nan", "1", ""}, "degrees"},
                                  {{"TH-1", "x", "THA", "", "1", "", ""}, "together"},
                                  {{"TH-1", "x", "THA", "", "", "", "ด่าน"}, "LANGUAGE=NAME"},
                                  {{"TH-1", "x", "THA", "", "", "", "th="}, "LANGUAGE=NAME"}}) {
    INFO(why << " " << problem_of(site));
    CHECK(problem_of(site).find(why) != std::string::npos);
  }
  CHECK(problem_of({"TH-1", "x", "THA", "TH-63", "16.7", "-98.5", "th=ด่าน|ar=معبر"}).empty());
  const Scratch scratch;
  scratch.write("sites.csv", "code,name,country,admin1,lat,lon,names\nX 1,x,THA,,,,\n");
  CHECK_THROWS_AS(Tables::with(scratch.path), Failure);
}
