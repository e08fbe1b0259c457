#include "libexchange/transport/arriving.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr int kTries = 2;  // a block that is wrong once may have been changed on the way

void write_at(int fd, View bytes, std::uint64_t offset, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) {
      check_interrupted();
      continue;
    }
    if (n < 0) fail_errno(printable(path.native()), errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

Failure damaged(const Announcement& a, const std::string& what) {
  return {Code::integrity, fmt::format("mail {}: {} was changed in the mailbox", to_hex(a.seal), what),
          "ask the sender to run valise send again: it sends what is damaged"};
}

}  // namespace

Arriving::Arriving(const Session& session, const Mail& mail, Backend& backend)
    : session_(session), announcement_(mail.announcement) {
  const fs::path folder = remote_folder(session.home->folder(), session.remote) / "in";
  std::error_code error;
  fs::create_directories(folder, error);
  path_ = folder / (to_hex(announcement_.seal) + ".partial");
  file_ = open_file(path_, O_RDWR | O_CREAT);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) fail_errno(printable(path_.native()), errno);
  resumed_ = static_cast<std::uint64_t>(status.st_size) == announcement_.length;
  if (!resumed_ && (::ftruncate(file_.get(), 0) != 0 ||
                    ::ftruncate(file_.get(), static_cast<off_t>(announcement_.length)) != 0))
    fail_errno(printable(path_.native()), errno);
  stored_ = Mailbox(backend, session.patience).stored(announcement_.seal);
  blocks_ = blocks_of(announcement_.sealed, announcement_.length);
  fetch_tail(backend);
  check_seal(*session.home);
}

// The tail, of which the announcement has the digest, and the 64 bytes that read_envelope() wants of the
// beginning.
void Arriving::fetch_tail(Backend& backend) {
  const auto missing = [&] {
    return Failure(Code::unavailable,
                   "mail " + to_hex(announcement_.seal) + ": is still on its way into the mailbox",
                   "try again later; what has arrived is kept");
  };
  Bytes bytes;
  for (int attempt = 1;; ++attempt) {
    Sha256 digest;
    for (const Block& block : blocks_) {
      if (block.offset < announcement_.sealed) continue;
      bytes.resize(block.length);
      if (!get_block(block, backend, bytes)) throw missing();
      digest.update(bytes);
      write_at(file_.get(), bytes, block.offset, path_);
    }
    if (digest.finish() == announcement_.tail) break;
    if (attempt == kTries) throw damaged(announcement_, "the end of the file");
  }
  const auto first = cover(stored_, blocks_.front());
  if (!first) throw missing();
  bytes.resize(std::min<std::uint64_t>(kPreambleSize, first->front().length));
  get_patiently(backend, seal_folder(announcement_.seal) + "/" + first->front().name(), 0, bytes,
                session_.patience);
  write_at(file_.get(), bytes, 0, path_);
}

void Arriving::check_seal(const Home& home) {
  Envelope envelope = read_envelope(Source::open(path_));
  if (seal_id(envelope.note.text) != announcement_.seal || envelope.footer.sealed_len != announcement_.sealed)
    throw damaged(announcement_, "the seal");
  std::vector<VerdictProblem> problems;
  check_signer(envelope, home, now(), problems);
  check_slice_table(envelope, problems);
  std::ranges::stable_sort(problems, {}, &VerdictProblem::step);
  if (!problems.empty())
    throw Failure(problems.front().code,
                  "mail " + to_hex(announcement_.seal) + ": " + problems.front().message,
                  "do not use it; ask the sender");
  digests_ = std::move(envelope.digests);
}

bool Arriving::good(const Block& block, View bytes) const {
  return block.offset >= announcement_.sealed || sha256(bytes) == digests_[block.offset / kSlice];
}

bool Arriving::get_block(const Block& block, Backend& backend, MutableView out) const {
  const auto parts = cover(stored_, block);
  if (!parts) return false;
  for (const Part& part : *parts)
    get_patiently(backend, seal_folder(announcement_.seal) + "/" + part.name(), 0,
                  out.subspan(part.offset - block.offset, part.length), session_.patience);
  return true;
}

bool Arriving::bring(const Block& block, Backend& backend, Bytes& buffer,
                     std::atomic<std::uint64_t>& fetched) const {
  if (block.offset >= announcement_.sealed) return true;
  buffer.resize(block.length);
  if (resumed_) {
    read_exact_at(file_.get(), buffer, block.offset, printable(path_.native()));
    if (good(block, buffer)) return true;
  }
  for (int attempt = 0; attempt < kTries; ++attempt) {
    if (!get_block(block, backend, buffer)) return false;
    fetched += block.length;
    if (!good(block, buffer)) continue;
    write_at(file_.get(), buffer, block.offset, path_);
    return true;
  }
  throw damaged(announcement_, fmt::format("slice {}", block.offset / kSlice));
}

void Arriving::discard() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void Arriving::keep_as(const fs::path& target) {
  if (::fsync(file_.get()) != 0) fail_errno(printable(path_.native()), errno);
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) {
    const Fd folder = open_file(target.parent_path(), O_RDONLY | O_DIRECTORY);
    ::fsync(folder.get());
    return;
  }
  if (errno != EXDEV && errno != EINVAL && errno != ENOSYS) fail_errno(printable(target.native()), errno);
  OutputFile out(target, OutputFile::Existing::refuse, 0600);
  Bytes piece;
  for (std::uint64_t at = 0; at < announcement_.length; at += piece.size()) {
    check_interrupted();
    piece.resize(std::min<std::uint64_t>(announcement_.length - at, 1 << 20));
    read_exact_at(file_.get(), piece, at, printable(path_.native()));
    out.write(piece);
  }
  out.commit();
  discard();
}

}  // namespace exchange
