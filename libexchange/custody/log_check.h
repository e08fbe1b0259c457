// Everything that can be checked about a custody log: signatures, the tree, the links, growth, the chains.
#pragma once
#include <map>
#include <set>

#include "libexchange/custody/chain.h"
#include "libexchange/custody/log.h"

namespace exchange {

struct LogProblem {
  Code code = Code::ok;
  std::string where;  // "checkpoint", "event 41", "index"
  std::string message;
};

struct LogReport {
  std::uint64_t events = 0, exhibits = 0, signers = 0;
  std::vector<LogProblem> problems;    // at most 1,000; the log is not to be relied on
  std::vector<ChainFinding> findings;  // at most 1,000; the log is sound, a chain is not
  std::uint64_t unexplained = 0;       // findings that no anomaly or correction names
  std::vector<std::string> warnings;
  // Of the first problem; policy (32) where only a chain has unexplained findings.
  Code code() const;

  void problem(Code code, const std::string& where, const std::string& message);
  void finding(const ChainFinding& f);
  // Runs `work`; a Failure becomes a problem, but an interruption goes on.
  template <class Work>
  void attempt(const std::string& where, Work work) {
    try {
      work();
    } catch (const Failure& f) {
      if (f.code() == Code::interrupted) throw;
      problem(f.code(), where, f.what());
    }
  }
};

struct LogCheckOptions {
  std::optional<Checkpoint> earlier;  // the log must have grown from it, else a fork
  ChainOptions chain;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// Reads the whole log once. Memory grows with the number of exhibits, not of events. Throws only
// {unavailable} and {interrupted}.
LogReport check_log(const Home& home, const fs::path& folder, const LogCheckOptions& options);

// Events of a key that was revoked later stand, with a warning: their place in the log, and checkpoints that
// others hold, say that they are older. Those that claim a time from the revocation on do not.
// Whether the one who signed a statement in a log of `agency` may do so; remembers what it has looked up.
class SignerCheck {
 public:
  SignerCheck(const Home& home, std::string agency) : home_(&home), agency_(std::move(agency)) {}
  StatementCheck check(const Note& note, const Endorsement& endorsement, const VerifierKey& signer,
                       const Hash& endorsement_hash, Instant at);
  std::size_t signers() const { return until_.size(); }
  const std::set<std::string>& warnings() const { return warnings_; }

 private:
  const Home* home_;
  std::string agency_;
  std::map<Hash, Instant> until_;  // by endorsement: the last time at which it counts
  std::set<std::string> warnings_;
};

}  // namespace exchange
