#include "libexchange/transport/patience.h"

#include <algorithm>
#include <thread>

namespace exchange {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirst{100}, kLongest{30'000}, kLongestAsked{600'000};
constexpr std::size_t kReadBack = 1 << 20;

milliseconds pause(unsigned failed) {
  const milliseconds whole = std::min(kLongest, kFirst * (1u << std::min(failed, 10u)));
  std::array<std::uint8_t, 4> random{};
  fill_random(random);
  return whole / 2 + milliseconds(load_le<std::uint32_t>(random) % (whole.count() / 2 + 1));
}

}  // namespace

void sleep_for(milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    check_interrupted();
    std::this_thread::sleep_for(std::min<milliseconds>(milliseconds(50), time));
  }
  check_interrupted();
}

void Waiting::wait(const LineCut& cut) {
  failed_ = cut.passed > 0 ? 0 : failed_ + 1;
  const bool late = patience_.until && now() > *patience_.until;
  if (late || (!patience_.until && failed_ >= patience_.tries))
    throw Failure(Code::unavailable, cut.what,
                  "what got through is kept; run the same command again, and it goes on from there");
  milliseconds time = pause(failed_);
  if (cut.wait) time = std::max(time, std::min<milliseconds>(*cut.wait, kLongestAsked));
  sleep_for(time);
}

void get_patiently(Backend& backend, const std::string& name, std::uint64_t offset, MutableView out,
                   const Patience& patience) {
  Waiting waiting(patience);
  for (;;) {
    try {
      backend.get(name, offset, out);
      return;
    } catch (const LineCut& cut) {
      const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(cut.passed, out.size()));
      out = out.subspan(passed);
      offset += passed;
      if (out.empty()) return;
      waiting.wait(cut);
    }
  }
}

bool stored_is(Backend& backend, const std::string& name, View bytes, const Patience& patience, bool read) {
  if (!read)
    if (const auto told = with_patience(patience, [&] { return backend.holds(name, bytes); })) return *told;
  Bytes piece;
  for (std::size_t at = 0; at < bytes.size(); at += piece.size()) {
    piece.resize(std::min<std::size_t>(kReadBack, bytes.size() - at));
    get_patiently(backend, name, at, piece, patience);
    if (!std::ranges::equal(piece, bytes.subspan(at, piece.size()))) return false;
  }
  return true;
}

}  // namespace exchange
