#include "libexchange/repatriation/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace exchange::repatriation {

std::string LocalTime::text() const {
  std::string local = to_utc({at.seconds + offset_minutes * 60, 0});
  if (offset_minutes == 0) return local;
  local.pop_back();
  const int minutes = std::abs(offset_minutes);
  return local + fmt::format("{}{:02}:{:02}", offset_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::optional<LocalTime> LocalTime::parse(std::string_view text) {
  LocalTime time;
  const auto at = from_rfc3339(text, &time.offset_minutes);
  if (!at) return std::nullopt;
  time.at = *at;
  if (time.text() != text) return std::nullopt;
  return time;
}

const Gate* Standing::gate(std::string_view name) const {
  const auto found = std::ranges::find_if(gates, [&](const Gate& g) { return g.name == name; });
  return found == gates.end() ? nullptr : &*found;
}
std::string Standing::gate_value(std::string_view name) const {
  const Gate* found = gate(name);
  return found ? found->value : "open";
}
bool Standing::passed(std::string_view name) const {
  const Gate* found = gate(name);
  return found && found->passed();
}

const std::string& Person::fact(std::string_view field) const {
  static const std::string none;
  const auto found = std::ranges::lower_bound(
      facts, field, [](std::string_view a, std::string_view b) { return a < b; },
      [](const auto& f) { return std::string_view(f.first); });
  return found != facts.end() && found->first == field ? found->second : none;
}

Minor Person::minor() const {
  const std::string& value = fact("minor");
  return value == "no" ? Minor::no : value == "yes" ? Minor::yes : Minor::unknown;
}

const Standing* Person::standing(Track track) const {
  switch (track) {
    case Track::assisted_return:
      return assisted ? &assisted->standing : nullptr;
    case Track::suspect_return:
      return suspect ? &suspect->standing : nullptr;
  }
  return nullptr;
}

bool asylum_open(const Person& person) {
  bool open = false;
  person.each([&](Track, const Standing& s) {
    const Gate* gate = s.gate("asylum");
    open = open || (gate && gate->value != "ok");
  });
  return open;
}

}  // namespace exchange::repatriation
