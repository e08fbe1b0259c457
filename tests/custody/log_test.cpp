#include <numeric>

#include "libexchange/crypto/digest.h"
#include "libexchange/custody/log_writer.h"
#include "tests/catch.h"
#include "tests/custody/world.h"

using namespace world;

TEST_CASE("what is committed is in the log, what is not is not") {
  Officer o("cn-liaison");
  CHECK(CustodyLog(o.log()).size() == 0);
  {
    LogWriter log(o.home, o.signer);
    log.add(event("seized", "2026-05-21T09:14:00+07:00", {{"authority", "Example warrant 12/2026"}}));
    log.add(event("photographed", "2026-05-21T09:20:00+07:00", {{"ref", "P-1"}}));
    CHECK(log.history({the_case, "EX-01"}).size() == 2);
    CHECK(CustodyLog(o.log()).size() == 0);  // for others nothing happened yet
    CHECK(log.commit().size == 2);
    log.add(event("photographed", "2026-05-21T09:21:00+07:00", {{"ref", "P-2"}}));
  }
  const CustodyLog log(o.log());
  REQUIRE(log.size() == 2);
  CHECK(log.checkpoint()->origin == "cn-example-police/liaison/custody");
  const auto chain = log.history({the_case, "EX-01"});
  REQUIRE(chain.size() == 2);
  CHECK(!chain[0].event.exhibits[0].previous);
  CHECK(chain[1].event.exhibits[0].previous->id == chain[0].id);
  CHECK(chain[1].event.exhibits[0].previous->index == 0);
  CHECK(chain[1].event.at == "2026-05-21T09:20:00+07:00");
  CHECK(log.index().covered() == 2);
  CHECK(merkle_verify_inclusion(merkle_leaf(as_view(chain[1].note)), 1, 2, log.inclusion_proof(1),
                                log.checkpoint()->root));
}

TEST_CASE("one signature covers a hundred thousand exhibits, and each can be shown alone") {
  Officer o("cn-liaison");
  CustodyEvent e = event("packed", "2026-06-01T09:00:00+08:00",
                         {{"seal", std::string(64, 'a')}, {"recipients", "kh-example-police/evidence-desk"}});
  e.exhibits.clear();
  for (int i = 0; i < 100'000; ++i) e.exhibits.push_back({"EX-" + std::to_string(1'000'000 + i), {}});
  LogWriter log(o.home, o.signer);
  const LoggedEvent logged = log.add(e);
  log.commit();
  CHECK(logged.note.size() < 1500);
  const auto chain = log.history({the_case, "EX-1077777"});
  REQUIRE(chain.size() == 1);
  CHECK(chain[0].event.exhibits.size() == 100'000);
  const CustodyEvent alone = log.at(0, false).event;
  CHECK(alone.exhibits.empty());
  CHECK(alone.list_size == 100'000);
  std::vector<Hash> lines;
  for (const auto& x : chain[0].event.exhibits) lines.push_back(merkle_leaf(as_view(x.text())));
  CHECK(merkle_verify_inclusion(lines[77'777], 77'777, 100'000, merkle_inclusion_proof(lines, 77'777),
                                alone.list_root));
}
