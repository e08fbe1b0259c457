#include "libexchange/repatriation/countries.h"

#include <unicode/locdspnm.h>
#include <unicode/strenum.h>
#include <unicode/timezone.h>
#include <unicode/uloc.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "libexchange/base/text.h"

namespace exchange::repatriation {

namespace {

// ICAO Doc 9303-3, section 5: codes for persons without a defined nationality, and for specimens.
constexpr std::array<std::string_view, 6> kNoState = {"UTO", "XKX", "XXA", "XXB", "XXC", "XXX"};

struct Codes {
  std::map<std::string, std::string, std::less<>> to3, to2;
  Codes() {
    for (const char* const* two = uloc_getISOCountries(); *two; ++two) {
      const std::string three = uloc_getISO3Country((std::string("und_") + *two).c_str());
      if (three.empty()) continue;
      to3.emplace(*two, three);
      to2.emplace(three, *two);
    }
  }
};
const Codes& codes() {
  static const Codes all;
  return all;
}

}  // namespace

std::optional<std::string> country_alpha3(std::string_view text) {
  const std::string code = upper(trim(text));
  if (std::ranges::find(kNoState, code) != kNoState.end()) return code;
  if (code.size() == 2 && code[0] == 'X' && code != "XK" && code[1] >= 'A' && code[1] <= 'Z') return code;
  if (const auto found = codes().to3.find(code); found != codes().to3.end()) return found->second;
  if (codes().to2.contains(code)) return code;
  return std::nullopt;
}

std::string country_alpha2(const std::string& alpha3) {
  const auto two = codes().to2.find(alpha3);
  return two == codes().to2.end() ? alpha3 : two->second;
}

std::string country_name(const std::string& alpha3, const std::string& language) {
  const auto two = codes().to2.find(alpha3);
  if (two == codes().to2.end()) return alpha3;
  UDisplayContext as_short[] = {UDISPCTX_LENGTH_SHORT};
  const std::unique_ptr<icu::LocaleDisplayNames> names(
      icu::LocaleDisplayNames::createInstance(icu::Locale(language.c_str()), as_short, 1));
  icu::UnicodeString name;
  std::string text;
  return names->regionDisplayName(two->second.c_str(), name).toUTF8String(text);
}

std::string zone_of(std::string_view alpha3) {
  const auto two = codes().to2.find(alpha3);
  if (two == codes().to2.end()) return {};
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::StringEnumeration> zones(icu::TimeZone::createTimeZoneIDEnumeration(
      UCAL_ZONE_TYPE_CANONICAL_LOCATION, two->second.c_str(), nullptr, error));
  const char* first = U_SUCCESS(error) && zones ? zones->next(nullptr, error) : nullptr;
  return U_SUCCESS(error) && first ? first : std::string();
}

}  // namespace exchange::repatriation
