#include "libexchange/casefile/identifier_checks.h"

#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "libexchange/base/text.h"

namespace exchange {

namespace {

bool is_invisible(UChar32 c) {
  return c == 0x00ad || c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

UChar32 fold(UChar32 c) {
  if (c >= 0xff01 && c <= 0xff5e) return c - 0xfee0;  // full-width forms
  if (c == 0x3000 || c == 0x00a0 || c == 0x202f || (c >= 0x2000 && c <= 0x200a)) return ' ';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
  const int value = u_charDigitValue(c);
  return value >= 0 ? '0' + value : c;
}

}  // namespace

std::string folded(std::string_view text) {
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(text, ascii)) return std::string(trim(text));
  const auto whole =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < whole.length(); i = whole.moveIndex32(i, 1))
    if (const UChar32 c = whole.char32At(i); !is_invisible(c)) kept.append(fold(c));
  std::string out;
  kept.toUTF8String(out);
  return std::string(trim(out));
}

std::string compact(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return std::string_view("-./() ").find(c) != std::string_view::npos; });
  return out;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int digit(char c) { return c - '0'; }

bool luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, twice = !twice) {
    const int value = digit(*c) * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

int weighted(std::string_view digits, std::string_view weights) {
  int sum = 0;
  for (std::size_t i = 0; i < std::min(digits.size(), weights.size()); ++i)
    sum += digit(digits[i]) * (weights[i] - '0');
  return sum;
}

bool is_date(int year, int month, int day) {
  using namespace std::chrono;
  return month > 0 && day > 0 &&
         year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                        std::chrono::day(static_cast<unsigned>(day)))
             .ok();
}

int number(std::string_view digits) {
  int value = 0;
  for (char c : digits.substr(0, 9)) value = value * 10 + digit(c);
  return value;
}

bool is_assigned_country(std::string_view alpha2) {
  static const std::set<std::string_view> known = [] {
    std::set<std::string_view> all{"XK"};
    for (const char* const* c = uloc_getISOCountries(); *c; ++c) all.insert(*c);
    return all;
  }();
  return known.contains(alpha2);
}

void note_lost_digits(Candidate& c, std::size_t shortest) {
  if (all_digits(c.text) && c.text.size() < shortest && c.text.size() + 3 >= shortest)
    c.note("digits are missing: a spreadsheet may have removed leading zeros");
}

}  // namespace exchange
