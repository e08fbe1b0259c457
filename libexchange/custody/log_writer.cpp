#include "libexchange/custody/log_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "libexchange/base/text.h"
#include "libexchange/trust/roles.h"

namespace exchange {

namespace {

constexpr mode_t kMode = 0660;  // less the umask: analysts of one group may share a log

void make_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::create_directories(folder, error)) {
    if (error) throw Failure(Code::unavailable, printable(folder.native()) + ": " + error.message());
    return;
  }
  const Fd parent =
      open_file(folder.parent_path().empty() ? "." : folder.parent_path(), O_RDONLY | O_DIRECTORY);
  ::fsync(parent.get());
}

void write_at(const Fd& fd, View bytes, std::uint64_t offset, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(name, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

bool shrink(const Fd& fd, std::uint64_t size) noexcept {
  struct stat s {};
  if (::fstat(fd.get(), &s) != 0 || static_cast<std::uint64_t>(s.st_size) == size) return true;
  return ::ftruncate(fd.get(), static_cast<off_t>(size)) == 0;
}

}  // namespace

void require_own_log(const Home& home, const Signer& signer, const CustodyLog& log) {
  require_usage(home, signer.endorsement, Act::record, now());
  if (!log.checkpoint()) return;
  const std::string& agency = signer.endorsement.officer.agency;
  const std::string shown = printable(log.folder().native());
  if (log.checkpoint()->agency() != agency)
    throw Failure(
        Code::trust,
        shown + ": is the custody log of " + log.checkpoint()->agency() + ", and the key is of " + agency,
        "act with a key of that agency, or name another folder in config.toml");
  // What a stranger signed must not get a good signature through the next append.
  const auto root = home.agency(agency);
  for (const Endorsement& e : log.signers_of(*log.checkpoint()))
    if (root && root->accepts(Note::parse(e.whole, "endorsement")) && e.usages.contains("custody")) return;
  throw Failure(Code::signature, shown + ": its checkpoint is not signed by an officer of " + agency,
                "see: valise custody check");
}

LogWriter::LogWriter(const Home& home, const Signer& signer) : CustodyLog(folder_of(home)), signer_(&signer) {
  require_usage(home, signer.endorsement, Act::record, now());  // before a folder is made
  make_folder(folder_);
  take_lock();
  load();  // as of now that nobody else appends
  require_own_log(home, signer, *this);
  committed_ = size_;
  open_for_append();
}

LogWriter::~LogWriter() {
  index_.reset();  // undoes what was not committed
  drop_unfinished();
}

void LogWriter::take_lock() {
  lock_ = open_file(folder_ / "lock", O_RDWR | O_CREAT, kMode);
  while (::flock(lock_.get(), LOCK_EX) != 0) {
    if (errno != EINTR) fail_errno(name("lock"), errno);
    check_interrupted();
  }
}

void LogWriter::open_for_append() {
  end_ = size_ == 0 ? 0 : ends(size_ - 1).second;
  entries_ = open_file(folder_ / "entries", O_RDWR | O_CREAT, kMode);
  ends_ = open_file(folder_ / "ends", O_RDWR | O_CREAT, kMode);
  hashes_ = open_file(folder_ / "hashes", O_RDWR | O_CREAT, kMode);
  // A log begins with a checkpoint of nothing, when its files are there: one that has events and no
  // checkpoint has lost it, and is left as it is.
  if (!checkpoint_) put_head();
  drop_unfinished();
  drop_temporary();
  const fs::path file = folder_ / "index.db";
  for (bool again = true;; again = false) {
    try {
      CustodyIndex index(CustodyIndex::Mode::write, file);
      if (index.covered() > size_) index.clear();
      fill(index);
      index.commit();
      index_.emplace(std::move(index));
      return;
    } catch (const Failure& f) {
      if (f.code() != Code::unavailable || !again) throw;
      for (const char* ending : {"", "-journal", "-wal", "-shm"}) ::unlink((file.native() + ending).c_str());
    }
  }
}

// What a writer that was killed had not given a name yet. Only who holds the lock makes files here.
void LogWriter::drop_temporary() const {
  for (const fs::path& folder : {folder_, folder_ / "endorsements"}) {
    std::error_code error;
    std::vector<fs::path> left;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      if (it->path().filename().native().starts_with('.')) left.push_back(it->path());
    for (const fs::path& file : left) ::unlink(file.c_str());
  }
}

void LogWriter::drop_unfinished() noexcept {
  if (!entries_ || !ends_ || !hashes_) return;
  // A failure leaves bytes that nobody reads. What is right is not touched.
  shrink(entries_, end_);
  shrink(ends_, committed_ * 16);
  shrink(hashes_, stored_count(committed_) * 32);
}

void LogWriter::keep_endorsement() {
  const Endorsement& e = signer_->endorsement;
  const fs::path file = folder_ / "endorsements" / to_hex(e.text_hash);
  if (fs::exists(fs::symlink_status(file))) return;
  make_folder(file.parent_path());
  write_file(file, as_view(e.whole), OutputFile::Existing::replace, kMode);
}

LoggedEvent LogWriter::add(CustodyEvent e) {
  e.recorded = now();
  e.signer = signer_->verifier();
  e.endorsement = signer_->endorsement.text_hash;
  std::ranges::sort(e.exhibits, {}, &ExhibitLink::exhibit);
  for (ExhibitLink& x : e.exhibits) x.previous = index_->last({e.the_case, x.exhibit});
  e.list_size = e.exhibits.size() > CustodyEvent::kInline ? e.exhibits.size() : 0;
  e.require_complete();
  const std::string text = e.text();
  const std::string list = e.list();
  CustodyEvent::parse(text, list);  // what cannot be read again is never signed
  LoggedEvent logged{size_, event_id(text), std::move(e), signer_->sign(text).whole()};

  const std::uint64_t begin = size_ == 0 ? 0 : ends(size_ - 1).second;
  const std::uint64_t middle = begin + logged.note.size(), end = middle + list.size();
  Bytes pair(16);
  store_le(MutableView(pair).first(8), middle);
  store_le(MutableView(pair).subspan(8), end);
  Bytes hashes;
  for (const Hash& h : tree().hashes_for(size_, merkle_leaf(as_view(logged.note)))) append(hashes, h);
  write_at(entries_, as_view(logged.note + list), begin, name("entries"));
  write_at(ends_, pair, size_ * 16, name("ends"));
  write_at(hashes_, hashes, stored_count(size_) * 32, name("hashes"));
  index_->add(logged.id, logged.event);
  ++size_;
  return logged;
}

// The checkpoint of what is there becomes the log's: the commit.
void LogWriter::put_head() {
  Checkpoint next;
  next.origin = checkpoint_ ? checkpoint_->origin : signer_->endorsement.officer.text() + "/custody";
  next.size = size_;
  next.root = root(size_);
  next.note = signer_->sign(next.text());
  keep_endorsement();
  write_file(folder_ / "checkpoint", as_view(next.note.whole()), OutputFile::Existing::replace, kMode);
  committed_ = size_;
  checkpoint_ = std::move(next);
}

const Checkpoint& LogWriter::commit() {
  if (size_ == committed_) return *checkpoint_;
  for (const auto& [fd, file] : {std::pair(&entries_, "entries"), {&ends_, "ends"}, {&hashes_, "hashes"}})
    if (::fdatasync(fd->get()) != 0) fail_errno(name(file), errno);
  end_ = ends(size_ - 1).second;
  put_head();
  try {
    index_->commit();
  } catch (const Failure&) {  // the events are in the log; the index is made up for by the next writer
  }
  return *checkpoint_;
}

}  // namespace exchange
