#include "libexchange/transport/send.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/parallel.h"
#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr int kRounds = 3;  // listings after which something is still missing

// How large a part this line carries. It begins small, so that little is lost on a bad line, and doubles with
// each part that gets through up to what is thought possible: less where the line is cut before a few parts
// got through, more again after many.
class PartSize {
 public:
  explicit PartSize(std::uint64_t possible) : possible_(possible), size_(std::min(kFirst, possible)) {}
  std::uint64_t get() const { return size_; }
  std::uint64_t possible() const { return possible_; }
  // `through`: parts of this connection since its last cut.
  void cut(std::uint64_t used, unsigned through) {
    if (through < kEnough && used <= size_)
      possible_ = size_ = std::max(kSmallestPart, used / (through == 0 ? 4 : 2));
  }
  void got_through(std::uint64_t used, unsigned through) {
    if (used != size_) return;
    if (through % kMany == 0) possible_ = std::max<std::uint64_t>(possible_, std::min(kSlice, used * 2));
    size_ = std::min<std::uint64_t>(possible_, used * 2);
  }

 private:
  static constexpr unsigned kEnough = 8, kMany = 64;
  static constexpr std::uint64_t kFirst = 1 << 20;
  std::atomic<std::uint64_t> possible_, size_;
};

Hash hash_of(const Source& source, std::uint64_t from, std::uint64_t to) {
  Sha256 digest;
  for (Bytes piece; from < to; from += piece.size()) {
    piece = source.read(from, std::min<std::uint64_t>(to - from, 256 << 10));
    digest.update(piece);
  }
  return digest.finish();
}

class Sending {
 public:
  Sending(const Session& session, const SendJob& job)
      : session_(session),
        job_(job),
        source_(Source::open(job.file)),
        envelope_(read_envelope(source_)),
        part_size_(remembered_part_size(session.home->folder(), session.remote)),
        meter_(session, source_.size()),
        control_(session.connect(meter_.moving(0))),
        mailbox_(*control_, session.patience) {
    check_file();
    announcement_.seal = result_.seal = seal_id(envelope_.note.text);
    announcement_.length = result_.bytes = source_.size();
    announcement_.sealed = envelope_.footer.sealed_len;
    announcement_.tail = hash_of(source_, announcement_.sealed, announcement_.length);
    announcement_.to = job.to;
    announcement_.sender = job.sender->verifier();
    announcement_.endorsement = job.endorsement.text_hash;
    announcement_.time = now();
    blocks_ = blocks_of(announcement_.sealed, announcement_.length);
    // The end first: it is small, and tells what the rest must be.
    std::ranges::rotate(blocks_, blocks_.end() - 1);
    acknowledged_.emplace(session.home->folder(), session.remote, announcement_.seal);
  }

  SendResult run() {
    stored_ = mailbox_.stored(announcement_.seal);
    announce();
    const bool again = missing() == 0;  // all is there: look at each part
    for (int round = 0; round == 0 || missing() > 0; ++round) {
      if (round == kRounds)
        throw Failure(Code::unavailable,
                      "remote " + session_.remote.name + ": parts that it took are not there",
                      "ask its operator; see: valise remote check " + session_.remote.name);
      next_ = 0;
      run_parallel(std::min<unsigned>(session_.connections, static_cast<unsigned>(blocks_.size())), stop_,
                   [&](unsigned i) { work(i, again); });
      stored_ = mailbox_.stored(announcement_.seal);
      acknowledged_->settle(stored_);
    }
    if (repaired_ > 0) put_announcement();  // who has refused it may look again
    remember_part_size(session_.home->folder(), session_.remote, part_size_.possible());
    result_.parts = stored_.parts.size();
    result_.sent_parts = sent_parts_;
    result_.sent_bytes = sent_bytes_;
    result_.repaired = repaired_;
    return result_;
  }

 private:
  void check_file() const {
    std::vector<VerdictProblem> problems;
    check_slice_table(envelope_, problems);
    if (!verify_note(envelope_.note, envelope_.seal.signer))
      problems.push_back({4, Code::signature, "seal", "the signature is not good"});
    if (!problems.empty())
      throw Failure(problems.front().code, source_.name() + ": " + problems.front().message,
                    "this file is damaged: nothing was sent");
  }

  // Our announcement is there, or is put there. Another's is not touched.
  void announce() {
    if (!stored_.announced || !announced_already()) put_announcement();
  }

  void put_announcement() {
    std::vector<AgeRecipient> readers = job_.readers;
    readers.push_back(job_.sender->receiving->recipient());
    mailbox_.put_announcement(announcement_.seal,
                              seal_announcement(announcement_, *job_.sender, job_.endorsement, readers));
  }

  bool announced_already() {
    const AgeIdentity* own[] = {&*job_.sender->receiving};
    const std::string other = "remote " + session_.remote.name + ": under the seal " +
                              to_hex(announcement_.seal) + " stands other mail than this file";
    std::optional<SignedAnnouncement> there;
    try {
      there = mailbox_.announcement(announcement_.seal, own);
    } catch (const Failure& f) {
      if (f.code() == Code::unavailable || f.code() == Code::interrupted || f.code() == Code::truncated)
        throw;
      return false;  // half written or damaged: it says nothing, and ours replaces it
    }
    if (there) {
      const Announcement& a = there->announcement;
      if (a.sender == announcement_.sender && a.length == announcement_.length &&
          a.sealed == announcement_.sealed && a.tail == announcement_.tail)
        return true;
    }
    throw Failure(Code::integrity, other, "find out who put it there; nothing was sent or replaced");
  }

  std::size_t missing() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(blocks_, [&](const Block& b) { return !gaps(stored_, b).empty(); }));
  }

  void work(unsigned connection, bool again) {
    // The end goes alone: it tells whether the line carries anything.
    if (connection > 0) opened_.wait(false);
    struct Opening {
      std::atomic<bool>& flag;
      ~Opening() {
        flag = true;
        flag.notify_all();
      }
    } opening{opened_};
    const auto another = connection > 0 ? session_.connect(meter_.moving(connection)) : nullptr;
    Backend& backend = another ? *another : *control_;
    unsigned through = 0;
    for (std::size_t i = next_++; i < blocks_.size() && !stop_; i = next_++) {
      const Block& block = blocks_[i];
      Body body(source_, block.offset, block.length, digest_of(block));
      const Stored here = checked(backend, block, body, again);
      for (const Block& gap : gaps(here, block)) send_gap(backend, block, body, gap, through);
    }
  }

  // Of a slice; what follows the slices was checked when the file was opened.
  std::optional<Hash> digest_of(const Block& block) const {
    if (block.offset >= announcement_.sealed) return std::nullopt;
    return envelope_.digests[block.offset / kSlice];
  }

  // What of this block is stored well. What is damaged goes from the server.
  Stored checked(Backend& backend, const Block& block, Body& body, bool again) {
    Stored good;
    const std::uint64_t end = block.offset + block.length;
    for (auto it = stored_.parts.lower_bound({block.offset, 0});
         it != stored_.parts.end() && it->first.offset < end; ++it) {
      const Part& part = it->first;
      if (part.end() > end) continue;
      const auto own = [&] { return body.in_memory().subspan(part.offset - block.offset, part.length); };
      const std::string name = seal_folder(announcement_.seal) + "/" + part.name();
      const bool trusted = !again && acknowledged_->knows(part, it->second);
      if (trusted || stored_is(backend, name, own(), session_.patience, again)) {
        good.parts.insert(*it);
        if (!trusted) acknowledged_->add(part);
        meter_.done(part.length);
      } else {
        with_patience(session_.patience, [&] { backend.remove(name); });
        ++repaired_;
      }
    }
    return good;
  }

  void send_gap(Backend& backend, const Block& block, Body& body, const Block& gap, unsigned& through) {
    Waiting waiting(session_.patience);
    const std::uint64_t end = gap.offset + gap.length;
    for (std::uint64_t at = gap.offset; at < end && !stop_;) {
      const std::uint64_t size = part_size_.get();
      const Part part{at, std::min(size - (at - block.offset) % size, end - at)};
      try {
        if (part.length == block.length) {
          put(backend, part, body);
        } else {
          Body fraction(body.in_memory().subspan(at - block.offset, part.length));
          put(backend, part, fraction);
        }
        waiting.got_through();
        part_size_.got_through(size, ++through);
        at = part.end();
        opened_ = true;
        opened_.notify_all();
      } catch (LineCut& cut) {
        if (!cut.busy) {
          part_size_.cut(size, through);
          through = 0;
        }
        cut.passed = 0;  // a part that is not whole is nothing
        waiting.wait(cut);
      }
    }
  }

  void put(Backend& backend, const Part& part, Body& body) {
    const std::string name = seal_folder(announcement_.seal) + "/" + part.name();
    backend.put(name, body);
    if (backend.must_read_back() && !stored_is(backend, name, body.in_memory(), session_.patience)) {
      with_patience(session_.patience, [&] { backend.remove(name); });
      throw LineCut{"remote " + session_.remote.name + ": " + part.name() + " was changed on the way", 0,
                    std::nullopt, true};
    }
    acknowledged_->add(part);
    ++sent_parts_;
    sent_bytes_ += part.length;
    meter_.done(part.length);
  }

  const Session& session_;
  const SendJob& job_;
  Source source_;
  Envelope envelope_;
  PartSize part_size_;
  Meter meter_;
  std::unique_ptr<Backend> control_;
  Mailbox mailbox_;
  Announcement announcement_;
  std::vector<Block> blocks_;
  std::optional<Acknowledged> acknowledged_;
  Stored stored_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false, opened_ = false;
  std::atomic<std::uint64_t> sent_parts_ = 0, sent_bytes_ = 0, repaired_ = 0;
  SendResult result_;
};

}  // namespace

SendResult send_bundle(const Session& session, const SendJob& job) { return Sending(session, job).run(); }

}  // namespace exchange
