// A folder for a court: events, their place in the log, and all that is needed to check them without this
// program. docs/custody.md, "Export".
//
//   README.txt                  what this is and how to check it by hand
//   checkpoint                  the log's signed head
//   exhibits                    the chains that are here: "EXHIBIT AGENCY REFERENCE"
//   endorsements/HASH           of every key that signed
//   cards/AGENCY.card           the root key of the log's agency, as this home knows it
//   events/N.event              the signed event with index N (9 digits)
//   events/N.tlog-proof         its place in the log, C2SP tlog-proof (https://c2sp.org/tlog-proof)
//   events/N.exhibit            where the text has only the root of a list: the lines of the exhibits that
//   are
//                               exported, with their proofs
#pragma once
#include "libexchange/custody/log_check.h"

namespace exchange {

// Writes the chains of these exhibits. `folder` must not exist; it appears whole or not at all.
// Returns the number of events. Failure{policy}: no such exhibit, or no exhibit at all.
std::uint64_t export_custody(const Home& home, const CustodyLog& log, const std::vector<ExhibitId>& exhibits,
                             const fs::path& folder);

// Checks such a folder: as check_log() does for what is there. That no later event was left out can be seen
// only in the log. Throws only {unavailable} and {interrupted}.
LogReport check_export(const Home& home, const fs::path& folder, const LogCheckOptions& options);

// C2SP tlog-proof: index and audit path, followed by the checkpoint.
struct LogProof {
  std::uint64_t index = 0;
  std::vector<Hash> path;
  Checkpoint checkpoint;
  std::string text() const;
  static LogProof parse(std::string_view text);  // Failure{malformed}
};

// "valise-custody-exhibit/v1": lines of an event's list of exhibits with their audit paths.
struct ListedExhibit {
  std::uint64_t place = 0;  // in the list, from 0
  ExhibitLink link;
  std::vector<Hash> path;
};
std::string listed_text(const std::vector<ListedExhibit>& exhibits);
std::vector<ListedExhibit> parse_listed(std::string_view text);  // Failure{malformed}

}  // namespace exchange
