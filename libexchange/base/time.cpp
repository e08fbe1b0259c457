#include "libexchange/base/time.h"

#include <fmt/format.h>

#include <chrono>

namespace exchange {

namespace {

using std::chrono::sys_days;

// `digits` digits at `at`; -1 when one is missing.
int number(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::int64_t> days_at(std::string_view text) {
  const int y = number(text, 0, 4), m = number(text, 5, 2), d = number(text, 8, 2);
  if (y < 1970 || m < 0 || d < 0 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                         std::chrono::day(static_cast<unsigned>(d))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date).time_since_epoch().count();
}

}  // namespace

Instant now() {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return from_timespec(t);
}

Instant from_timespec(const timespec& t) { return {t.tv_sec, static_cast<std::uint32_t>(t.tv_nsec)}; }

timespec to_timespec(Instant t) {
  timespec out{};
  out.tv_sec = t.seconds;
  out.tv_nsec = t.nanoseconds;
  return out;
}

std::string to_utc(Instant t) {
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(t.seconds));
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<Instant> from_utc(std::string_view text) {
  if (text.size() != 20 || text[10] != 'T' || text[19] != 'Z') return std::nullopt;
  return from_rfc3339(text);
}

std::optional<Instant> from_rfc3339(std::string_view text, int* offset_minutes) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
  const auto days = days_at(text);
  const int h = number(text, 11, 2), min = number(text, 14, 2), s = number(text, 17, 2);
  if (!days || h < 0 || h > 23 || min < 0 || min > 59 || s < 0 || s > 59) return std::nullopt;
  if (text[13] != ':' || text[16] != ':') return std::nullopt;
  Instant t{*days * 86400 + h * 3600 + min * 60 + s, 0};
  std::size_t at = 19;
  if (text[at] == '.') {
    std::uint32_t unit = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      t.nanoseconds += unit * static_cast<std::uint32_t>(text[at] - '0');
    if (text[at - 1] == '.') return std::nullopt;
  }
  const std::string_view zone = text.substr(at);
  int offset = 0;
  if (zone != "Z" && zone != "z") {
    const int zh = number(zone, 1, 2), zm = number(zone, 4, 2);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
    if (zh < 0 || zh > 23 || zm < 0 || zm > 59) return std::nullopt;
    offset = (zone[0] == '-' ? -1 : 1) * (zh * 60 + zm);
  }
  t.seconds -= offset * 60;
  if (offset_minutes) *offset_minutes = offset;
  return t;
}

std::optional<Instant> from_date(std::string_view text) {
  if (text.size() != 10) return std::nullopt;
  const auto days = days_at(text);
  if (!days) return std::nullopt;
  return Instant{*days * 86400 + 86399, 0};
}

}  // namespace exchange
