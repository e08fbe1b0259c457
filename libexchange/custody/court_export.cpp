#include "libexchange/custody/court_export.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

constexpr std::string_view kReadme = R"(Chain of custody: what this folder holds, and how to check it
=============================================================

events/N.event         one signed event. N is its place in the custody log of {origin}.
events/N.tlog-proof    proof of that place: a C2SP tlog-proof, which ends in the log's signed checkpoint.
events/N.exhibit       for an event about many exhibits: the lines of those shown here, with proofs.
exhibits               whose chains are here from the beginning to the checkpoint: id, agency, case.
checkpoint             the log's signed head: origin, number of events, Merkle root.
endorsements/HASH      the agency's statement whose key it is. HASH is the SHA-256 of its text.
cards/AGENCY.card      the agency's root key. Compare its fingerprint with the agency over another line.

With the program:  valise custody check FOLDER

By hand, with any tool for SHA-256 and Ed25519. All signed texts are C2SP signed notes (c2sp.org/signed-note):
the text up to the empty line is what is signed, and the line after it holds a key id of 4 bytes and the
signature of 64 bytes in base64.

1. The card: its text is signed by the key on its line "root". Compare the SHA-256 of that key's text with the
   agency's fingerprint.
2. Each endorsement: signed by that root. Its usage holds "custody".
3. Each event: signed by the key on its line "signer", which is the one on the line "signing" of the endorsement
   that its line "endorsement" names (base64 of the SHA-256 of the endorsement's text).
4. Each proof: the leaf is SHA-256(00 || the bytes of N.event). Going up the path as RFC 9162 section 2.1.3.2
   says gives the root in the checkpoint. The checkpoint is signed by an endorsed key of the same agency.
5. The chain of an exhibit: the line "exhibit ID N HASH" of an event names the event before it: N its place,
   HASH the base64 of the SHA-256 of its text. "- -" is the beginning. No event between can be missing.
6. That no later event was left out can be seen only in the log itself: ask for a checkpoint of today, and
   for a proof that the log grew from this one.
)";

std::string event_file(std::uint64_t index, const char* ending) {
  return fmt::format("events/{:09}.{}", index, ending);
}

void put(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  write_all(open_file(file, O_WRONLY | O_CREAT | O_EXCL, 0644).get(), as_view(text),
            printable(file.native()));
}

// A fresh folder beside the target that becomes it in one rename, or goes.
class Staging {
 public:
  explicit Staging(const fs::path& target)
      : target_(target.has_filename() ? target : target.parent_path()),
        folder_((target_.has_parent_path() ? target_.parent_path() : ".") / random_name()) {
    if (fs::exists(fs::symlink_status(target_)))
      throw Failure(Code::unavailable, printable(target_.native()) + ": already exists",
                    "choose another name");
    fs::create_directory(folder_);
  }
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  const fs::path& folder() const { return folder_; }
  void commit() {
    const Fd fd = open_file(folder_, O_RDONLY | O_DIRECTORY);
    if (::syncfs(fd.get()) != 0) fail_errno(printable(target_.native()), errno);
    fs::rename(folder_, target_);
  }

 private:
  fs::path target_, folder_;
};

std::string listed(const CustodyEvent& e, const std::vector<std::string>& shown) {
  std::vector<Hash> leaves;
  for (const ExhibitLink& x : e.exhibits) leaves.push_back(merkle_leaf(as_view(x.text())));
  std::vector<ListedExhibit> out;
  for (const std::string& exhibit : shown) {
    const auto it = std::ranges::lower_bound(e.exhibits, exhibit, {}, &ExhibitLink::exhibit);
    const auto place = static_cast<std::uint64_t>(it - e.exhibits.begin());
    out.push_back({place, *it, merkle_inclusion_proof(leaves, place)});
  }
  return listed_text(out);
}

}  // namespace

std::uint64_t export_custody(const Home& home, const CustodyLog& log, const std::vector<ExhibitId>& exhibits,
                             const fs::path& folder) {
  if (exhibits.empty())
    throw Failure(Code::policy, "there is nothing to export: the log knows no such exhibit",
                  "see: valise custody show");
  std::map<std::uint64_t, std::vector<std::string>> wanted;  // event → exhibits, ascending
  for (const ExhibitId& x : exhibits)
    for (const LoggedEvent& e : log.history(x)) wanted[e.index].push_back(x.exhibit);
  Staging staging(folder);
  const auto file = [&](const std::string& name) { return staging.folder() / name; };
  const auto keep_endorsement = [&](const Endorsement& e) {
    const fs::path path = file("endorsements/" + to_hex(e.text_hash));
    if (!fs::exists(path)) put(path, e.whole);
  };
  const Checkpoint& head = *log.checkpoint();
  std::string readme(kReadme);
  readme.replace(readme.find("{origin}"), 8, head.origin);
  put(file("README.txt"), readme);
  put(file("checkpoint"), head.note.whole());
  std::string chains;
  for (const ExhibitId& x : exhibits)
    chains += fmt::format("{} {} {}\n", x.exhibit, x.the_case.agency, x.the_case.reference);
  put(file("exhibits"), chains);
  const std::string card = head.agency() + ".card";
  if (const fs::path known = home.folder() / "trust" / card; fs::exists(known))
    put(file("cards/" + card), as_text(read_file(known, kMaxNote)));
  for (const Endorsement& e : log.signers_of(head)) keep_endorsement(e);
  for (auto& [index, shown] : wanted) {
    check_interrupted();
    const LoggedEvent e = log.at(index);
    std::ranges::sort(shown);
    put(file(event_file(index, "event")), e.note);
    put(file(event_file(index, "tlog-proof")), LogProof{index, log.inclusion_proof(index), head}.text());
    if (e.event.list_size > 0) put(file(event_file(index, "exhibit")), listed(e.event, shown));
    keep_endorsement(log.endorsement(e.event.endorsement));
  }
  staging.commit();
  return wanted.size();
}

}  // namespace exchange
