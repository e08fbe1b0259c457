#include "libexchange/base/failure.h"
#include "libexchange/repatriation/rules.h"
#include "tests/catch.h"
#include "tests/scratch.h"

using namespace exchange;
using namespace exchange::repatriation;

TEST_CASE("the shipped tables load, and every refusal they name is known to the program") {
  const Tables& tables = Tables::shipped();
  const auto names = predicate_names();
  for (const RefusalType& r : tables.refusals()) {
    INFO(r.name);
    CHECK(std::ranges::find(names, r.name) != names.end());
    CHECK_FALSE(r.text.empty());
    CHECK_FALSE(r.remedy.empty());
    CHECK_FALSE(r.source.text.empty());
  }
  CHECK(tables.refusals().size() == names.size());
  for (const Edge& e : tables.edges()) CHECK_FALSE(e.usages.empty());
}
