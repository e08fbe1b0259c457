#include "libexchange/base/partial_date.h"

#include <fmt/format.h>
#include <unicode/calendar.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;

constexpr int kFirstYear = 1850, kLastYear = 2199, kOldest = 130;
constexpr std::string_view kForms =
    "write 1990, 1990-06 or 1990-06-30; in other calendars be:2533, ah:1410, sh:1369 or et:1982";

// `era` as ICU numbers it: the one that runs today.
struct CalendarType {
  std::string_view prefix;
  const char* locale;
  int era;
  std::string_view name;
};
constexpr std::array<CalendarType, 4> kCalendars = {{{"be", "en@calendar=buddhist", 0, "Buddhist"},
                                                     {"ah", "en@calendar=islamic-umalqura", 0, "Hijri"},
                                                     {"sh", "en@calendar=persian", 0, "Solar Hijri"},
                                                     {"et", "en@calendar=ethiopic", 1, "Ethiopian"}}};

// 0: not given.
struct Numbers {
  int year = 0, month = 0, day = 0;
};

std::string with_ascii_digits(std::string_view text) {
  const auto wide = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  icu::UnicodeString folded;
  for (std::int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 c = wide.char32At(i);
    const int digit = u_charDigitValue(c);
    folded.append(digit >= 0 ? static_cast<UChar32>('0' + digit) : c);
  }
  std::string out;
  folded.toUTF8String(out);
  return out;
}

std::optional<Numbers> numbers_of(std::string_view text) {
  Numbers n;
  const std::vector<std::string_view> parts = split(text, '-');
  if (parts.size() > 3 || parts[0].size() != 4) return std::nullopt;
  int* const into[] = {&n.year, &n.month, &n.day};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && parts[i].size() != 2) return std::nullopt;
    int value = 0;
    for (const char c : parts[i]) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    if (i > 0 && value == 0) value = 99;  // "00" is no month and no day
    *into[i] = value;
  }
  return n;
}

DateReading refuse(std::string why, std::string_view remedy = kForms) {
  return {std::nullopt, std::move(why), std::string(remedy)};
}
DateReading no_month(int number) {
  return refuse(fmt::format("has no month {}", number == 99 ? 0 : number),
                "leave out what is not known: 1990 instead of 1990-00-00");
}
DateReading no_day(const Numbers& n, int most) {
  return refuse(
      fmt::format("has a day that does not exist: month {} of {} has {} days", n.month, n.year, most),
      "compare it with the paper; leave out what is not known");
}

DateReading gregorian(const Numbers& n) {
  if (n.year < kFirstYear || n.year > kLastYear)
    return refuse(fmt::format("has a year outside {} to {}", kFirstYear, kLastYear),
                  n.year > 2400   ? "a Buddhist year is written be:2533"
                  : n.year < 1600 ? "a Hijri year is written ah:1410, a Solar Hijri one sh:1369"
                                  : kForms);
  const year y(n.year);
  if (n.month == 0) return {PartialDate{y / 1 / 1, y / 12 / 31, {}}, {}, {}};
  if (n.month > 12) return no_month(n.month);
  const auto month_of = y / month(static_cast<unsigned>(n.month));
  const Day last = month_of / std::chrono::last;
  if (n.day == 0) return {PartialDate{month_of / 1, last, {}}, {}, {}};
  const Day date = month_of / day(static_cast<unsigned>(n.day));
  if (!date.ok()) return no_day(n, static_cast<int>(static_cast<unsigned>(last.day())));
  return {PartialDate{date, date, {}}, {}, {}};
}

// ICU reports errors once set and then does nothing: looked at in the end.
DateReading converted(const CalendarType& type, const Numbers& n) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::Calendar> calendar(
      icu::Calendar::createInstance(*icu::TimeZone::getGMT(), icu::Locale(type.locale), error));
  if (U_FAILURE(error) || !calendar)
    return refuse(fmt::format("is in the {} calendar, which this machine lacks", type.name),
                  "write the Gregorian date");
  const auto set = [&](int the_month, int the_day) {
    calendar->clear();
    calendar->set(UCAL_ERA, type.era);
    calendar->set(UCAL_YEAR, n.year);
    calendar->set(UCAL_MONTH, the_month - 1);
    calendar->set(UCAL_DAY_OF_MONTH, the_day);
  };
  const auto gregorian_day = [&]() -> Day {
    return sys_days(days(static_cast<std::int64_t>(calendar->getTime(error) / 86400000.0)));
  };
  set(1, 1);
  const int months = calendar->getActualMaximum(UCAL_MONTH, error) + 1;
  if (n.month > months) return no_month(n.month);
  set(n.month == 0 ? months : n.month, 1);
  const int most = calendar->getActualMaximum(UCAL_DAY_OF_MONTH, error);
  if (n.day > most) return no_day(n, most);
  set(n.month == 0 ? months : n.month, n.day == 0 ? most : n.day);
  PartialDate date{{}, gregorian_day(), {}};
  set(n.month == 0 ? 1 : n.month, n.day == 0 ? 1 : n.day);
  date.first = gregorian_day();
  if (U_FAILURE(error)) return refuse(fmt::format("is no date of the {} calendar", type.name));
  if (date.first.year() < year(kFirstYear) || date.last.year() > year(kLastYear))
    return refuse(fmt::format("has a year outside {} to {} (Gregorian)", kFirstYear, kLastYear),
                  fmt::format("{} is the {} calendar", type.prefix, type.name));
  return {date, {}, {}};
}

// text() read back.
DateReading read_gregorian(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto first = numbers_of(text.substr(0, slash));
  if (!first) return refuse("is no date");
  DateReading reading = gregorian(*first);
  if (slash == text.npos || !reading.date) return reading;
  const auto last = numbers_of(text.substr(slash + 1));
  if (!last) return refuse("is no date");
  const DateReading end = gregorian(*last);
  if (!end.date) return end;
  if (end.date->last < reading.date->first) return refuse("ends before it begins");
  reading.date->last = end.date->last;
  return reading;
}

}  // namespace

Day utc_day(Instant t) {
  return std::chrono::floor<days>(std::chrono::sys_seconds(std::chrono::seconds(t.seconds)));
}

std::string day_text(Day d) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

std::string PartialDate::text() const {
  const Day last_of_month = first.year() / first.month() / std::chrono::last;
  if (exact()) return day_text(first);
  if (first.day() == day(1) && last == last_of_month) return day_text(first).substr(0, 7);
  if (first == first.year() / 1 / 1 && last == first.year() / 12 / 31) return day_text(first).substr(0, 4);
  return day_text(first) + "/" + day_text(last);
}

PartialDate::Age PartialDate::age_on(Day on) const {
  const auto years = [&](Day born) {
    const int n = static_cast<int>(on.year()) - static_cast<int>(born.year());
    const bool before_birthday = std::pair(on.month(), on.day()) < std::pair(born.month(), born.day());
    return std::max(0, n - before_birthday);
  };
  return {years(last), years(first)};
}

DateReading read_partial_date(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (const std::size_t space = trimmed.find(' '); space != trimmed.npos) {
    DateReading reading = read_gregorian(trimmed.substr(0, space));
    if (reading.date) reading.date->original = trim(trimmed.substr(space));
    return reading;
  }
  const std::string folded = with_ascii_digits(trimmed);
  const std::size_t colon = folded.find(':');
  DateReading reading;
  if (colon == folded.npos) {
    reading = read_gregorian(folded);
  } else {
    const std::string prefix = lower(folded.substr(0, colon));
    const auto* type = std::ranges::find_if(kCalendars, [&](const auto& c) { return c.prefix == prefix; });
    if (type == kCalendars.end()) return refuse("names no calendar that is known here");
    const auto numbers = numbers_of(std::string_view(folded).substr(colon + 1));
    if (!numbers) return refuse("is no date");
    reading = converted(*type, *numbers);
  }
  if (reading.date && reading.date->text() != trimmed) reading.date->original = trimmed;
  return reading;
}

DateReading read_birth_date(std::string_view text, Day today) {
  DateReading reading = read_partial_date(text);
  if (!reading.date) return reading;
  if (today < reading.date->first) return refuse("lies in the future", "a Buddhist year is written be:2533");
  if (reading.date->age_on(today).least > kOldest)
    return refuse("lies more than 130 years back", "a Hijri year is written ah:1410");
  return reading;
}

}  // namespace exchange
