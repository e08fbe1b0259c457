#include "libexchange/repatriation/sites.h"

#include <algorithm>
#include <charconv>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"

namespace exchange::repatriation {

namespace {

// Empty, or degrees (WGS 84) between -most and most.
bool is_degrees(const std::string& text, double most) {
  if (text.empty()) return true;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= -most && value <= most;
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

std::vector<std::pair<std::string, std::string>> names_of(const SiteType& site) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const std::string_view part : split(std::string_view(site.names), '|')) {
    const std::size_t equals = part.find('=');
    if (equals != part.npos) names.emplace_back(trim(part.substr(0, equals)), trim(part.substr(equals + 1)));
  }
  return names;
}

std::string name_in(const SiteType& site, std::string_view language) {
  const std::string_view wanted = language.substr(0, language.find('-'));
  for (auto& [tag, name] : names_of(site))
    if (tag == wanted) return name;
  return site.name;
}

std::string problem_of(const SiteType& site) {
  if (!is_code(site.code)) return "code is not made of A to Z, 0 to 9 and '-', at most 20";
  if (site.name.empty()) return "name is missing";
  if (country_alpha3(site.country) != site.country) return "country is no code of three letters";
  if (!is_degrees(site.lat, 90) || !is_degrees(site.lon, 180)) return "lat, lon are no degrees";
  if (site.lat.empty() != site.lon.empty()) return "lat and lon go together";
  const auto parts = split(std::string_view(site.names), '|');
  const auto names = names_of(site);
  const bool whole = std::ranges::all_of(names, [](const auto& n) {
    return n.first.size() >= 2 && n.first.size() <= 3 && !n.second.empty() && is_utf8(n.second);
  });
  if (!site.names.empty() && (names.size() != parts.size() || !whole))
    return "names are not LANGUAGE=NAME, separated by |";
  return {};
}

}  // namespace exchange::repatriation
