// The board as one page to look at, print and throw away: no script, no outside resource.
#pragma once
#include <string>

#include "libexchange/repatriation/board.h"
#include "libexchange/repatriation/labels.h"

namespace exchange::report {

struct BoardPage {
  const repatriation::Tables& tables;
  const repatriation::Labels& labels;
  std::string desk;    // whose board it is, one line
  bool names = false;  // show names, not only pseudonyms: the caller has asked for a reason
};

std::string board_page(const repatriation::Board& board, const BoardPage& page);

// "3 d" or "5 h": of a span in seconds, whatever its sign.
std::string span_text(std::int64_t seconds, const repatriation::Labels& labels);
// "2026-11-25 00:16 UTC"
std::string minute_text(Instant t);

}  // namespace exchange::report
