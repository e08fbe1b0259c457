// Countries in any of their ISO 3166-1 codes, by ICU; and the codes of ICAO 9303 for those without one.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace exchange::repatriation {

// "kh", "KHM" → "KHM". XXA (stateless), XXB and XXC (refugee), XXX (unknown), UTO (specimens) and XA .. XZ
// stay as they are. Nothing for what is no country.
std::optional<std::string> country_alpha3(std::string_view text);

// "Thailand", "ประเทศไทย": in a language, by ICU; the code itself where there is no name.
std::string country_name(const std::string& alpha3, const std::string& language);
// "TH" where ISO 3166-1 has one, else the same.
std::string country_alpha2(const std::string& alpha3);

// An IANA time zone in which that country's posts work: "Asia/Phnom_Penh". Empty where there is none.
std::string zone_of(std::string_view alpha3);

}  // namespace exchange::repatriation
