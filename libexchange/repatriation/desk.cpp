#include "libexchange/repatriation/desk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/deadlines.h"
#include "libexchange/repatriation/index.h"

namespace exchange::repatriation {

namespace {

// So many events may lie beyond the index before it is written anew.
constexpr std::size_t kBeyondIndex = 512;

Hash hash_from(const std::string& id) {
  const auto bytes = from_hex(id);
  ensure(bytes && bytes->size() == 32, "an event's id");
  Hash out{};
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

// The text of a signed text, as it lies in the journal.
std::string_view text_of(std::string_view whole) {
  const std::size_t blank = whole.rfind("\n\n");
  ensure(blank != whole.npos, "a signed text in the journal");
  return whole.substr(0, blank + 1);
}

// The person whom an event is about, without reading the rest.
std::string person_in(std::string_view text) {
  const std::size_t begin = text.find("\nperson "), end = text.find('\n', begin + 1);
  ensure(begin != text.npos && end != text.npos, "a person in an event");
  return std::string(text.substr(begin + 8, end - begin - 8));
}

}  // namespace

struct Desk::Inside {
  Inside(const Home& h, Access access)
      : home(h), folder(h.folder() / "repat"), tables(Tables::with(folder / "tables")) {
    if (access == Access::write) lock_folder();
    journal.emplace(folder / "events");
    load();
  }

  void lock_folder() {
    for (const fs::path& f : {folder, folder / "endorsements"}) {
      fs::create_directories(f);
      fs::permissions(f, fs::perms::owner_all);
    }
    lock = open_file(folder / "lock", O_RDWR | O_CREAT, 0600);
    while (::flock(lock.get(), LOCK_EX) != 0) {
      check_interrupted();
      if (errno != EINTR) fail_errno((folder / "lock").string(), errno);
    }
  }

  void load() {
    for (const OwnKey& key : home.own_keys())
      if (key.endorsement)
        if (const auto country = country_alpha3(key.endorsement->country)) viewers.insert(*country);
    index = IndexFile::open(folder / "index", data);
    const bool fits = index && data.tables == tables.digest() &&
                      journal->fingerprint(data.covered) == std::optional(data.fingerprint);
    if (!fits) {
      index.reset();
      data = {};
    }
    std::set<std::string> touched;
    std::size_t beyond = 0;
    end = journal->read(data.covered, [&](Place place, std::string_view whole) {
      const std::string_view text = text_of(whole);
      std::string person = person_in(text);
      tail[person].push_back({hash_from(event_id(text)), place});
      touched.insert(std::move(person));
      ++beyond;
    });
    compute(touched);
    if (beyond > kBeyondIndex) save();
    show();
  }

  Indexed* find(std::string_view id) {
    const auto at = std::ranges::lower_bound(
        data.people, id, [](std::string_view a, std::string_view b) { return a < b; },
        [](const Indexed& i) { return std::string_view(i.person.id); });
    return at != data.people.end() && at->person.id == id ? &*at : nullptr;
  }

  std::vector<Entry> entries_of(const Indexed& indexed) const {
    std::vector<Entry> out = index ? index->entries(indexed.first, indexed.count) : std::vector<Entry>();
    if (const auto more = tail.find(indexed.person.id); more != tail.end())
      out.insert(out.end(), more->second.begin(), more->second.end());
    return out;
  }

  std::vector<SignedEvent> events_of(const Indexed& indexed) const {
    std::vector<SignedEvent> events;
    std::set<Hash> seen;
    for (const Entry& e : entries_of(indexed))
      if (seen.insert(e.id).second) events.push_back(SignedEvent::parse(journal->at(e.place)));
    return events;
  }

  Folded folded(const Indexed& indexed) const {
    std::vector<Known> known;
    for (SignedEvent& e : events_of(indexed)) known.push_back({std::move(e.id), std::move(e.event)});
    return fold(indexed.person.id, known, tables);
  }

  // Computes anew those whose events changed.
  void compute(const std::set<std::string>& touched) {
    std::vector<Indexed> fresh;
    for (const std::string& id : touched)
      if (!find(id)) {
        fresh.emplace_back();
        fresh.back().person.id = id;
      }
    const auto old = static_cast<std::ptrdiff_t>(data.people.size());
    data.people.insert(data.people.end(), std::make_move_iterator(fresh.begin()),
                       std::make_move_iterator(fresh.end()));
    const auto by_id = [](const Indexed& a, const Indexed& b) { return a.person.id < b.person.id; };
    std::inplace_merge(data.people.begin(), data.people.begin() + old, data.people.end(), by_id);
    for (const std::string& id : touched) {
      check_interrupted();
      Indexed& indexed = *find(id);
      Folded f = folded(indexed);
      indexed.person = std::move(f.person);
      indexed.heads = std::move(f.heads);
    }
  }

  // Who may be shown here, and as whom.
  void show() {
    shown.clear();
    apart.clear();
    shown.reserve(data.people.size());
    for (const Indexed& i : data.people)
      if (!hidden(i.person)) shown.push_back(&view(i.person));
  }
  // A person who was joined to nobody who can be shown, or in a circle, stands alone: nobody gets lost.
  const Person& view(const Person& person) {
    if (person.joined_to.empty() || leads_to_somebody(person)) return person;
    const auto [copy, is_new] = apart.try_emplace(person.id, person);
    Person& alone = copy->second;
    alone.joined_to.clear();
    if (is_new && alone.assisted)
      alone.assisted->standing.due =
          due_items(tables, alone, Track::assisted_return, alone.assisted->standing);
    if (is_new && alone.suspect)
      alone.suspect->standing.due = due_items(tables, alone, Track::suspect_return, alone.suspect->standing);
    return alone;
  }
  bool leads_to_somebody(const Person& person) {
    const Indexed* at = find(person.joined_to);
    for (int steps = 0; steps < 16 && at && !hidden(at->person); ++steps) {
      if (at->person.joined_to.empty()) return true;
      at = find(at->person.joined_to);
    }
    return false;
  }
  bool hidden(const Person& p) const { return asylum_open(p) && viewers.contains(p.fact("nationality")); }

  // A reader that may not write leaves the index as it is.
  void save() try {
    std::vector<Entry> entries;
    IndexData fresh = data;
    fresh.tables = tables.digest();
    fresh.covered = end;
    const auto fingerprint = journal->fingerprint(end);
    if (!fingerprint) return;
    fresh.fingerprint = *fingerprint;
    for (std::size_t i = 0; i < fresh.people.size(); ++i) {
      std::vector<Entry> own = entries_of(data.people[i]);
      std::ranges::sort(own, {}, &Entry::id);
      own.erase(
          std::unique(own.begin(), own.end(), [](const Entry& a, const Entry& b) { return a.id == b.id; }),
          own.end());
      fresh.people[i].first = entries.size();
      fresh.people[i].count = own.size();
      entries.insert(entries.end(), own.begin(), own.end());
    }
    write_index(folder / "index", fresh, entries);
  } catch (const Failure& f) {
    if (f.code() == Code::interrupted) throw;
  }

  const Home home;
  const fs::path folder;
  const Tables tables;
  Fd lock;
  std::optional<Journal> journal;
  std::uint64_t end = 0;  // of the journal as read
  IndexData data;
  std::optional<IndexFile> index;
  std::map<std::string, std::vector<Entry>> tail;  // entries beyond the index, by person
  std::set<std::string> viewers;                   // countries of this home's keys
  std::vector<const Person*> shown;
  std::map<std::string, Person> apart;  // see view()
};

Desk::Desk(const Home& home, Access access) : inside_(std::make_unique<Inside>(home, access)) {}
Desk::~Desk() = default;

const Tables& Desk::tables() const { return inside_->tables; }
const std::vector<const Person*>& Desk::people() const { return inside_->shown; }

const Person* Desk::find(std::string_view id) const {
  const Indexed* found = inside_->find(id);
  return found && !inside_->hidden(found->person) ? &inside_->view(found->person) : nullptr;
}
bool Desk::knows_person(std::string_view id) const { return inside_->find(id) != nullptr; }

std::vector<Head> Desk::heads(std::string_view id) const {
  const Indexed* found = inside_->find(id);
  return found ? found->heads : std::vector<Head>();
}

std::vector<SignedEvent> Desk::events(std::string_view id) const {
  return find(id) ? inside_->events_of(*inside_->find(id)) : std::vector<SignedEvent>();
}

std::optional<Endorsement> Desk::endorsement(const Hash& text_hash) const {
  const fs::path file = inside_->folder / "endorsements" / to_hex(text_hash);
  if (!fs::exists(file)) return std::nullopt;
  return Endorsement::parse(to_text(read_file(file, kMaxNote)));
}

std::vector<SignedEvent> Desk::signed_events(std::string_view id) const {
  std::vector<SignedEvent> events = this->events(id);
  std::map<Hash, std::optional<Endorsement>> known;
  for (const SignedEvent& e : events) {
    const auto [at, is_new] = known.try_emplace(e.event.endorsement);
    if (is_new) at->second = endorsement(e.event.endorsement);
    if (at->second && !e.signed_by(*at->second))
      throw Failure(Code::signature, std::string(id) + ": an event is not signed by who it says",
                    "the file of events was changed: put back a copy");
  }
  return events;
}

Folded Desk::checked(std::string_view id) const {
  std::vector<Known> known;
  for (SignedEvent& e : signed_events(id)) known.push_back({std::move(e.id), std::move(e.event)});
  return fold(std::string(id), known, inside_->tables);
}

std::vector<HistoryItem> Desk::history(std::string_view id) const {
  std::vector<HistoryItem> out;
  if (!find(id)) return out;
  std::unordered_map<std::string, SignedEvent> by_id;
  for (SignedEvent& e : signed_events(id)) by_id.emplace(e.id, std::move(e));
  for (Judgement& j : inside_->folded(*inside_->find(id)).judgements) {
    SignedEvent& e = by_id.at(j.id);
    const auto known = endorsement(e.event.endorsement);
    std::string doubt =
        known ? check_chain(inside_->home, *known, e.event.usage, e.event.recorded, now()).problem
              : "the endorsement of its key is not here";
    out.push_back({std::move(e), std::move(j), std::move(doubt)});
  }
  return out;
}

std::vector<SignedEvent> Desk::not_here(std::vector<SignedEvent> events) const {
  std::unordered_map<std::string, std::set<Hash>> here;
  std::erase_if(events, [&](const SignedEvent& e) {
    const auto [known, first] = here.try_emplace(e.event.person);
    if (first)
      if (const Indexed* indexed = inside_->find(e.event.person))
        for (const Entry& entry : inside_->entries_of(*indexed)) known->second.insert(entry.id);
    if (known->second.size() >= kMaxEventsOfPerson)
      throw Failure(Code::limit, e.event.person + ": over 4,096 events", "ask the desks that write them why");
    return !known->second.insert(hash_from(e.id)).second;
  });
  return events;
}

std::size_t Desk::add(std::span<const SignedEvent> events, std::span<const Endorsement> endorsements) {
  Inside& in = *inside_;
  ensure(static_cast<bool>(in.lock), "a desk opened for writing");
  const std::vector<SignedEvent> fresh = not_here({events.begin(), events.end()});
  if (fresh.empty()) return 0;
  for (const Endorsement& e : endorsements) {
    const fs::path file = in.folder / "endorsements" / to_hex(e.text_hash);
    if (!fs::exists(file)) write_file(file, as_view(e.whole), OutputFile::Existing::replace, 0600);
  }
  std::vector<std::string> wholes;
  for (const SignedEvent& e : fresh) wholes.push_back(e.whole);
  const std::vector<Place> places = in.journal->append(in.end, wholes);
  std::set<std::string> touched;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    in.tail[fresh[i].event.person].push_back({hash_from(fresh[i].id), places[i]});
    touched.insert(fresh[i].event.person);
  }
  in.compute(touched);
  if (fresh.size() > kBeyondIndex) in.save();
  in.show();
  return fresh.size();
}

}  // namespace exchange::repatriation
