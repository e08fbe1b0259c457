// What a key may be used for. One table; the names stand in endorsements.
#pragma once
#include <set>
#include <string>
#include <string_view>

namespace exchange {

// Known usages: seal open approve custody consular protection supervisor grant.
// "seal": seal bundles. "open": be addressed. "approve": be the second person. "custody": sign events.
// "consular", "protection", "supervisor": repatriation. "grant": hand an exhibit on.
bool is_usage(std::string_view text);
// "seal,open" → the set; Failure{usage} names an unknown word.
std::set<std::string> parse_usages(std::string_view text);
std::string usages_text(const std::set<std::string>& usages);  // in table order, comma-separated

}  // namespace exchange
