#include "libexchange/custody/log.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::uint64_t kMostList = 128u << 20;

std::uint64_t file_size(const Fd& fd, const std::string& name) {
  struct stat s {};
  if (::fstat(fd.get(), &s) != 0) fail_errno(name, errno);
  return static_cast<std::uint64_t>(s.st_size);
}

}  // namespace

CustodyLog::CustodyLog(fs::path folder) : folder_(std::move(folder)) { load(); }

fs::path CustodyLog::folder_of(const Home& home) {
  return home.folder() / home.setting("custody").value_or("custody");
}

std::string CustodyLog::name(const char* file) const { return printable((folder_ / file).native()); }

void CustodyLog::load() {
  const fs::path file = folder_ / "checkpoint";
  checkpoint_.reset();
  index_.reset();
  size_ = 0;
  if (!fs::exists(fs::symlink_status(file))) {
    std::error_code none;
    if (fs::file_size(folder_ / "entries", none) > 0 && !none)
      throw Failure(Code::integrity, name("checkpoint") + ": is not there, and the log has events",
                    "restore it from a backup, and record what happened");
    return;
  }
  checkpoint_ = Checkpoint::parse(as_text(read_file(file, kMaxNote)));
  entries_ = open_file(folder_ / "entries", O_RDONLY);
  ends_ = open_file(folder_ / "ends", O_RDONLY);
  hashes_ = open_file(folder_ / "hashes", O_RDONLY);
  const std::uint64_t size = checkpoint_->size;
  const auto lost = [&](const char* what) {
    throw Failure(Code::integrity, name(what) + ": is shorter than its checkpoint says",
                  "bytes of the custody log were lost: restore it from a backup, and record what happened");
  };
  if (size > (std::uint64_t{1} << 48) || file_size(ends_, name("ends")) / 16 < size) lost("ends");
  if (file_size(hashes_, name("hashes")) / 32 < stored_count(size)) lost("hashes");
  size_ = size;
  if (size > 0 && file_size(entries_, name("entries")) < ends(size - 1).second) lost("entries");
  if (root(size) != checkpoint_->root)
    throw Failure(Code::integrity, name("hashes") + ": the tree is not the one of the checkpoint",
                  "the custody log was changed: restore it from a backup, and record what happened");
}

std::pair<std::uint64_t, std::uint64_t> CustodyLog::ends(std::uint64_t index) const {
  std::array<std::uint8_t, 16> raw{};
  read_exact_at(ends_.get(), raw, index * 16, name("ends"));
  return {load_le<std::uint64_t>(View(raw).first(8)), load_le<std::uint64_t>(View(raw).subspan(8))};
}

LoggedEvent CustodyLog::at(std::uint64_t index, bool with_list) const {
  ensure(index < size_, "an event beyond the custody log");
  const std::string what = name("entries") + ": event " + std::to_string(index);
  const std::uint64_t begin = index == 0 ? 0 : ends(index - 1).second;
  const auto [middle, end] = ends(index);
  if (middle <= begin || middle - begin > kMaxNote || end < middle || end - middle > kMostList)
    throw Failure(Code::integrity, what + ": has impossible bounds", "see: valise custody check");
  LoggedEvent out;
  out.index = index;
  out.note.resize(middle - begin);
  const auto bytes = [](std::string& s) {
    return MutableView(reinterpret_cast<std::uint8_t*>(s.data()), s.size());
  };
  read_exact_at(entries_.get(), bytes(out.note), begin, what);
  std::string list(with_list ? end - middle : 0, '\0');
  read_exact_at(entries_.get(), bytes(list), middle, what);
  try {
    const Note note = Note::parse(out.note, "event");
    out.event =
        CustodyEvent::parse(note.text, with_list ? std::optional<std::string_view>(list) : std::nullopt);
    out.id = event_id(note.text);
  } catch (const Failure& f) {
    throw Failure(Code::integrity, what + ": " + f.what(), "see: valise custody check");
  }
  if ((out.event.list_size == 0) != (end == middle))
    throw Failure(Code::integrity, what + ": has a list of exhibits where there should be none, or none",
                  "see: valise custody check");
  return out;
}

std::vector<LoggedEvent> CustodyLog::history(const ExhibitId& exhibit) const {
  std::vector<LoggedEvent> chain;
  auto previous = index().last(exhibit);
  while (previous) {
    if (previous->index >= size_ || (!chain.empty() && previous->index >= chain.back().index))
      throw Failure(Code::integrity, printable(exhibit.exhibit) + ": its chain does not go back in time",
                    "see: valise custody check");
    LoggedEvent e = at(previous->index);
    const auto link = std::ranges::find(e.event.exhibits, exhibit.exhibit, &ExhibitLink::exhibit);
    if (e.id != previous->id || e.event.the_case != exhibit.the_case || link == e.event.exhibits.end())
      throw Failure(Code::integrity,
                    printable(exhibit.exhibit) + ": event " + std::to_string(e.index) +
                        " is not the one that the chain names",
                    "see: valise custody check");
    previous = link->previous;
    chain.push_back(std::move(e));
  }
  std::ranges::reverse(chain);
  return chain;
}

const CustodyIndex& CustodyLog::index() const {
  if (index_) return *index_;
  const fs::path file = folder_ / "index.db";
  try {
    if (fs::exists(file)) {
      CustodyIndex found(CustodyIndex::Mode::read, file);
      if (found.covered() == size_) return index_.emplace(std::move(found));
    }
  } catch (const Failure& f) {
    if (f.code() != Code::unavailable) throw;
  }
  CustodyIndex made(CustodyIndex::Mode::memory, {});
  fill(made);
  return index_.emplace(std::move(made));
}

void CustodyLog::fill(CustodyIndex& index) const {
  for (std::uint64_t i = index.covered(); i < size_; ++i) {
    check_interrupted();
    const LoggedEvent e = at(i);
    index.add(e.id, e.event);
  }
}

Hash CustodyLog::stored_hash(std::uint64_t position) const {
  Hash hash{};
  read_exact_at(hashes_.get(), hash, position * hash.size(), name("hashes"));
  return hash;
}

StoredTree CustodyLog::tree() const {
  return StoredTree([this](std::uint64_t position) { return stored_hash(position); });
}

Hash CustodyLog::root(std::uint64_t size) const { return tree().root(size); }
std::vector<Hash> CustodyLog::inclusion_proof(std::uint64_t index) const {
  return tree().inclusion_proof(index, size_);
}
std::vector<Hash> CustodyLog::consistency_proof(std::uint64_t old_size) const {
  return tree().consistency_proof(old_size, size_);
}

Endorsement CustodyLog::endorsement(const Hash& text_hash) const {
  const fs::path file = folder_ / "endorsements" / to_hex(text_hash);
  if (!fs::exists(fs::symlink_status(file)))
    throw Failure(Code::integrity, printable(file.native()) + ": is not there",
                  "restore it: without it nobody can tell who signed");
  Endorsement e = Endorsement::parse(as_text(read_file(file, kMaxNote)));
  if (e.text_hash != text_hash)
    throw Failure(Code::integrity, printable(file.native()) + ": holds another endorsement",
                  "restore it: without it nobody can tell who signed");
  return e;
}

std::vector<Endorsement> CustodyLog::signers_of(const Checkpoint& c) const {
  std::vector<Endorsement> found;
  std::error_code error;
  for (fs::directory_iterator it(folder_ / "endorsements", error), end; !error && it != end;
       it.increment(error)) {
    const auto hash = hash_from_hex(it->path().filename().native());
    if (!hash) continue;
    Endorsement e = endorsement(*hash);
    if (e.officer.agency == c.agency() && verify_note(c.note, e.signing)) found.push_back(std::move(e));
  }
  if (!found.empty()) return found;
  throw Failure(Code::signature, printable(c.origin) + ": the checkpoint is signed by no key of this log",
                "it was changed or comes from another log");
}

}  // namespace exchange
