// What is wrong with a case folder: every problem with its place and its remedy, listed at once.
#pragma once
#include <string>
#include <vector>

#include "libexchange/casefile/policy.h"

namespace exchange {

struct Problem {
  enum class Level { refuse, warn };
  Level level = Level::refuse;
  std::string file;            // "exhibits.csv"
  std::size_t row = 0;         // line of the file, from 1; 0: the whole file
  std::string column;          // column or TOML key; may be empty
  std::string value;           // as written (printable() when shown); may be empty
  std::string why;             // "not a known kind"
  std::string remedy;          // "use one of: phone, sim, …"
  const Rule* rule = nullptr;  // of the policy; none: the sheet itself cannot be read so
};

// Collects problems under a policy. Keeps the first 10,000 and counts the rest: a hostile sheet costs bounded
// memory.
class Problems {
 public:
  explicit Problems(const Policy& policy) : policy_(policy) {}
  void add(Problem problem);
  // A broken rule: refused, warned of or passed over as the policy says.
  void broken(std::string_view rule_id, Problem problem);

  const std::vector<Problem>& list() const { return list_; }
  std::size_t refusals() const { return refusals_; }
  std::size_t warnings() const { return warnings_; }
  const Policy& policy() const { return policy_; }

 private:
  Policy policy_;
  std::vector<Problem> list_;
  std::size_t refusals_ = 0, warnings_ = 0;
};

}  // namespace exchange
