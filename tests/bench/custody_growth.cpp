// How append, proof and timeline of a custody log grow with its length: custody_growth HOME [EVENTS]
// HOME is a copy of an example home; its log must be empty.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "libexchange/custody/log_writer.h"

using namespace exchange;

namespace {

constexpr std::uint64_t kExhibits = 1000, kRounds = 50;

CustodyEvent event(std::uint64_t i) {
  CustodyEvent e;
  e.type = "photographed";
  e.the_case = {"XA-BENCH-2026-000001", "cn-example-police"};
  // New exhibits all the time, so that the index grows, too.
  e.exhibits = {{"EX-" + std::to_string(i / 10 * kExhibits + i % kExhibits), {}}};
  e.at = "2026-05-21T09:14:00+07:00";
  e.by = {"A", "officer", "cn-example-police"};
  e.fields = {{"ref", std::to_string(i)}};
  return e;
}

// Median microseconds of `work(round)`.
template <class Work>
double median(Work work) {
  std::vector<double> times;
  for (std::uint64_t i = 0; i < kRounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work(i);
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

struct Times {
  double append, proofs, timeline, batch;
};

Times measure(const Home& home, const Signer& signer, std::uint64_t events) {
  Times t{};
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t added = 0;
  {
    LogWriter log(home, signer);
    for (; log.size() + kRounds < events; ++added) log.add(event(log.size()));
    log.commit();
  }
  t.batch = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() /
            static_cast<double>(std::max<std::uint64_t>(added, 1));
  t.append = median([&](std::uint64_t) {  // as one command does it: open, append, commit
    LogWriter log(home, signer);
    log.add(event(log.size()));
    log.commit();
  });
  const CustodyLog log(CustodyLog::folder_of(home));
  t.proofs = median([&](std::uint64_t i) {
    log.inclusion_proof(log.size() * i / kRounds);
    log.consistency_proof(1 + log.size() * i / kRounds);
  });
  t.timeline = median([&](std::uint64_t i) {
    const CustodyEvent e = event(log.size() * i / kRounds);
    log.history({e.the_case, e.exhibits.front().exhibit});
  });
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  initialise_secrets();
  if (argc < 2) return 2;
  const Home home{argv[1]};
  const std::uint64_t large = argc > 2 ? std::stoull(argv[2]) : 100'000, small = 10'000;
  const OwnKey own = home.own_keys().at(0);
  const PrivateKeys keys = read_key_file(own.file, {}, [](const std::string&) {});
  const Signer signer{&keys.signing, *own.endorsement};
  const Times a = measure(home, signer, small), b = measure(home, signer, large);
  const auto show = [&](const char* what, double before, double after) {
    fmt::print("{:58} {:6.2f} x   ({:.0f} us / {:.0f} us)   wanted below 3\n",
               fmt::format("custody: {}, {} events / {}", what, large, small), after / before, after, before);
  };
  show("append and commit", a.append, b.append);
  show("two proofs", a.proofs, b.proofs);
  show("a timeline", a.timeline, b.timeline);
  show("append in a batch", a.batch, b.batch);
}
