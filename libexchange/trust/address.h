// Names of agencies and of their keys.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace exchange {

// An agency id: 3 .. 64 of a-z 0-9 and single hyphens, beginning with a letter.
bool is_agency_id(std::string_view text);
// A key's name within an agency: the same alphabet, 1 .. 64.
bool is_key_name(std::string_view text);
// ISO 3166-1 alpha-2, upper case, or XA .. XZ (user-assigned).
bool is_country(std::string_view text);

// AGENCY/NAME, for instance "kh-example-police/evidence-desk".
struct Address {
  std::string agency, name;
  std::string text() const { return agency + "/" + name; }
  static std::optional<Address> parse(std::string_view text);
  auto operator<=>(const Address&) const = default;
};

}  // namespace exchange
