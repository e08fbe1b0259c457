#include "libexchange/custody/log_check.h"

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/custody/event_types.h"

namespace exchange {

namespace {

constexpr std::size_t kMostShown = 1000;

std::string event_name(std::uint64_t index) { return "event " + std::to_string(index); }

// One pass over a log.
class Checker {
 public:
  Checker(const Home& home, const CustodyLog& log, const LogCheckOptions& options, LogReport& report)
      : log_(log),
        options_(options),
        report_(report),
        signers_(home, agency_of(log)),
        rebuilt_(CustodyIndex::Mode::memory, {}) {}

  void run() {
    if (options_.earlier) growth(*options_.earlier);
    if (!log_.checkpoint()) return;
    for (std::uint64_t i = 0; i < log_.size(); ++i) {
      check_interrupted();
      if (options_.progress && i % 64 == 0) options_.progress(i, log_.size());
      report_.attempt(event_name(i), [&] { event(i); });
    }
    report_.attempt("checkpoint", [&] { head(); });
    report_.attempt("index", [&] { index(); });
    for (const auto& [id, chain] : chains_)
      for (const ChainFinding& f : chain.findings(now())) report_.finding(f);
    report_.exhibits = chains_.size();
    report_.signers = signers_.signers();
    for (const std::string& w : signers_.warnings()) report_.warnings.push_back(w);
  }

 private:
  static std::string agency_of(const CustodyLog& log) {
    return log.checkpoint() ? log.checkpoint()->agency() : std::string();
  }

  static const ChainRule* rule(std::string_view name) {
    return &*std::ranges::find(chain_rules(), name, &ChainRule::name);
  }

  void event(std::uint64_t i) {
    const LoggedEvent logged = log_.at(i);
    tree(logged);
    const CustodyEvent& e = logged.event;
    const auto check = signers_.check(Note::parse(logged.note, "event"), log_.endorsement(e.endorsement),
                                      e.signer, e.endorsement, e.recorded);
    if (!check.good()) report_.problem(check.code, event_name(i), check.problem);
    if (e.recorded.seconds + 300 < last_recorded_.seconds)
      report_.finding({rule("recorded"), i,
                       "was recorded at " + to_utc(e.recorded) + ", before the event that it follows",
                       false});
    if (rebuilt_.covered() != i) return;  // an earlier event could not be read: links cannot be followed
    links(logged);
    rebuilt_.add(logged.id, e);
    last_recorded_ = e.recorded;
    ++report_.events;
  }

  const Endorsement& endorsement(const Hash& hash) {
    const auto known = endorsements_.find(hash);
    return known != endorsements_.end() ? known->second
                                        : endorsements_.emplace(hash, log_.endorsement(hash)).first->second;
  }

  void tree(const LoggedEvent& logged) {
    const StoredTree stored([this](std::uint64_t at) { return log_.stored_hash(at); });
    std::uint64_t at = stored_count(logged.index);
    for (const Hash& h : stored.hashes_for(logged.index, merkle_leaf(as_view(logged.note))))
      if (log_.stored_hash(at++) != h) {
        report_.problem(Code::integrity, event_name(logged.index),
                        "is not the one that the tree was made of");
        return;
      }
  }

  void links(const LoggedEvent& logged) {
    const CustodyEvent& e = logged.event;
    for (const ExhibitLink& x : e.exhibits) {
      const ExhibitId id{e.the_case, x.exhibit};
      const auto last = rebuilt_.last(id);
      const bool same = last.has_value() == x.previous.has_value() &&
                        (!last || (last->index == x.previous->index && last->id == x.previous->id));
      if (!same)
        report_.problem(Code::integrity, event_name(logged.index),
                        "does not name the event before it of " + printable(x.exhibit));
      chains_.try_emplace(id, x.exhibit, options_.chain).first->second.take(logged.index, logged.id, e);
    }
    if (const auto used = reused_seal(rebuilt_, e))
      report_.finding({rule("seal_no"), logged.index,
                       "seal " + used->first + " was used before, in event " + std::to_string(used->second),
                       false});
  }

  void head() {
    const Checkpoint& c = *log_.checkpoint();
    StatementCheck best{Code::signature, "", {}};
    for (const Endorsement& e : log_.signers_of(c)) {
      best = signers_.check(c.note, e, e.signing, e.text_hash, log_.size() == 0 ? now() : last_recorded_);
      if (best.good()) return;
    }
    report_.problem(best.code, "checkpoint", best.problem);
  }

  void index() {
    const fs::path file = log_.folder() / "index.db";
    if (!fs::exists(file)) return;  // made again when it is next needed
    try {
      const CustodyIndex found(CustodyIndex::Mode::read, file);
      if (report_.problems.empty() && found.covered() == log_.size() && found.dump() != rebuilt_.dump())
        report_.problem(
            Code::integrity, "index",
            "does not say what the entries say: delete " + printable(file.native()) + ", it is made again");
    } catch (const Failure& f) {  // nobody uses it as it is
      if (f.code() != Code::unavailable) throw;
      report_.warnings.push_back("the index cannot be read; the next append makes it again");
    }
  }

  void growth(const Checkpoint& earlier) {
    const std::uint64_t size = log_.size();
    const std::string where = "earlier checkpoint";
    if (log_.checkpoint() && earlier.origin != log_.checkpoint()->origin)
      return report_.problem(Code::integrity, where, "is of another log: " + printable(earlier.origin));
    if (earlier.size > size)
      return report_.problem(Code::integrity, where,
                             "has " + std::to_string(earlier.size) + " events, the log " +
                                 std::to_string(size) + ": the log was cut off or rolled back");
    report_.attempt(where, [&] {
      if (log_.checkpoint()) log_.signers_of(earlier);  // else it is not one of this log, whatever it says
      const bool grown = earlier.size == 0 ||
                         merkle_verify_consistency(earlier.size, earlier.root, size, log_.checkpoint()->root,
                                                   log_.consistency_proof(earlier.size));
      if (!grown) report_.problem(Code::integrity, where, "a fork: the log is not a continuation of it");
    });
  }

  const CustodyLog& log_;
  const LogCheckOptions& options_;
  LogReport& report_;
  SignerCheck signers_;
  std::map<Hash, Endorsement> endorsements_;
  CustodyIndex rebuilt_;
  std::map<ExhibitId, Chain> chains_;
  Instant last_recorded_;
};

}  // namespace

void LogReport::problem(Code code, const std::string& where, const std::string& message) {
  if (problems.size() < kMostShown) problems.push_back({code, where, message});
}

void LogReport::finding(const ChainFinding& f) {
  if (!f.explained) ++unexplained;
  if (findings.size() < kMostShown) findings.push_back(f);
}

Code LogReport::code() const {
  if (!problems.empty()) return problems.front().code;
  return unexplained > 0 ? Code::policy : Code::ok;
}

LogReport check_log(const Home& home, const fs::path& folder, const LogCheckOptions& options) {
  LogReport report;
  std::optional<CustodyLog> log;
  try {
    log.emplace(folder);
  } catch (const Failure& f) {
    if (f.code() == Code::unavailable) throw;
    report.problems.push_back({f.code(), "log", f.what()});
    return report;
  }
  Checker(home, *log, options, report).run();
  return report;
}

StatementCheck SignerCheck::check(const Note& note, const Endorsement& e, const VerifierKey& signer,
                                  const Hash& endorsement_hash, Instant at) {
  const StatementCheck signature = check_signature(note, e, signer, endorsement_hash);
  if (!signature.good()) return signature;
  const auto fail = [](std::string why) { return StatementCheck{Code::trust, std::move(why), {}}; };
  if (e.officer.agency != agency_) return fail(signer.name + " is not of the agency of this log");
  auto known = until_.find(endorsement_hash);
  if (known == until_.end()) {
    const ChainCheck chain = check_chain(*home_, e, "custody", at, now());
    warnings_.insert(chain.warnings.begin(), chain.warnings.end());
    if (!chain.trusted && !chain.revoked) return fail(chain.problem);
    Instant until = e.not_after;
    if (chain.revoked) {
      until = std::min(until, chain.agency->revocations->find(e.serial)->at);
      warnings_.insert(chain.problem +
                       "; what it signed before stands by the order of the log and by the "
                       "checkpoints that others hold");
    }
    known = until_.emplace(endorsement_hash, until).first;
  }
  if (at < e.not_before || at > known->second)
    return fail(signer.name + " was not endorsed, or revoked, at " + to_utc(at));
  return {};
}

}  // namespace exchange
