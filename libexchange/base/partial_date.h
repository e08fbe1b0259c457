// Dates as papers write them: a day, a month or only a year, in the calendar of their country.
//
//   1990   1990-06   1990-06-30             Gregorian
//   be:2533-06-30                           Buddhist era (Thailand, Cambodia, Laos, Myanmar)
//   ah:1410-11                              Hijri, Umm al-Qura tables
//   sh:1369-04-09   et:1982-10-23           Solar Hijri (Iran, Afghanistan); Ethiopian
//
// Digits of any script. Conversion is ICU's. A Hijri month begins where the moon was seen: a converted day
// may be one or two days off, and the original is kept for that reason. Thai years before 1941 began in
// April; the Buddhist era here is the civil register's, 543 years ahead. Values; safe to use from several
// threads.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "libexchange/base/time.h"

namespace exchange {

using Day = std::chrono::year_month_day;  // Gregorian
Day utc_day(Instant t);
std::string day_text(Day day);  // 1990-06-30

// From the first to the last day that the date may mean.
struct PartialDate {
  Day first, last;
  std::string original;  // as written; empty where text() says the same

  bool exact() const { return first == last; }
  // Gregorian, ISO 8601: 1990, 1990-06, 1990-06-30, or an interval: 1989-08-02/1990-07-22.
  std::string text() const;
  // What is kept: text(), and after a space the original where it was written otherwise.
  std::string stored() const { return original.empty() ? text() : text() + " " + original; }

  // Full years on `day`, of somebody born then. 0 where that day is earlier.
  struct Age {
    int least, most;
  };
  Age age_on(Day day) const;
};

// `date`, or why not and what to do: one line each, fit for "BORN <why>".
struct DateReading {
  std::optional<PartialDate> date;
  std::string why, remedy;
};
// Years 1850 to 2199. Takes what stored() gives as well: there the Gregorian part counts.
DateReading read_partial_date(std::string_view text);
// The same, and not after `today` nor more than 130 years before it.
DateReading read_birth_date(std::string_view text, Day today);

}  // namespace exchange
