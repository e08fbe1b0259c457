// IMEI, MEID, IMSI, ICCID (3GPP TS 23.003, 3GPP2 S.R0048-A, ITU-T E.118, E.212) and telephone numbers.
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"

namespace exchange {

using enum IdentifierStatus;

void check_imei(Candidate& c) {
  c.text = compact(c.text);
  if (!all_digits(c.text) || c.text.size() < 14 || c.text.size() > 16) {
    c.malformed("an IMEI has 14 to 16 digits");
    note_lost_digits(c, 14);
    return;
  }
  const std::string key = c.text.substr(0, 14);
  if (c.text.size() == 15 && luhn(c.text)) {
    c.is(valid, c.text, key);
  } else if (c.text.size() == 15 && c.text.back() != '0') {
    c.is(checksum_failed, c.text, key);
  } else {
    c.is(format_only, c.text, key);
    if (c.text.size() == 15) c.note("its last digit is 0, as networks transmit it");
    if (c.text.size() == 16) c.note("with software version (IMEISV)");
  }
  if (c.text.starts_with("00")) c.note("test IMEI");
}

namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_hex(std::string_view text) { return text.find_first_not_of(kHex) == text.npos; }

bool luhn_base_16(std::string_view digits) {
  std::size_t sum = 0;
  bool twice = false;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, twice = !twice) {
    const std::size_t value = kHex.find(*c) * (twice ? 2 : 1);
    sum += value / 16 + value % 16;
  }
  return sum % 16 == 0;
}

std::string hex_of(std::uint64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (auto c = out.rbegin(); c != out.rend(); ++c, value /= 16) *c = kHex[value % 16];
  return out;
}

}  // namespace

void check_meid(Candidate& c) {
  std::string text = upper(compact(c.text));
  bool with_check = text.size() == 15;
  if (text.size() == 18 && all_digits(text)) {
    const std::uint64_t high = std::stoull(text.substr(0, 10)), low = std::stoull(text.substr(10));
    if (high > 0xffffffff || low > 0xffffff) return c.malformed("its decimal parts are too large");
    text = hex_of(high, 8) + hex_of(low, 6);
  } else if ((text.size() != 14 && !with_check) || !is_hex(text)) {
    return c.malformed("a MEID has 14 hexadecimal digits and perhaps a check digit, or 18 decimal ones");
  }
  if (text[0] < 'A') return c.malformed("a MEID begins with A0 or above");
  const std::string key = text.substr(0, 14);
  if (!with_check)
    c.is(format_only, key);
  else
    c.is(luhn_base_16(text) ? valid : checksum_failed, text, key);
}

namespace {

// ITU-T E.212, mobile country codes: first and last of each run. Operational Bulletin 1117.
constexpr std::array<std::array<int, 2>, 78> kCountryCodes = {{
    {1, 1},     {202, 202}, {204, 204}, {206, 206}, {208, 208}, {212, 214}, {216, 216}, {218, 222},
    {225, 226}, {228, 228}, {230, 232}, {234, 235}, {238, 238}, {240, 240}, {242, 242}, {244, 244},
    {246, 248}, {250, 250}, {255, 255}, {257, 257}, {259, 260}, {262, 262}, {266, 266}, {268, 268},
    {270, 270}, {272, 272}, {274, 274}, {276, 276}, {278, 278}, {280, 280}, {282, 284}, {286, 286},
    {288, 290}, {292, 295}, {297, 297}, {302, 302}, {308, 308}, {310, 316}, {330, 330}, {332, 332},
    {334, 334}, {338, 338}, {340, 340}, {342, 342}, {344, 344}, {346, 346}, {348, 348}, {350, 350},
    {352, 352}, {354, 354}, {356, 356}, {358, 358}, {360, 360}, {362, 366}, {368, 368}, {370, 370},
    {372, 372}, {374, 374}, {376, 376}, {400, 402}, {404, 406}, {410, 410}, {412, 422}, {424, 432},
    {434, 434}, {436, 438}, {440, 441}, {450, 450}, {452, 452}, {454, 457}, {460, 461}, {466, 467},
    {470, 470}, {472, 472}, {502, 502}, {505, 505}, {510, 510}, {514, 555},
}};
constexpr std::array<std::array<int, 2>, 20> kMoreCountryCodes = {{
    {602, 643}, {645, 655}, {657, 659}, {702, 702}, {704, 704}, {706, 706}, {708, 708},
    {710, 710}, {712, 712}, {714, 714}, {716, 716}, {722, 722}, {724, 724}, {730, 730},
    {732, 732}, {734, 734}, {736, 736}, {738, 738}, {740, 750}, {901, 901},
}};

bool is_mobile_country(int code) {
  const auto in = [code](const std::array<int, 2>& run) { return code >= run[0] && code <= run[1]; };
  return std::ranges::any_of(kCountryCodes, in) || std::ranges::any_of(kMoreCountryCodes, in) || code == 999;
}

}  // namespace

void check_imsi(Candidate& c) {
  c.text = compact(c.text);
  if (!all_digits(c.text) || c.text.size() < 6 || c.text.size() > 15)
    return c.malformed("an IMSI has 6 to 15 digits");
  const bool known = is_mobile_country(number(c.text.substr(0, 3)));
  c.is(known ? valid : unassigned, c.text);
  if (!known) c.note("mobile country code " + c.text.substr(0, 3) + " is not assigned");
  if (c.text.starts_with("00101")) c.note("test network");
  if (c.text.starts_with("99999")) c.note("internal network");
}

void check_iccid(Candidate& c) {
  c.text = upper(compact(c.text));
  while (c.text.size() > 18 && c.text.back() == 'F') c.text.pop_back();  // cards fill with F
  if (c.text.size() < 18 || c.text.size() > 20 || !c.text.starts_with("89")) {
    c.malformed("an ICCID has 18 to 20 digits and begins with 89");
    note_lost_digits(c, 18);
    return;
  }
  if (!all_digits(c.text)) {
    if (!is_hex(c.text)) return c.malformed("an ICCID has digits only");
    c.is(format_only, c.text);
    c.note("holds letters, as some cards of China do");
    return;
  }
  c.is(luhn(c.text) ? valid : checksum_failed, c.text);
}

void check_e164(Candidate& c) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  const std::string region = upper(c.hints.country);
  const auto error = util.Parse(c.text, region.empty() ? "ZZ" : region, &number);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR) {
    c.malformed(error == PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR
                    ? "has no known country code: write it with +, or fill the country column"
                    : "is not a telephone number");
    if (region.empty() && all_digits(c.text)) c.note("a spreadsheet may have removed a leading + or 0");
    return;
  }
  if (!util.IsPossibleNumber(number)) return c.malformed("has too many or too few digits for its country");
  std::string text;
  util.Format(number, PhoneNumberUtil::E164, &text);
  const bool assigned = util.IsValidNumber(number);
  c.is(assigned ? valid : unassigned, text);
  if (!assigned) c.note("its range is not in use");
}

}  // namespace exchange
