// The problems of a case folder, for people and for programs. `case check` and `pack` say them alike.
#pragma once
#include "libexchange/casefile/case.h"
#include "tools/command.h"

namespace valise {

// The policy that this home names. Failure{usage}: it names none that exists.
exchange::Policy policy_of(const exchange::Home& home);

// One line: file, row, column, value, why.
std::string line_of(const exchange::Problem& problem);

// The first problem that refuses, in one line, with its rule and where that stands.
std::string first_refusal(const exchange::Problems& problems);
std::string problems_text(const exchange::CheckedCase& checked, bool allow_uncovered);
Json problems_json(const exchange::CheckedCase& checked, bool good);

}  // namespace valise
