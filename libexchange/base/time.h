// Instants in UTC, RFC 3339.
#pragma once
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace exchange {

struct Instant {
  std::int64_t seconds = 0;       // since 1970-01-01T00:00:00Z
  std::uint32_t nanoseconds = 0;  // 0 .. 999,999,999
  auto operator<=>(const Instant&) const = default;
};

Instant now();

Instant from_timespec(const timespec& t);
timespec to_timespec(Instant t);

std::string to_utc(Instant t);                           // 2026-05-21T02:14:00Z; whole seconds
std::optional<Instant> from_utc(std::string_view text);  // exactly that form, years 1970 .. 9999

// RFC 3339 with any offset; refuses a time without one. `offset_minutes` gets the offset.
std::optional<Instant> from_rfc3339(std::string_view text, int* offset_minutes = nullptr);

// A calendar date as the last second of that day in UTC: 2027-12-31.
std::optional<Instant> from_date(std::string_view text);

}  // namespace exchange
