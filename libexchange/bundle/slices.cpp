#include "libexchange/bundle/slices.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/pipeline.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr std::size_t kCached = 2;
constexpr unsigned kMostThreads = 6;  // each holds a slice of 8 MiB, and two more wait

std::size_t slice_size(const Envelope& e, std::uint64_t index) {
  return std::min(kSlice, e.footer.sealed_len - index * kSlice);
}

// Fills `out` and hashes it piece by piece, while each piece is still in the processor's cache.
Hash read_and_hash(const Source& source, MutableView out, std::uint64_t offset) {
  constexpr std::size_t kPiece = 256 << 10;
  source.need(offset, out.size());
  Sha256 digest;
  while (!out.empty()) {
    const MutableView piece = out.first(std::min(out.size(), kPiece));
    read_exact_at(source.fd(), piece, offset, source.name());
    digest.update(piece);
    offset += piece.size();
    out = out.subspan(piece.size());
  }
  return digest.finish();
}

Failure changed(std::uint64_t index) {
  return {Code::integrity, fmt::format("slice {} (bytes {} and on) was changed", index, index * kSlice),
          "fetch the file again; if it stays so, ask the sender"};
}

}  // namespace

const Bytes& VerifiedSlices::slice(std::uint64_t index) {
  const auto known =
      std::find_if(cache_.begin(), cache_.end(), [&](const Slice& s) { return s.index == index; });
  if (known != cache_.end()) {
    cache_.splice(cache_.begin(), cache_, known);
    return cache_.front().bytes;
  }
  Bytes buffer;
  if (cache_.size() == kCached) {
    buffer = std::move(cache_.back().bytes);
    cache_.pop_back();
  }
  buffer.resize(slice_size(*envelope_, index));
  if (read_and_hash(*source_, buffer, index * kSlice) != envelope_->digests[index]) throw changed(index);
  cache_.push_front({index, std::move(buffer)});
  return cache_.front().bytes;
}

void VerifiedSlices::read(std::uint64_t offset, MutableView out) {
  const std::uint64_t end = envelope_->footer.sealed_len;
  if (offset > end || out.size() > end - offset)
    throw Failure(Code::malformed, fmt::format("byte {}: beyond the sealed bytes", offset));
  while (!out.empty()) {
    const Bytes& bytes = slice(offset / kSlice);
    const std::size_t from = offset % kSlice, n = std::min(out.size(), bytes.size() - from);
    std::memcpy(out.data(), bytes.data() + from, n);
    out = out.subspan(n);
    offset += n;
  }
}

Bytes VerifiedSlices::read(std::uint64_t offset, std::size_t length) {
  Bytes out(length);
  read(offset, out);
  return out;
}

void check_slices(const Source& source, const Envelope& e, unsigned threads, FrameWalk& walk,
                  std::vector<VerdictProblem>& problems,
                  const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  struct Turn {
    std::uint64_t index = 0;
    Bytes bytes;
    bool good = false;
  };
  std::uint64_t bad = 0, done = 0;
  bool walking = true;
  threads = std::clamp(threads, 1u, kMostThreads);
  Pipeline<Turn> pipeline(
      threads, threads + 2,
      [&](Turn& turn, std::size_t) {
        turn.bytes.resize(slice_size(e, turn.index));
        turn.good = read_and_hash(source, turn.bytes, turn.index * kSlice) == e.digests[turn.index];
      },
      [&](Turn& turn) {
        done += turn.bytes.size();
        if (progress) progress(done, e.footer.sealed_len);
        if (!turn.good && bad++ == 0)
          problems.push_back({5, Code::integrity, "slices", changed(turn.index).what()});
        walking = walking && turn.good;
        if (!walking) return;
        try {
          walk.feed(turn.bytes);
        } catch (const Failure& f) {
          problems.push_back({7, f.code(), "frames", f.what()});
          walking = false;
        }
      });
  for (std::uint64_t i = 0; i < e.digests.size(); ++i) {
    check_interrupted();
    pipeline.next().index = i;
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
