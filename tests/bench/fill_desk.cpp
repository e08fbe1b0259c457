// Fills a home with people on their way, ten events each: fill_desk HOME PEOPLE [PREFIX]. For bench.py only.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "libexchange/repatriation/pen.h"

using namespace exchange;
using namespace exchange::repatriation;

namespace {

constexpr int kAtOnce = 5000;

void walk(Pen& pen, const std::string& id, LocalTime at) {
  const auto step = [&](const char* to, std::map<std::string, std::string> fields = {}) {
    Saying s;
    s.track = Track::assisted_return;
    s.at = at;
    s.fields = std::move(fields);
    s.documents.push_back({"-", "REF-1", {}});
    pen.step(id, to, s);
    at.at.seconds += 3600;
  };
  step("reported", {{"minor", "no"},
                    {"nationality", "VNM"},
                    {"host", "KHM"},
                    {"site", "KH-EX-01"},
                    {"name_latin", "EXAMPLE " + id}});
  step("located");
  step("safe");
  for (const char* gate : {"identity", "nationality", "medical", "travel_document", "exit", "ticket"}) {
    Saying s;
    s.track = Track::assisted_return;
    s.at = at;
    s.gates[gate] = "ok";
    pen.say(id, "gate", s);
  }
}

}  // namespace

int main(int argc, char** argv) {
  initialise_secrets();
  if (argc < 3) return 2;
  const Home home(argv[1]);
  const int people = std::atoi(argv[2]);
  const std::string prefix = argc > 3 ? argv[3] : "P";
  const OwnKey own = home.own_key({});
  const PrivateKeys keys = read_key_file(own.file, {}, [](const std::string&) {});
  const Endorsement endorsement = *own.endorsement;
  const Author author{keys, endorsement};
  Desk desk(home, Desk::Access::write);
  std::size_t events = 0;
  for (int first = 0; first < people; first += kAtOnce) {
    Pen pen(desk, author, Strictness::standard);
    for (int i = first; i < std::min(people, first + kAtOnce); ++i)
      walk(pen, prefix + "-" + std::to_string(i), {now(), 420});
    events += pen.commit();
  }
  std::printf("%zu\n", events);
}
