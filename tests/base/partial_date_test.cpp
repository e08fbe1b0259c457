#include "libexchange/base/partial_date.h"

#include "tests/catch.h"

using namespace exchange;
using namespace std::chrono;

namespace {
std::string text_of(std::string_view text) {
  const DateReading reading = read_partial_date(text);
  return reading.date ? reading.date->text() : "! " + reading.why;
}
}  // namespace

TEST_CASE("dates of other calendars become Gregorian ones") {
  struct Known {
    std::string_view written, gregorian;
  };
  // Beginnings of years that almanacs print; the Thai ones by the civil register's 543 years.
  for (const auto& [written, gregorian] : {
           Known{"1990", "1990"},
           {"1990-06", "1990-06"},
           {"1990-06-30", "1990-06-30"},
           {"2000-02-29", "2000-02-29"},
           {"be:2533", "1990"},
           {"be:2533-06", "1990-06"},
           {"be:2533-06-30", "1990-06-30"},
           {"BE:2543-02-29", "2000-02-29"},
           {"ah:1446-01-01", "2024-07-07"},
           {"ah:1445-09-01", "2024-03-11"},
           {"ah:1445-10-01", "2024-04-10"},
           {"ah:1410", "1989-08-03/1990-07-22"},
           {"sh:1400-01-01", "2021-03-21"},
           {"sh:1403-12-30", "2025-03-20"},
           {"et:2000-01-01", "2007-09-12"},
           {"et:2015-13-06", "2023-09-11"},
           {" 1990-06-30 ", "1990-06-30"},
           {"๑๙๙๐-๐๖-๓๐", "1990-06-30"},
           {"be:๒๕๓๓", "1990"},
           {"ah:١٤٤٦-٠١-٠١", "2024-07-07"},
           {"1989-08-03/1990-07-23", "1989-08-03/1990-07-23"},
       }) {
    INFO(written);
    CHECK(text_of(written) == gregorian);
  }
}

TEST_CASE("what was written is kept, and what is stored reads back as itself") {
  for (const std::string written : {"1990", "1990-06-30", "be:2533-06", "ah:1410", "๑๙๙๐", "et:2015-13-06"}) {
    INFO(written);
    const PartialDate date = *read_partial_date(written).date;
    const PartialDate again = *read_partial_date(date.stored()).date;
    CHECK(again.first == date.first);
    CHECK(again.last == date.last);
    CHECK(again.original == date.original);
    CHECK(again.stored() == date.stored());
    CHECK((date.original.empty() ? date.text() : date.original) == written);
  }
  CHECK(read_partial_date("be:2533").date->stored() == "1990 be:2533");
}

TEST_CASE("impossible dates are named") {
  struct Bad {
    std::string_view written, why;
  };
  for (const auto& [written, why] : {
           Bad{"1990-02-30", "month 2 of 1990 has 28 days"},
           {"1990-13", "no month 13"},
           {"1990-00", "no month 0"},
           {"1990-06-00", "month 6 of 1990 has 30 days"},
           {"be:2533-02-29", "month 2 of 2533 has 28 days"},
           {"ah:1410-13-01", "no month 13"},
           {"ah:1410-01-31", "month 1 of 1410 has"},
           {"et:2015-14", "no month 14"},
           {"et:2014-13-06", "month 13 of 2014 has 5 days"},
           {"2533", "year outside"},
           {"1410", "year outside"},
           {"be:1990", "year outside"},
           {"xx:1990", "no calendar"},
           {"", "is no date"},
           {"90", "is no date"},
           {"30/06/1990", "is no date"},
           {"1990-6-3", "is no date"},
           {"1990-06-30-01", "is no date"},
           {"-1990", "is no date"},
           {"1990-06-30/1990-06-29", "ends before"},
           {"be:", "is no date"},
           {"\xff\xfe", "is no date"},
       }) {
    INFO(written);
    const DateReading reading = read_partial_date(written);
    CHECK_FALSE(reading.date);
    CHECK(reading.why.find(why) != std::string::npos);
    CHECK_FALSE(reading.remedy.empty());
  }
  CHECK(read_partial_date("2533").remedy.find("be:2533") != std::string::npos);
  CHECK(read_partial_date("1410").remedy.find("ah:1410") != std::string::npos);
}

TEST_CASE("an age is as sure as the date") {
  const Day today = 2026y / 11 / 25;
  const auto age = [&](std::string_view born) {
    const auto a = read_partial_date(born).date->age_on(today);
    return std::pair(a.least, a.most);
  };
  CHECK(age("2008-11-25") == std::pair(18, 18));
  CHECK(age("2008-11-26") == std::pair(17, 17));
  CHECK(age("2008") == std::pair(17, 18));
  CHECK(age("2008-11") == std::pair(17, 18));
  CHECK(age("ah:1410") == std::pair(36, 37));
  CHECK(age("2004-02-29") == std::pair(22, 22));
  CHECK(age("2026-11-25") == std::pair(0, 0));
}

TEST_CASE("nobody is born tomorrow or 131 years ago") {
  const Day today = 2026y / 11 / 25;
  CHECK(read_birth_date("2026", today).date);
  CHECK(read_birth_date("2026-11-25", today).date);
  CHECK_FALSE(read_birth_date("2026-11-26", today).date);
  CHECK_FALSE(read_birth_date("2027", today).date);
  CHECK(read_birth_date("1896", today).date);
  CHECK_FALSE(read_birth_date("1895-01", today).date);
}

TEST_CASE("the day of an instant is that of UTC") {
  CHECK(day_text(utc_day({0, 0})) == "1970-01-01");
  CHECK(day_text(utc_day({86399, 0})) == "1970-01-01");
  CHECK(day_text(utc_day({-1, 0})) == "1969-12-31");
  CHECK(day_text(utc_day({86400, 5})) == "1970-01-02");
}
