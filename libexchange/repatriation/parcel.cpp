#include "libexchange/repatriation/parcel.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"

namespace exchange::repatriation {

namespace {

constexpr std::string_view kTitle = "valise-repatriation-parcel/1\n";
constexpr std::size_t kMaxEndorsements = 10'000;

// The track under whose rules an event is shown: its own, else the one that shows less.
Track track_of(const Event& e, const Person& person) {
  if (e.track) return *e.track;
  return person.assisted ? Track::assisted_return : Track::suspect_return;
}

bool may_see(const Tables& tables, const Event& e, const Person& person, const std::string& kind) {
  if (e.group == "birth" && person.treated_as_minor() && kind != "protection") return false;
  return tables.visible(e.group, track_of(e, person), kind);
}

}  // namespace

std::string reader_kind(const Person& person, const Reader& reader, std::string_view own_agency) {
  const bool of_origin = reader.country == person.fact("nationality");
  if (reader.usages.contains("protection")) return "protection";
  if (reader.usages.contains("consular"))
    return of_origin || reader.address.agency == own_agency ? "consular" : "partner";
  if (reader.country == person.fact("host")) return "host_police";
  return of_origin ? "home_police" : "partner";
}

std::vector<Share> shares(const Desk& desk, const std::vector<const Person*>& people,
                          std::span<const Reader> readers, std::string_view own_agency) {
  std::map<std::set<std::size_t>, std::vector<SignedEvent>> by_readers;
  for (const Person* person : people) {
    check_interrupted();
    std::vector<std::pair<std::size_t, std::string>> kinds;
    for (std::size_t i = 0; i < readers.size(); ++i)
      if (!asylum_open(*person) || readers[i].country != person->fact("nationality"))
        kinds.emplace_back(i, reader_kind(*person, readers[i], own_agency));
    for (SignedEvent& e : desk.events(person->id)) {
      std::set<std::size_t> who;
      for (const auto& [i, kind] : kinds)
        if (may_see(desk.tables(), e.event, *person, kind)) who.insert(i);
      if (!who.empty()) by_readers[std::move(who)].push_back(std::move(e));
    }
  }
  std::vector<Share> out;
  for (auto& [who, events] : by_readers) out.push_back({who, std::move(events)});
  return out;
}

std::string Parcel::text() const {
  std::string out(kTitle);
  for (const Endorsement& e : endorsements) out += fmt::format("endorsement {}\n{}", e.whole.size(), e.whole);
  for (const SignedEvent& e : events) out += fmt::format("event {}\n{}", e.whole.size(), e.whole);
  return out;
}

Parcel Parcel::parse(std::string_view text) {
  const auto bad = [](const char* why) {
    return Failure(Code::malformed, std::string("parcel of events: ") + why);
  };
  if (!text.starts_with(kTitle)) throw bad("the first line is not its title");
  text.remove_prefix(kTitle.size());
  Parcel parcel;
  while (!text.empty()) {
    check_interrupted();
    const std::size_t end = text.substr(0, 40).find('\n');
    const auto words = end == text.npos ? std::vector<std::string_view>() : split(text.substr(0, end), ' ');
    const auto length = words.size() == 2 ? from_decimal(words[1]) : std::nullopt;
    if (!length || *length > kMaxNote || *length > text.size() - end - 1)
      throw bad("a part without its length");
    std::string whole(text.substr(end + 1, static_cast<std::size_t>(*length)));
    if (words[0] == "endorsement") {
      if (parcel.endorsements.size() == kMaxEndorsements)
        throw Failure(Code::limit, "parcel of events: over 10,000 endorsements");
      parcel.endorsements.push_back(Endorsement::parse(whole));
    } else if (words[0] == "event") {
      parcel.events.push_back(SignedEvent::parse(std::move(whole)));
    } else {
      throw bad("a part of another kind");
    }
    text.remove_prefix(end + 1 + static_cast<std::size_t>(*length));
  }
  return parcel;
}

Parcel parcel_of(const Desk& desk, const std::vector<SignedEvent>& events) {
  Parcel parcel;
  std::set<Hash> seen;
  for (const SignedEvent& e : events) {
    if (!seen.insert(e.event.endorsement).second) continue;
    const auto endorsement = desk.endorsement(e.event.endorsement);
    if (!endorsement)
      throw Failure(Code::unavailable, e.event.by.text() + ": the endorsement of its key is not here",
                    "valise trust import the endorsement");
    parcel.endorsements.push_back(*endorsement);
  }
  parcel.events = events;
  return parcel;
}

void verify_parcel(const Home& home, const Parcel& parcel, unsigned threads) {
  std::map<Hash, const Endorsement*> by_hash;
  for (const Endorsement& e : parcel.endorsements) by_hash.emplace(e.text_hash, &e);
  std::set<std::pair<Hash, std::string>> trusted;  // endorsements with a usage
  const Instant current = now();
  for (const SignedEvent& e : parcel.events) {
    const auto found = by_hash.find(e.event.endorsement);
    if (found == by_hash.end())
      throw Failure(Code::trust, e.event.by.text() + ": an event without the endorsement of its key",
                    "ask the desk that sent it to export again");
    const Endorsement& endorsement = *found->second;
    if (trusted.emplace(endorsement.text_hash, e.event.usage).second) {
      const ChainCheck chain = check_chain(home, endorsement, e.event.usage, endorsement.not_before, current);
      if (!chain.trusted) throw Failure(Code::trust, chain.problem, "see: valise trust list");
    }
    if (e.event.recorded < endorsement.not_before || endorsement.not_after < e.event.recorded)
      throw Failure(Code::trust, e.event.by.text() + ": an event from outside the validity of its key",
                    "ask that desk to correct it with a valid key");
  }
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr problem;
  const auto work = [&] {
    try {
      for (std::size_t i; (i = next.fetch_add(1)) < parcel.events.size();) {
        if (i % 256 == 0) check_interrupted();
        const SignedEvent& e = parcel.events[i];
        if (!e.signed_by(*by_hash.at(e.event.endorsement)))
          throw Failure(Code::signature, e.event.person + ": an event is not signed by who it says",
                        "take nothing from this bundle; ask the desk that sent it");
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      problem = std::current_exception();
      next = parcel.events.size();
    }
  };
  std::vector<std::thread> pool;
  for (unsigned t = 1; t < threads; ++t) pool.emplace_back(work);
  work();
  for (std::thread& t : pool) t.join();
  if (problem) std::rethrow_exception(problem);
}

}  // namespace exchange::repatriation
