// Places by code: border crossings, shelters, compounds. Their names vary, so nobody writes them freely.
#pragma once
#include "libexchange/repatriation/tables.h"

namespace exchange::repatriation {

// "th=ด่านตัวอย่าง|zh=示例口岸": by language, in the order of the table.
std::vector<std::pair<std::string, std::string>> names_of(const SiteType& site);
// In a language (BCP 47; its first part counts), else `name`.
std::string name_in(const SiteType& site, std::string_view language);
// What is wrong with a row of sites.csv; empty: nothing.
std::string problem_of(const SiteType& site);

}  // namespace exchange::repatriation
