// The problems of a case folder, for people and for programs. `case check` and `pack` say them alike.
#pragma once
#include "libexchange/casefile/case.h"
#include "tools/command.h"

namespace valise {

std::string problems_text(const exchange::CheckedCase& checked, bool allow_uncovered);
Json problems_json(const exchange::CheckedCase& checked, bool good);

}  // namespace valise
