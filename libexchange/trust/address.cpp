#include "libexchange/trust/address.h"

#include <algorithm>

namespace exchange {

namespace {

bool is_name(std::string_view text, std::size_t least) {
  if (text.size() < least || text.size() > 64 || text.find("--") != text.npos) return false;
  if (text.front() < 'a' || text.front() > 'z' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// ISO 3166-1 alpha-2 as published, with XK; XA .. XZ are for users.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV "
    "BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ "
    "FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR "
    "PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ "
    "TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

}  // namespace

bool is_agency_id(std::string_view text) { return is_name(text, 3); }
bool is_key_name(std::string_view text) { return is_name(text, 1); }

bool is_country(std::string_view text) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() != 2 || !upper(text[0]) || !upper(text[1])) return false;
  if (text[0] == 'X') return true;
  for (std::size_t i = 0; i + 2 <= kCountries.size(); i += 3)
    if (kCountries.substr(i, 2) == text) return true;
  return false;
}

std::optional<Address> Address::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos || !is_agency_id(text.substr(0, slash)) || !is_key_name(text.substr(slash + 1)))
    return std::nullopt;
  return Address{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

}  // namespace exchange
