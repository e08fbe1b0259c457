// Verification of a bundle in the order of docs/format.md: a verdict is a value, and what can be read of the
// bundle comes only with a good one.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libexchange/bundle/contents.h"

namespace exchange {

struct Verdict {
  std::string file;               // printable
  Code code = Code::ok;           // of the earliest step that failed
  bool contents_checked = false;  // else only the seal
  std::optional<Seal> seal;
  std::optional<Hash> seal_id;
  std::optional<Endorsement> endorsement;  // as in the bundle; trusted only when `code` says so
  std::uint64_t exhibits = 0;              // without case views
  std::vector<std::string> recipients;     // names, where readable; the signer's claim
  std::vector<std::string> warnings;
  std::vector<VerdictProblem> problems;  // by step
  bool good() const { return code == Code::ok; }
};

// The officer's keys, asked for only when the seal is good. May be empty.
using KeysAtHand = std::function<std::vector<PrivateKeys>()>;

struct VerifyOptions {
  // all: every slice, every frame, and every file that the keys open. envelope: every slice and frame, and
  // the manifest, contents left to the caller. on_demand: only what is read; the caller reads a part.
  enum class Depth { seal_only, all, envelope, on_demand } depth = Depth::all;
  unsigned threads = 1;
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

// A bundle under verification. Move-only.
class VerifiedBundle {
 public:
  // Never throws for what is wrong with the bundle: that stands in verdict(). Failure{unavailable} when the
  // file cannot be read at all, {interrupted}.
  static VerifiedBundle verify(const fs::path& file, const Home& home, const KeysAtHand& keys,
                               const VerifyOptions& options);

  // The same for what is open already; nothing else may write to it.
  static VerifiedBundle verify(Source source, const Home& home, const KeysAtHand& keys,
                               const VerifyOptions& options);

  const Verdict& verdict() const { return verdict_; }
  // Throws the verdict as a Failure unless it is good, and {no_recipient} when no key here opens it.
  Contents& contents();
  const Envelope& envelope() const { return *envelope_; }
  const Source& source() const { return *source_; }

 private:
  VerifiedBundle() = default;
  void run(const Home& home, const KeysAtHand& keys, const VerifyOptions& options);
  void check_head(const FrameWalk& walk);
  void open_contents(const KeysAtHand& keys, const VerifyOptions& options, const FrameWalk& walk);
  void read_all(const VerifyOptions& options);
  void attempt(int step, const char* where, const std::function<void()>& check);
  void conclude();

  std::unique_ptr<Source> source_;  // stable addresses: contents_ points to both
  std::unique_ptr<Envelope> envelope_;
  std::optional<Contents> contents_;
  Verdict verdict_;
};

}  // namespace exchange
