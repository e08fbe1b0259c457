// Sealing a checked case: `pack` and what else makes bundles.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "libexchange/bundle/plan.h"
#include "libexchange/casefile/case.h"
#include "tools/command.h"

namespace valise {

struct PackOptions {
  std::string folder, output, as, label, supplement_to;
  std::vector<std::string> to;
  int level = 1;
  unsigned threads = 1;
  bool dry_run = false, allow_uncovered = false, store = false;
};

// AGENCY/NAME or AGENCY/NAME:EX-01,EX-03. Failure{usage}.
exchange::Recipient recipient_option(const std::string& text);

struct Packed {
  exchange::WriteResult result;
  exchange::Plan plan;
  std::optional<std::uint64_t> event;  // `packed`: its index in the custody log
};
// Seals into o.output ("-": standard output), which must not be there.
Packed pack_case(const Context& context, const PackOptions& o, const exchange::Case& the_case,
                 std::vector<exchange::Recipient> recipients, const exchange::Policy& policy);

}  // namespace valise
