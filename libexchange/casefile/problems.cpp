#include "libexchange/casefile/problems.h"

namespace exchange {

namespace {
constexpr std::size_t kMostKept = 10'000;
}

void Problems::add(Problem problem) {
  ++(problem.level == Problem::Level::refuse ? refusals_ : warnings_);
  if (list_.size() < kMostKept) list_.push_back(std::move(problem));
}

void Problems::broken(std::string_view rule_id, Problem problem) {
  const Rule& r = rule(rule_id);
  const Rule::Level level = policy_.level(r);
  if (level == Rule::Level::off) return;
  problem.level = level == Rule::Level::refuse ? Problem::Level::refuse : Problem::Level::warn;
  problem.rule = &r;
  add(std::move(problem));
}

}  // namespace exchange
