// What was acknowledged stays, whatever happens to the process and to the file.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/index.h"
#include "libexchange/repatriation/parcel.h"
#include "tests/repatriation/world.h"

using namespace exchange;
using namespace exchange::repatriation;

namespace {

struct Post : Scratch {
  Post() : home(path), officer("cn-example-mfa/desk-a") {}
  Home home;
  Officer officer;

  void add(const std::string& id, const std::string& minor = "no") {
    Desk desk(home, Desk::Access::write);
    const Author author{officer.keys, officer.endorsement};
    Pen pen(desk, author, Strictness::standard);
    Saying saying;
    saying.track = Track::assisted_return;
    saying.at = kNoon;
    saying.fields = {{"minor", minor}, {"nationality", "VNM"}, {"name_native", "Nguyễn Thị Ví Dụ"}};
    pen.step(id, "reported", saying);
    pen.commit();
  }
  std::size_t people() const { return Desk(home).people().size(); }
  fs::path events() const { return path / "repat" / "events"; }
};

}  // namespace

TEST_CASE("events are kept, and read back by another process's eyes") {
  Post post;
  post.add("V-0001");
  post.add("V-0002", "unknown");
  const Desk desk(post.home);
  REQUIRE(desk.people().size() == 2);
  CHECK(desk.find("V-0001")->fact("name_native") == "Nguyễn Thị Ví Dụ");
  CHECK(desk.find("V-0002")->treated_as_minor());
  CHECK(desk.find("V-0003") == nullptr);
  CHECK(desk.history("V-0001").size() == 2);  // who, and the report
  struct stat s {};
  REQUIRE(::stat(post.events().c_str(), &s) == 0);
  CHECK((s.st_mode & 0777) == 0600);
}

TEST_CASE("a torn end is passed over and cut off; damage elsewhere is told") {
  Post post;
  post.add("V-0001");
  const auto whole = fs::file_size(post.events());
  post.add("V-0002");
  const auto two = fs::file_size(post.events());
  for (const std::uintmax_t cut : {two - 1, two - 200, whole + 1, whole + 40}) {
    const Bytes before = read_file(post.events(), 1 << 20);
    fs::resize_file(post.events(), cut);
    CHECK(post.people() == 1);
    write_file(post.events(), before, OutputFile::Existing::replace);
  }
  fs::resize_file(post.events(), two - 7);
  post.add("V-0003");
  CHECK(post.people() == 2);
  CHECK(Desk(post.home).find("V-0003") != nullptr);

  Bytes bytes = read_file(post.events(), 1 << 20);
  bytes[whole / 2] ^= 1;
  write_file(post.events(), bytes, OutputFile::Existing::replace);
  CHECK_THROWS_AS(post.people(), Failure);
}

TEST_CASE("looking at a person checks every signature again") {
  Post post;
  post.add("V-0001");
  const auto rewrite = [&](const std::string& from, const std::string& to) {
    std::vector<std::string> wholes;
    for (const SignedEvent& e : Desk(post.home).events("V-0001")) {
      std::string whole = e.whole;
      if (const std::size_t place = whole.find(from); place != whole.npos)
        whole.replace(place, from.size(), to);
      wholes.push_back(whole);
    }
    fs::remove(post.events());
    Journal journal(post.events());
    std::uint64_t end = 0;
    journal.append(end, wholes);
  };
  rewrite("no such text", "");
  CHECK(Desk(post.home).history("V-0001").size() == 2);
  rewrite("field minor no", "field minor yes");  // well-formed, and not what was signed
  CHECK_THROWS_AS(Desk(post.home).history("V-0001"), Failure);
  Desk desk(post.home, Desk::Access::write);
  const Author author{post.officer.keys, post.officer.endorsement};
  Pen pen(desk, author, Strictness::standard);
  Saying saying;
  saying.track = Track::assisted_return;
  saying.at = kNoon;
  CHECK_THROWS_AS(pen.step("V-0001", "located", saying), Failure);  // nor is anything built on it
}

TEST_CASE("parcels are read strictly") {
  Post post;
  post.add("V-0001");
  const Desk desk(post.home);
  const Parcel parcel = parcel_of(desk, desk.events("V-0001"));
  const std::string text = parcel.text();
  CHECK(Parcel::parse(text).text() == text);
  for (std::size_t cut = 0; cut < text.size(); cut += 37) {
    std::size_t events = 0;
    try {
      events = Parcel::parse(text.substr(0, cut)).events.size();  // cut between two parts
    } catch (const Failure& f) {
      CHECK(f.code() == Code::malformed);
    }
    CHECK(events < parcel.events.size());
  }
  CHECK_THROWS_AS(Parcel::parse(text + "event 5\nabc"), Failure);
  CHECK_THROWS_AS(Parcel::parse(text + "event 99999999999999999999\n"), Failure);
  CHECK_THROWS_AS(Parcel::parse("other\n"), Failure);
  CHECK_THROWS_AS(verify_parcel(post.home, parcel, 2), Failure);  // nobody here trusts that agency
}

TEST_CASE("kill -9 at any moment loses nothing that was acknowledged") {
  Post post;
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 8; ++round) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (int i = 0;; ++i) {
        const std::string id = "P-" + std::to_string(round) + "-" + std::to_string(i);
        post.add(id);
        const std::string line = id + "\n";
        if (::write(pipe[1], line.data(), line.size()) < 0) _exit(1);
      }
    }
    ::close(pipe[1]);
    std::string said(1, '\0');
    REQUIRE(::read(pipe[0], said.data(), 1) == 1);  // it has begun; now at any moment
    ::usleep(static_cast<useconds_t>(3'700 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::string rest(1 << 16, '\0');
    rest.resize(
        read_some(pipe[0], MutableView(reinterpret_cast<std::uint8_t*>(rest.data()), rest.size()), "pipe"));
    ::close(pipe[0]);
    said += rest;
    for (const std::string_view id : split(std::string_view(said), '\n'))
      if (!id.empty()) acknowledged.emplace_back(id);
  }
  const Desk desk(post.home);
  CHECK(acknowledged.size() >= 8);
  for (const std::string& id : acknowledged) CHECK(desk.find(id) != nullptr);
}

TEST_CASE("several writers at once lose nothing and contradict nobody") {
  Post post;
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&, w] {
      for (int i = 0; i < 10; ++i) post.add("P-" + std::to_string(w) + "-" + std::to_string(i));
    });
  for (auto& w : writers) w.join();
  CHECK(post.people() == 40);
}

TEST_CASE("the index is only a copy: without it, damaged or stale, the people are the same") {
  Post post;
  {
    Desk desk(post.home, Desk::Access::write);
    const Author author{post.officer.keys, post.officer.endorsement};
    Pen pen(desk, author, Strictness::standard);
    for (int i = 0; i < 600; ++i) {
      Saying saying;
      saying.track = Track::assisted_return;
      saying.at = kNoon;
      saying.fields = {{"minor", "no"}, {"nationality", "VNM"}};
      pen.step("P-" + std::to_string(i), "reported", saying);
    }
    pen.commit();
  }
  const fs::path index = post.path / "repat" / "index";
  REQUIRE(fs::exists(index));
  const Bytes good = read_file(index, 1 << 24);
  post.add("V-0001");  // beyond the index
  CHECK(post.people() == 601);
  fs::remove(index);
  CHECK(post.people() == 601);
  for (const std::size_t keep : {std::size_t{0}, std::size_t{20}, good.size() / 2, good.size() - 1}) {
    write_file(index, View(good).first(keep), OutputFile::Existing::replace);
    CHECK(post.people() == 601);
  }
  Bytes flipped = good;
  flipped[60] ^= 0x55;
  write_file(index, flipped, OutputFile::Existing::replace);
  CHECK(post.people() == 601);
  // Other tables: made anew, under them.
  post.write("repat/tables/sites.csv", "code,name,country,admin1,lat,lon,names\nMM-EX-09,Example,MMR,,,,\n");
  CHECK(post.people() == 601);
}

TEST_CASE("a claim to asylum hides a person from the state of origin's keys") {
  Post post;
  Desk desk(post.home, Desk::Access::write);
  const Author author{post.officer.keys, post.officer.endorsement};
  Pen pen(desk, author, Strictness::standard);
  Saying saying;
  saying.track = Track::assisted_return;
  saying.at = kNoon;
  saying.fields = {{"minor", "no"}, {"nationality", "VNM"}, {"host", "KHM"}};
  pen.step("V-0001", "reported", saying);
  Saying claim;
  claim.track = Track::assisted_return;
  claim.at = kNoon;
  claim.gates["asylum"] = "open";
  pen.say("V-0001", "gate", claim);
  pen.commit();
  REQUIRE(asylum_open(*desk.find("V-0001")));
  const auto readers = std::vector<Reader>{{*Address::parse("vn-example-mfa/consular"), "VNM", {"consular"}},
                                           {*Address::parse("vn-example-aid/desk"), "VNM", {"protection"}},
                                           {*Address::parse("kh-example-aid/desk"), "KHM", {"protection"}},
                                           {*Address::parse("kh-example-police/desk"), "KHM", {"open"}}};
  const auto parts = shares(desk, desk.people(), readers, "cn-example-mfa");
  for (const Share& share : parts) {
    CHECK_FALSE(share.readers.contains(0));
    CHECK_FALSE(share.readers.contains(1));
    for (const SignedEvent& e : share.events)
      if (e.event.group == "asylum") CHECK(share.readers == std::set<std::size_t>{2});
  }
  CHECK_FALSE(parts.empty());
}

TEST_CASE("who sees what follows the table") {
  Post post;
  Desk desk(post.home, Desk::Access::write);
  const Author author{post.officer.keys, post.officer.endorsement};
  Pen pen(desk, author, Strictness::standard);
  const auto add = [&](const std::string& id, Track track, const std::string& minor) {
    Saying saying;
    saying.track = track;
    saying.at = kNoon;
    saying.fields = {{"minor", minor},         {"nationality", "VNM"},     {"host", "KHM"},
                     {"name_native", "Ví Dụ"}, {"born", "2009"},           {"shelter", "house 7"},
                     {"answers", "M1"},        {"outcome", "insufficient"}};
    saying.note = "the family called";
    pen.step(id, "reported", saying);
  };
  add("V-1", Track::assisted_return, "yes");
  add("S-1", Track::suspect_return, "no");
  pen.commit();
  const auto seen = [&](const std::string& id, const Reader& reader) {
    std::set<std::string> groups;
    for (const Share& share : shares(desk, {desk.find(id)}, std::vector<Reader>{reader}, "cn-example-mfa"))
      for (const SignedEvent& e : share.events) groups.insert(e.event.group);
    return groups;
  };
  const Reader home_embassy{*Address::parse("vn-example-mfa/consular"), "VNM", {"consular"}},
      aid{*Address::parse("kh-example-aid/desk"), "KHM", {"protection"}},
      host_police{*Address::parse("kh-example-police/desk"), "KHM", {"open", "custody"}},
      home_police{*Address::parse("vn-example-police/desk"), "VNM", {"open"}},
      partner{*Address::parse("ae-example-police/desk"), "ARE", {"open"}};
  using Groups = std::set<std::string>;
  CHECK(seen("V-1", home_embassy) == Groups{"status", "identity", "outcome", "note"});  // no birth of a minor
  CHECK(seen("V-1", aid) == Groups{"status", "identity", "birth", "shelter", "screening", "outcome", "note"});
  CHECK(seen("V-1", host_police) == Groups{"status", "identity", "outcome"});
  CHECK(seen("V-1", home_police) == Groups{"status"});
  CHECK(seen("V-1", partner).empty());
  CHECK(seen("S-1", home_police) == Groups{"status", "identity", "birth"});
  CHECK(seen("S-1", host_police) == Groups{"status", "identity", "birth", "outcome"});
}

TEST_CASE("joins that lead in a circle, or to nobody, lose nobody") {
  Post post;
  post.add("V-0001");
  post.add("V-0002");
  post.add("V-0003");
  const auto join = [&](const std::string& id, const std::string& to) {
    Desk desk(post.home, Desk::Access::write);
    const Author author{post.officer.keys, post.officer.endorsement};
    Pen pen(desk, author, Strictness::standard);
    Saying saying;
    saying.at = kNoon;
    saying.fields["joined_to"] = to;
    pen.say(id, "join", saying);
    pen.commit();
  };
  join("V-0001", "V-0002");
  CHECK(Desk(post.home).find("V-0001")->joined_to == "V-0002");
  CHECK(Desk(post.home).find("V-0001")->assisted->standing.due.empty());
  join("V-0002", "V-0001");  // as two desks may write without knowing of each other
  join("V-0003", "V-0009");
  const Desk desk(post.home);
  for (const Person* p : desk.people()) {
    CHECK(p->joined_to.empty());
    CHECK_FALSE(p->assisted->standing.due.empty());
  }
}
