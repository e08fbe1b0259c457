// "Have we seen this before?": one text, looked up as everything that it could be.
#pragma once
#include "libexchange/store/notices.h"

namespace exchange {

struct Hit {
  std::string type;   // of the identifier, or "name", "file", "exhibit", "case"
  std::string value;  // for screens: card numbers masked, a victim's name replaced by the pseudonym
  std::string reference, requesting, title;
  std::string exhibit, person, role;
  std::string bundle_id, seal;
  std::string tlp, handling_code;
  std::string status, key;  // of an identifier
  std::string sheet;        // where it stands; empty: no sheet
  std::uint64_t line = 0;
  std::vector<std::string> notices;
};

struct SearchOptions {
  std::vector<std::string> countries;  // ISO 3166-1 alpha-2, of numbers without a country code
  bool reveal = false;                 // names of victims
  std::size_t limit = 1000;            // hits
};

// Identifiers by every key that TEXT could have (any digits, any separators), names in any script, files by
// SHA-256, exhibits and cases by their marks. Ordered by case, exhibit and place; never by person or weight.
std::vector<Hit> find(Store& store, const std::string& text, const SearchOptions& options);

// Keys that `text` could have, one of each, in order.
std::vector<std::string> possible_keys(const std::string& text, const std::vector<std::string>& countries);

// Who looked for what, and why. The text itself is never kept.
struct SearchRecord {
  std::string at, who, command, for_case, reason;
  std::uint64_t hits = 0;
};
void log_search(Store& store, const SearchRecord& record, const std::string& text);
struct LoggedSearch : SearchRecord {
  std::string query_sha256;  // of folded_name(text)
};
std::vector<LoggedSearch> searches(Store& store);  // oldest first

// An identifier that another case has as well.
struct Link {
  std::string key;         // what is shared
  std::vector<Hit> found;  // in this case and in others
};
// Identifiers that `key`'s case shares with others, by key. Public things (public_identifier()) are left out.
// No finding about anybody: that two cases hold the same number is all that it says.
std::vector<Link> links(Store& store, const CaseKey& key);

}  // namespace exchange
