// The parts of check_case(). Not a public header.
#pragma once
#include <vector>

#include "libexchange/casefile/case.h"

namespace exchange {

// Both append problems and fill what they could read.
void load_case_toml(Case& the_case, std::vector<Problem>& problems);
void load_exhibits(Case& the_case, std::vector<Problem>& problems);

constexpr std::size_t kMaxSheet = std::size_t{256} << 20;

}  // namespace exchange
