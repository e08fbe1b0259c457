// Checks a folder for a court.
#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/custody/court_export.h"

namespace exchange {

namespace {

std::string read_text(const fs::path& file) { return to_text(read_file(file, 16u << 20)); }

class ExportChecker {
 public:
  ExportChecker(const Home& home, fs::path folder, const LogCheckOptions& options, LogReport& report)
      : folder_(std::move(folder)),
        options_(options),
        report_(report),
        head_(Checkpoint::parse(read_text(folder_ / "checkpoint"))),
        signers_(home, head_.agency()) {}

  void run() {
    if (options_.earlier) report_.attempt("earlier checkpoint", [&] { growth(*options_.earlier); });
    read_exhibits();
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder_ / "events"))
      if (file.path().extension() == ".event") names.push_back(file.path().stem().native());
    std::ranges::sort(names);
    for (const std::string& name : names) report_.attempt("event " + printable(name), [&] { event(name); });
    report_.attempt("checkpoint", [&] { head(); });
    for (const auto& [id, chain] : chains_) {
      if (!last_.contains(id))
        report_.problem(Code::integrity, printable(id.exhibit), "none of its events is here");
      for (const ChainFinding& f : chain.findings(now())) report_.finding(f);
    }
    report_.exhibits = chains_.size();
    report_.signers = signers_.signers();
    report_.warnings.insert(report_.warnings.end(), signers_.warnings().begin(), signers_.warnings().end());
  }

 private:
  Endorsement endorsement(const Hash& hash) const {
    return Endorsement::parse(read_text(folder_ / "endorsements" / to_hex(hash)));
  }

  void event(const std::string& name) {
    check_interrupted();
    const std::string where = "event " + printable(name);
    const std::string whole = read_text(folder_ / "events" / (name + ".event"));
    const LogProof proof = LogProof::parse(read_text(folder_ / "events" / (name + ".tlog-proof")));
    if (proof.checkpoint.note.whole() != head_.note.whole())
      return report_.problem(Code::integrity, where, "its proof is for another checkpoint");
    if (fmt::format("{:09}", proof.index) != name ||
        !merkle_verify_inclusion(merkle_leaf(as_view(whole)), proof.index, head_.size, proof.path,
                                 head_.root))
      return report_.problem(Code::integrity, where, "is not at that place in the log of the checkpoint");
    const Note note = Note::parse(whole, "event");
    CustodyEvent e = CustodyEvent::parse(note.text, std::nullopt);
    const StatementCheck check =
        signers_.check(note, endorsement(e.endorsement), e.signer, e.endorsement, e.recorded);
    if (!check.good()) report_.problem(check.code, where, check.problem);
    if (e.list_size > 0) take_listed(e, name);
    link(proof.index, event_id(note.text), e);
    last_recorded_ = e.recorded;
    ++report_.events;
  }

  // The lines that are shown, each proved against the root in the text.
  void take_listed(CustodyEvent& e, const std::string& name) {
    for (const ListedExhibit& x : parse_listed(read_text(folder_ / "events" / (name + ".exhibit")))) {
      if (!merkle_verify_inclusion(merkle_leaf(as_view(x.link.text())), x.place, e.list_size, x.path,
                                   e.list_root))
        throw Failure(Code::integrity, printable(x.link.exhibit) + ": is not in the list of the event");
      e.exhibits.push_back(x.link);
    }
  }

  // Which chains must be whole.
  void read_exhibits() {
    const std::string text = read_text(folder_ / "exhibits");
    for (const std::string_view line : split(text, '\n')) {
      if (line.empty()) continue;
      const std::size_t one = line.find(' '), two = line.find(' ', one + 1);
      if (two == line.npos)
        throw Failure(Code::malformed, "exhibits: a line is not EXHIBIT AGENCY REFERENCE");
      const ExhibitId id{
          {std::string(line.substr(two + 1)), std::string(line.substr(one + 1, two - one - 1))},
          std::string(line.substr(0, one))};
      chains_.try_emplace(id, id.exhibit, options_.chain);
    }
  }

  // An event may be about further exhibits, whose chains are not here.
  void link(std::uint64_t index, const Hash& id, const CustodyEvent& e) {
    bool any = false;
    for (const ExhibitLink& x : e.exhibits) {
      const ExhibitId exhibit{e.the_case, x.exhibit};
      const auto chain = chains_.find(exhibit);
      if (chain == chains_.end()) continue;
      any = true;
      const auto known = last_.find(exhibit);
      const bool same = known == last_.end() ? !x.previous
                                             : x.previous && x.previous->index == known->second.index &&
                                                   x.previous->id == known->second.id;
      if (!same)
        report_.problem(Code::integrity, "event " + std::to_string(index),
                        "the event before it of " + printable(x.exhibit) + " is not here");
      last_[exhibit] = {index, id};
      chain->second.take(index, id, e);
    }
    if (!any)
      report_.problem(Code::integrity, "event " + std::to_string(index),
                      "is about none of the exhibits that are here");
  }

  void head() {
    StatementCheck best{Code::signature, "is signed by no key whose endorsement is here", {}};
    for (const auto& file : fs::directory_iterator(folder_ / "endorsements")) {
      const Endorsement e = Endorsement::parse(read_text(file.path()));
      if (!verify_note(head_.note, e.signing)) continue;
      best = signers_.check(head_.note, e, e.signing, e.text_hash, last_recorded_);
      if (best.good()) return;
    }
    report_.problem(best.code, "checkpoint", best.problem);
  }

  // Without the log only equal sizes can be compared.
  void growth(const Checkpoint& earlier) {
    if (earlier.origin != head_.origin)
      return report_.problem(Code::integrity, "earlier checkpoint", "is of another log");
    if (earlier.size == head_.size && earlier.root != head_.root)
      return report_.problem(Code::integrity, "earlier checkpoint", "a fork: same size, another root");
    if (earlier.size != head_.size)
      report_.warnings.push_back(
          "an export cannot show that the log grew from the earlier checkpoint: check the log");
  }

  fs::path folder_;
  const LogCheckOptions& options_;
  LogReport& report_;
  Checkpoint head_;
  SignerCheck signers_;
  std::map<ExhibitId, Chain> chains_;
  std::map<ExhibitId, ExhibitLink::Previous> last_;
  Instant last_recorded_;
};

}  // namespace

LogReport check_export(const Home& home, const fs::path& folder, const LogCheckOptions& options) {
  LogReport report;
  try {
    ExportChecker(home, folder, options, report).run();
  } catch (const Failure& f) {
    if (f.code() == Code::unavailable || f.code() == Code::interrupted) throw;
    report.problems.push_back({f.code(), "export", f.what()});
  }
  return report;
}

}  // namespace exchange
