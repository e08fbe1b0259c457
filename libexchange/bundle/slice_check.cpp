#include "libexchange/bundle/slice_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/mapped.h"
#include "libexchange/base/pipeline.h"
#include "libexchange/bundle/slices.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr unsigned kMostThreads = 6;  // each looks at a slice of 8 MiB

struct Run {
  std::uint64_t begin, end;
};

// Where, as the file claims, bytes lie that are no frame's body. This only says which bytes to keep: a false
// claim makes the walk fail, over bytes that were hashed.
class BetweenBodies {
 public:
  BetweenBodies(const Source& source, const Envelope& e)
      : source_(source), end_(e.footer.sealed_len), next_(e.preamble.first_frame()) {}

  // The runs of [from, to), in order. Ask for one range after the other.
  std::vector<Run> within(std::uint64_t from, std::uint64_t to) {
    std::vector<Run> runs;
    for (;;) {
      if (std::max(run_.begin, from) < std::min(run_.end, to))
        runs.push_back({std::max(run_.begin, from), std::min(run_.end, to)});
      if (run_.end >= to || !find_next()) return runs;
    }
  }

 private:
  // One more frame: the run goes from the end of the last body to the beginning of its own. The last run,
  // where no frame can begin or none does, goes to the end.
  bool find_next() {
    if (run_.end == end_) return false;
    run_ = {std::min(body_end_, end_), end_};
    if (next_ >= end_ || end_ - next_ < kFramePrefix) return true;
    try {
      const Frame frame = Frame::parse(prefix(), {});
      run_.end = next_ + kFramePrefix;
      body_end_ = run_.end + frame.body_len;
      next_ = body_end_ + frame.padding();
    } catch (const Failure& f) {
      if (f.code() == Code::unavailable) throw;
    }
    return true;
  }

  View prefix() {
    if (next_ < window_at_ || next_ + kFramePrefix > window_at_ + window_.size()) {
      window_at_ = next_;
      window_ = source_.read(next_, std::min<std::uint64_t>(kWindow, end_ - next_));
    }
    return View(window_).subspan(next_ - window_at_, kFramePrefix);
  }

  static constexpr std::size_t kWindow = 4096;
  const Source& source_;
  std::uint64_t end_, next_, body_end_ = 0;
  Run run_{0, 0};
  Bytes window_;
  std::uint64_t window_at_ = 0;
};

struct Turn {
  std::uint64_t index = 0;
  std::vector<Run> runs;
  Bytes kept;  // their bytes
  bool good = false;
};

// Hashes a slice. What is kept is hashed as it was kept, so that the walk sees hashed bytes and no others.
void hash(Turn& turn, const Source& source, const Envelope& e) {
  const std::uint64_t from = turn.index * kSlice;
  const std::size_t size = slice_size(e, turn.index);
  source.need(from, size);
  std::size_t length = 0;
  for (const Run& run : turn.runs) length += run.end - run.begin;
  turn.kept.resize(length);
  Sha256 digest;
  const Mapped slice(source.fd(), from, size, source.name());
  slice.look([&](View bytes) {
    std::size_t at = 0;
    MutableView room = turn.kept;
    for (const Run& run : turn.runs) {
      const std::size_t begin = run.begin - from, n = run.end - run.begin;
      digest.update(bytes.subspan(at, begin - at));
      std::memcpy(room.data(), bytes.data() + begin, n);
      digest.update(room.first(n));
      room = room.subspan(n);
      at = begin + n;
    }
    digest.update(bytes.subspan(at));
  });
  turn.good = digest.finish() == e.digests[turn.index];
}

void walk_slice(const Turn& turn, const Envelope& e, FrameWalk& walk) {
  View kept = turn.kept;
  for (const Run& run : turn.runs) {
    walk.pass_to(run.begin);
    walk.feed(kept.first(run.end - run.begin));
    kept = kept.subspan(run.end - run.begin);
  }
  walk.pass_to(turn.index * kSlice + slice_size(e, turn.index));
}

}  // namespace

void check_slices(const Source& source, const Envelope& e, unsigned threads, FrameWalk& walk,
                  std::vector<VerdictProblem>& problems,
                  const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  std::uint64_t bad = 0, done = 0;
  bool walking = true;
  threads = std::clamp(threads, 1u, kMostThreads);
  Pipeline<Turn> pipeline(
      threads, threads + 2, [&](Turn& turn, std::size_t) { hash(turn, source, e); },
      [&](Turn& turn) {
        done += slice_size(e, turn.index);
        if (progress) progress(done, e.footer.sealed_len);
        if (!turn.good && bad++ == 0)
          problems.push_back({5, Code::integrity, "slices", slice_changed(turn.index).what()});
        walking = walking && turn.good;
        if (!walking) return;
        try {
          walk_slice(turn, e, walk);
        } catch (const Failure& f) {
          problems.push_back({7, f.code(), "frames", f.what()});
          walking = false;
        }
      });
  BetweenBodies between(source, e);
  for (std::uint64_t i = 0; i < e.digests.size(); ++i) {
    check_interrupted();
    const std::uint64_t from = i * kSlice, size = slice_size(e, i);
    Turn& turn = pipeline.next();
    turn.index = i;
    turn.runs = between.within(from, from + size);
    pipeline.submit();
  }
  pipeline.finish();
  if (bad > 1)
    problems.push_back({5, Code::integrity, "slices", fmt::format("{} slices in all were changed", bad)});
  if (!walking) return;
  try {
    walk.finish(e.footer.manifest_offset);
  } catch (const Failure& f) {
    problems.push_back({7, f.code(), "frames", f.what()});
  }
}

}  // namespace exchange
