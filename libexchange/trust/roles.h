// Which act needs which usage of a key: one table.
#pragma once
#include <span>
#include <string_view>

#include "libexchange/trust/home.h"

namespace exchange {

enum class Act { seal, open, approve, record, receipt, accept_receipt, correct, disclose, hand_on };

struct Permission {
  Act act;
  std::string_view name;   // "seal a bundle"
  std::string_view usage;  // of usage.h
  std::string_view command;
};
// A key without the usage is refused with Code::trust (31): its agency did not endorse it for the act.
std::span<const Permission> permissions();
const Permission& permission(Act act);

// The chain of `endorsement` for `act`, now. Failure{trust} says what is missing and whom to ask.
// Returns the warnings.
std::vector<std::string> require_usage(const Home& home, const Endorsement& endorsement, Act act,
                                       Instant now);

}  // namespace exchange
