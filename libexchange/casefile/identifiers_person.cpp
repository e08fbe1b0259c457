// National identity numbers. Check digit rules that no authority has published never say more than "format
// only".
#include <unicode/region.h>

#include <algorithm>
#include <array>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"

namespace exchange {

using enum IdentifierStatus;

namespace {

// `count` digits, or malformed.
bool digits(Candidate& c, std::size_t count, const char* why) {
  c.text = compact(c.text);
  if (all_digits(c.text) && c.text.size() == count) return true;
  c.malformed(why);
  note_lost_digits(c, count);
  return false;
}

std::string_view part(const Candidate& c, std::size_t at, std::size_t length) {
  return std::string_view(c.text).substr(at, length);
}
int value(const Candidate& c, std::size_t at, std::size_t length) { return number(part(c, at, length)); }

// Of a two-digit year: is there a century in which this date exists?
bool is_date_in_some_century(int yy, int month, int day) {
  return is_date(1900 + yy, month, day) || is_date(2000 + yy, month, day);
}

}  // namespace

// GB 11643-1999. Areas by GB/T 2260 provinces; 81 to 83 residence permits of Hong Kong, Macao, Taiwan; 9
// foreigners.
void check_cn_id(Candidate& c) {
  c.text = upper(compact(c.text));
  if (c.text.size() == 15 && all_digits(c.text)) {
    if (!is_date(1900 + value(c, 6, 2), value(c, 8, 2), value(c, 10, 2)))
      return c.malformed("its date of birth does not exist");
    c.is(format_only, c.text);
    return c.note("old form of 15 digits, without a check digit");
  }
  if (c.text.size() != 18 || !all_digits(part(c, 0, 17)) ||
      (c.text[17] != 'X' && !all_digits(part(c, 17, 1))))
    return c.malformed("has 17 digits and a check digit or X");
  const int year = value(c, 6, 4);
  if (year < 1800 || year > 2199 || !is_date(year, value(c, 10, 2), value(c, 12, 2)))
    return c.malformed("its date of birth does not exist");
  constexpr std::array weights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += digit(c.text[i]) * weights[i];
  const bool good = c.text[17] == std::string_view("10X98765432")[static_cast<std::size_t>(sum % 11)];
  constexpr std::array provinces = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43,
                                    44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
  const bool assigned = c.text[0] == '9' || std::ranges::find(provinces, value(c, 0, 2)) != provinces.end();
  c.is(!good ? checksum_failed : assigned ? valid : unassigned, c.text);
  if (!assigned) c.note("area " + std::string(part(c, 0, 2)) + " is not assigned");
  if (value(c, 0, 2) >= 81 && value(c, 0, 2) <= 83) c.note("residence permit");
  if (c.text[0] == '9') c.note("permanent residence of a foreigner");
}

void check_tw_id(Candidate& c) {
  c.text = upper(compact(c.text));
  // Values of the letters A to Z.
  constexpr std::array letters = {10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21,
                                  22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33};
  const auto letter = [&](std::size_t i) {
    return c.text[i] >= 'A' && c.text[i] <= 'Z' ? letters[static_cast<std::size_t>(c.text[i] - 'A')] : 0;
  };
  const bool form = c.text.size() == 10 && letter(0) && all_digits(part(c, 2, 8));
  const bool old_arc = form && letter(1);
  if (!form || (!old_arc && std::string_view("1289").find(c.text[1]) == std::string_view::npos))
    return c.malformed("has a letter, 1, 2, 8 or 9, and eight digits");
  const int first = letter(0), second = old_arc ? letter(1) % 10 : digit(c.text[1]);
  const int sum = first / 10 + first % 10 * 9 + second * 8 + weighted(part(c, 2, 8), "76543211");
  c.is(sum % 10 == 0 ? valid : checksum_failed, c.text);
  if (old_arc) c.note("resident certificate, form before 2021");
}

void check_hk_id(Candidate& c) {
  c.text = upper(compact(c.text));
  const std::size_t letters = c.text.find_first_of("0123456789");
  if ((letters != 1 && letters != 2) || c.text.size() != letters + 7 || !all_digits(part(c, letters, 6)) ||
      c.text.substr(0, letters).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos ||
      (c.text.back() != 'A' && !all_digits(part(c, c.text.size() - 1, 1))))
    return c.malformed("has one or two letters, six digits and a check digit or A");
  const std::string padded = (letters == 1 ? " " : "") + c.text;
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    const char x = padded[i];
    const int v = x == ' ' ? 36 : x >= 'A' ? x - 'A' + 10 : digit(x);
    sum += v * static_cast<int>(9 - i);
  }
  c.is(sum % 11 == 0 ? valid : checksum_failed, c.text);
}

void check_th_id(Candidate& c) {
  if (!digits(c, 13, "has 13 digits")) return;
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += digit(c.text[i]) * static_cast<int>(13 - i);
  const bool good = (11 - sum % 11) % 10 == digit(c.text[12]);
  const bool assigned = c.text[0] != '9';
  c.is(!good ? checksum_failed : assigned ? valid : unassigned, c.text);
  if (!assigned) c.note("numbers that begin with 9 are not given out");
  if (c.text[0] == '0') c.note("not a citizen's number");
}

void check_ae_eid(Candidate& c) {
  if (!digits(c, 15, "has 15 digits")) return;
  const int year = value(c, 3, 4);
  if (!c.text.starts_with("784") || year < 1850 || year > 2199)
    return c.malformed("begins with 784 and a year of birth");
  c.is(luhn(c.text) ? valid : format_only, c.text);
  if (!luhn(c.text)) c.note("its last digit is not Luhn's, which is customary and not published");
}

void check_sa_id(Candidate& c) {
  if (!digits(c, 10, "has 10 digits")) return;
  if (c.text[0] != '1' && c.text[0] != '2') return c.malformed("begins with 1 (citizen) or 2 (resident)");
  c.is(luhn(c.text) ? valid : checksum_failed, c.text);
}

void check_kw_id(Candidate& c) {
  if (!digits(c, 12, "has 12 digits")) return;
  const int century = c.text[0] == '2' ? 1900 : 2000;
  if ((c.text[0] != '2' && c.text[0] != '3') ||
      !is_date(century + value(c, 1, 2), value(c, 3, 2), value(c, 5, 2)))
    return c.malformed("begins with 2 or 3 and a date of birth");
  constexpr std::array weights = {2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += digit(c.text[i]) * weights[i];
  c.is(11 - sum % 11 == digit(c.text[11]) ? valid : checksum_failed, c.text);
}

void check_qa_id(Candidate& c) {
  if (!digits(c, 11, "has 11 digits")) return;
  if (c.text[0] != '2' && c.text[0] != '3') return c.malformed("begins with 2 or 3 for the century");
  UErrorCode error = U_ZERO_ERROR;
  const icu::Region* country = icu::Region::getInstance(value(c, 3, 3), error);
  if (U_FAILURE(error) || !country || country->getType() != URGN_TERRITORY)
    return c.malformed(std::string(part(c, 3, 3)) + " is no country (ISO 3166-1 numeric)");
  c.is(format_only, c.text);
}

void check_tr_id(Candidate& c) {
  if (!digits(c, 11, "has 11 digits")) return;
  if (c.text[0] == '0') return c.malformed("does not begin with 0");
  int odd = 0, even = 0, all = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    all += digit(c.text[i]);
    if (i < 9) (i % 2 == 0 ? odd : even) += digit(c.text[i]);
  }
  const bool good = ((7 * odd - even) % 10 + 10) % 10 == digit(c.text[9]) && all % 10 == digit(c.text[10]);
  c.is(good ? valid : checksum_failed, c.text);
}

void check_my_ic(Candidate& c) {
  if (!digits(c, 12, "has 12 digits")) return;
  if (!is_date_in_some_century(value(c, 0, 2), value(c, 2, 2), value(c, 4, 2)))
    return c.malformed("its date of birth does not exist");
  c.is(format_only, c.text);
}

void check_vn_cccd(Candidate& c) {
  if (!digits(c, 12, "has 12 digits")) return;
  if (value(c, 0, 3) < 1 || value(c, 0, 3) > 96) return c.malformed("its province is 001 to 096");
  c.is(format_only, c.text);
}

void check_id_nik(Candidate& c) {
  if (!digits(c, 16, "has 16 digits")) return;
  const int day = value(c, 6, 2);
  if (!is_date_in_some_century(value(c, 10, 2), value(c, 8, 2), day > 40 ? day - 40 : day))
    return c.malformed("its date of birth does not exist");
  c.is(format_only, c.text);
}

void check_ph_psn(Candidate& c) {
  c.text = compact(c.text);
  if (!all_digits(c.text) || (c.text.size() != 12 && c.text.size() != 16))
    return c.malformed("has 12 or 16 digits");
  c.is(format_only, c.text);
}

void check_kh_id(Candidate& c) {
  if (digits(c, 9, "has 9 digits")) c.is(format_only, c.text);
}

// State/TOWNSHIP(class)number, in Latin or Burmese letters.
void check_mm_nrc(Candidate& c) {
  std::erase(c.text, ' ');
  const std::size_t slash = c.text.find('/'), open = c.text.find('('), close = c.text.find(')');
  const auto bad = [&] { c.malformed("is written 12/ABCDEF(N)000001, also in Burmese letters"); };
  if (slash == c.text.npos || open == c.text.npos || close == c.text.npos || slash > open || open > close)
    return bad();
  const std::string_view state = part(c, 0, slash), town = part(c, slash + 1, open - slash - 1),
                         kind = part(c, open + 1, close - open - 1), serial = part(c, close + 1, c.text.npos);
  if (!all_digits(state) || state.size() > 2 || number(state) < 1 || number(state) > 14)
    return c.malformed("its state is 1 to 14");
  const bool latin = std::ranges::all_of(town, [](char x) { return (x | 32) >= 'a' && (x | 32) <= 'z'; });
  const bool burmese =
      std::ranges::none_of(town, [](char x) { return static_cast<unsigned char>(x) < 0x80; });
  if (town.size() < 3 || (!latin && !burmese) || kind.empty() || !all_digits(serial) || serial.size() != 6)
    return bad();
  if (latin && (kind.size() != 1 || std::string_view("NEPTYS").find(upper(kind)) == std::string_view::npos))
    return bad();
  c.is(format_only, latin ? upper(c.text) : c.text);
}

}  // namespace exchange
