#include "libexchange/transport/fetch.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/parallel.h"
#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/transport/arriving.h"

namespace exchange {

namespace {

// Where the result will stand; an earlier one of this seal is as good.
fs::path target_in(const fs::path& folder, const Mail& mail, const char* ending) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Failure(Code::unavailable, printable(folder.native()) + ": " + error.message());
  return fs::absolute(folder) / (to_hex(mail.announcement.seal) + ending);
}

void require_trusted(const Mail& mail) {
  if (!mail.chain.trusted)
    throw Failure(mail.chain.code, "mail " + to_hex(mail.announcement.seal) + ": " + mail.chain.problem,
                  "nothing was fetched; see: valise trust list");
}

// A problem that makes the file worthless; a missing approval does not, it may come later.
void require_whole(const Verdict& verdict) {
  for (const VerdictProblem& p : verdict.problems)
    if (p.code != Code::policy)
      throw Failure(p.code, verdict.file + ": " + p.message, "ask the sender to send it again");
}

// A sender that repairs a mail announces it anew: stamps alone are too coarse on some servers.
std::string state_of(const Stored& stored, const Hash& announced) {
  Sha256 digest;
  digest.update(announced);
  for (const auto& [part, stamp] : stored.parts) digest.update(as_view(part.name() + " " + stamp + "\n"));
  return to_hex(digest.finish());
}

bool is_for(const Announcement& a, const std::set<std::string>& addresses) {
  return a.to.empty() ||
         std::ranges::any_of(a.to, [&](const Address& to) { return addresses.contains(to.text()); });
}

constexpr std::uint64_t kFirstRead = 16 << 10;  // holds the header of a bundle with a hundred readers

// The first bytes of a bundle, as far as the mailbox holds them: at least `size`, or nothing.
std::optional<Bytes> beginning(Backend& backend, const Patience& patience, const Stored& stored,
                               const Hash& seal, std::uint64_t size) {
  Bytes bytes;
  for (auto it = stored.parts.begin(); bytes.size() < size;
       it = stored.parts.upper_bound({bytes.size(), kSlice})) {
    if (it != stored.parts.begin()) --it;
    if (it == stored.parts.end() || it->first.offset != bytes.size()) return std::nullopt;
    const std::size_t at = bytes.size();
    bytes.resize(at + std::min(it->first.length, size - at));
    get_patiently(backend, seal_folder(seal) + "/" + it->first.name(), 0, MutableView(bytes).subspan(at),
                  patience);
  }
  return bytes;
}

// Whether the bundle's own header has a stanza for one of these keys. Not verified yet, so only good for
// leaving mail to others out of sight. True while the header is not there.
bool opens_here(Backend& backend, const Patience& patience, const Stored& stored, const Announcement& a,
                std::span<const AgeIdentity* const> identities) {
  auto bytes = beginning(backend, patience, stored, a.seal, std::min(kFirstRead, a.sealed));
  if (!bytes) return true;
  const Preamble preamble = Preamble::parse(View(*bytes).first(std::min(bytes->size(), kPreambleSize)));
  const std::uint64_t end = kPreambleSize + preamble.header_len;
  if (end > a.sealed) throw Failure(Code::malformed, "preamble: a header longer than the bundle");
  if (bytes->size() < end) bytes = beginning(backend, patience, stored, a.seal, end);
  if (!bytes) return true;
  const Header header = decode_header(View(*bytes).subspan(kPreambleSize, preamble.header_len));
  return header.age_files.empty() || age_decrypt(identities, header.age_files.front()).has_value();
}

}  // namespace

std::vector<Mail> look_into(const Session& session, Whose whose,
                            std::span<const AgeIdentity* const> identities,
                            const std::set<std::string>& own_addresses, std::size_t* unreadable) {
  const auto backend = session.connect();
  Mailbox mailbox(*backend, session.patience);
  std::vector<Mail> mail;
  for (const Hash& seal : mailbox.seals()) {
    try {
      auto opened = mailbox.announcement(seal, identities);
      if (!opened) continue;
      Mail m{std::move(opened->announcement), std::move(opened->endorsement), {}, 0, 0, {}};
      const bool own = own_addresses.contains(m.announcement.sender.name);
      if (own != (whose == Whose::own)) continue;
      const Stored stored = mailbox.stored(seal);
      if (!own && (!is_for(m.announcement, own_addresses) ||
                   !opens_here(*backend, session.patience, stored, m.announcement, identities)))
        continue;
      m.chain = check_chain(*session.home, m.endorsement, "seal", m.announcement.time, now());
      for (const Block& block : blocks_of(m.announcement.sealed, m.announcement.length)) {
        ++m.blocks;
        m.blocks_here += cover(stored, block).has_value();
      }
      m.state = state_of(stored, opened->stored);
      mail.push_back(std::move(m));
    } catch (const Failure& f) {
      if (f.code() == Code::unavailable || f.code() == Code::interrupted) throw;
      if (unreadable) ++*unreadable;
    }
  }
  std::ranges::stable_sort(mail, {}, [](const Mail& m) { return m.announcement.time; });
  return mail;
}

FetchResult fetch_bundle(const Session& session, const Mail& mail, const fs::path& folder) {
  require_trusted(mail);
  FetchResult result{target_in(folder, mail, ".valise"), mail.announcement.length};
  if (fs::exists(fs::symlink_status(result.file))) {
    result.was_there = true;
    return result;
  }
  const auto control = session.connect();
  Arriving arriving(session, mail, *control);
  Meter meter(session, mail.announcement.length);
  std::atomic<std::size_t> next = 0, missing = 0;
  std::atomic<std::uint64_t> fetched = 0;
  std::atomic<bool> stop = false;
  const auto& blocks = arriving.blocks();
  run_parallel(std::min<unsigned>(session.connections, static_cast<unsigned>(blocks.size())), stop,
               [&](unsigned i) {
                 const auto backend = session.connect(meter.moving(i));
                 Bytes buffer;
                 for (std::size_t b = next++; b < blocks.size() && !stop; b = next++) {
                   if (arriving.bring(blocks[b], *backend, buffer, fetched))
                     meter.done(blocks[b].length);
                   else
                     ++missing;
                 }
               });
  result.fetched_bytes = fetched;
  if (missing > 0)
    throw Failure(Code::unavailable,
                  fmt::format("mail {}: {} of {} parts are not in the mailbox yet",
                              to_hex(mail.announcement.seal), missing.load(), blocks.size()),
                  "try again later; what has arrived is kept");
  try {
    VerifyOptions options;
    options.depth = VerifyOptions::Depth::seal_only;
    options.threads = 2;
    require_whole(VerifiedBundle::verify(arriving.path(), *session.home, {}, options).verdict());
  } catch (const Failure& f) {
    if (f.code() != Code::interrupted && f.code() != Code::unavailable) arriving.discard();
    throw;
  }
  arriving.keep_as(result.file);
  return result;
}

FetchResult fetch_some(const Session& session, const Mail& mail, const fs::path& folder,
                       const KeysAtHand& keys, const std::function<void(VerifiedBundle&)>& use) {
  require_trusted(mail);
  FetchResult result{target_in(folder, mail, ".partial.valise"), mail.announcement.length};
  const auto backend = session.connect();
  Arriving arriving(session, mail, *backend);
  std::atomic<std::uint64_t> fetched = 0;
  std::mutex mutex;  // one connection
  std::set<std::uint64_t> here;
  Bytes buffer;
  Source source = Source::open(arriving.path());
  source.supply_with([&](std::uint64_t offset, std::uint64_t length) {
    const std::lock_guard lock(mutex);
    for (const Block& block : arriving.blocks()) {
      if (block.offset >= offset + length || block.offset + block.length <= offset ||
          here.contains(block.offset))
        continue;
      if (!arriving.bring(block, *backend, buffer, fetched))
        throw Failure(Code::unavailable,
                      "mail " + to_hex(mail.announcement.seal) + ": what is wanted is not in the mailbox yet",
                      "try again later; what has arrived is kept");
      here.insert(block.offset);
    }
  });
  VerifyOptions options;
  options.depth = VerifyOptions::Depth::on_demand;
  VerifiedBundle bundle = VerifiedBundle::verify(std::move(source), *session.home, keys, options);
  require_whole(bundle.verdict());
  use(bundle);
  result.fetched_bytes = fetched;
  if (fs::exists(fs::symlink_status(result.file))) fs::remove(result.file);
  arriving.keep_as(result.file);
  return result;
}

}  // namespace exchange
