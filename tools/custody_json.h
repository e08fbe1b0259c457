// Custody events for people and programs.
#pragma once
#include "libexchange/custody/log_check.h"
#include "tools/command.h"

namespace valise {

// Fields: id, index, event, case{reference, agency}, exhibits[], at, at_utc, recorded, by{name, role,
// agency}, place, fields{}, note, signer. Of an event with a long list, `exhibits` holds only `exhibit`.
Json event_json(const exchange::LoggedEvent& logged, const std::string& exhibit);
Json finding_json(const exchange::ChainFinding& finding);
Json checkpoint_json(const std::optional<exchange::Checkpoint>& checkpoint);  // origin, size, root; or null

// The one exhibit that EX and --case name in this log. Failure{usage}: none, or more than one: the hint lists
// the candidates.
exchange::ExhibitId find_exhibit(const exchange::CustodyLog& log, const std::string& exhibit,
                                 const std::string& reference);

}  // namespace valise
