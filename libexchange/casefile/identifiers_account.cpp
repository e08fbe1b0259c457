// Accounts of messengers. Their forms come from the vendors' public documents; none has a checksum.
#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"

namespace exchange {

using enum IdentifierStatus;

namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == text.npos;
}

// The telephone number behind an account, as a second key.
void add_number(Candidate& c, const std::string& digits) {
  const Identifier phone = identify("e164", "+" + digits);
  if (!phone.key.empty()) c.id.also.push_back(phone.key);
}

}  // namespace

void check_whatsapp(Candidate& c) {
  const std::string text = lower(c.text);
  const std::size_t at = text.find('@');
  const std::string server = at == text.npos ? "" : text.substr(at + 1), user = text.substr(0, at);
  if (server == "g.us" || server == "lid" || server == "newsletter") {
    if (!only(user, "0123456789-") || user.empty()) return c.malformed("its part before @ has digits only");
    c.is(format_only, text);
    return c.note(server == "lid"    ? "hidden number: not a telephone number"
                  : server == "g.us" ? "a group"
                                     : "a channel");
  }
  std::string digits = user.substr(0, user.find_first_of(":."));
  if (at == text.npos) {  // a bare number
    if (digits.starts_with("+")) digits.erase(0, 1);
    digits = compact(digits);
  }
  if ((at != text.npos && server != "s.whatsapp.net" && server != "c.us") || !all_digits(digits) ||
      digits.size() < 5 || digits.size() > 15)
    return c.malformed("is DIGITS@s.whatsapp.net, or a group, a channel or @lid");
  c.is(valid, digits + "@s.whatsapp.net");
  add_number(c, digits);
}

void check_telegram(Candidate& c) {
  std::string text = c.text;
  if (text.starts_with("@")) text.erase(0, 1);
  const bool negative = text.starts_with("-");
  const std::string digits = negative ? text.substr(1) : text;
  if (all_digits(digits)) {
    const auto value = from_decimal(digits);
    if (!value || *value == 0 || (!negative && *value > 0xffffffffffull) ||
        (negative && *value > 2002147483648ull && !digits.starts_with("100")))
      return c.malformed("is not a Telegram id");
    c.is(valid, text);
    if (negative) c.note("a group or channel");
    return;
  }
  if (text.size() < 4 || text.size() > 32 || kLetters.find(text[0]) == kLetters.npos || !only(text, kWord) ||
      text.back() == '_' || text.find("__") != text.npos)
    return c.malformed("is neither a Telegram id nor a user name");
  c.is(format_only, lower(text), "@" + lower(text));
  c.note("a user name changes hands: the id is the identity");
}

void check_wechat(Candidate& c) {
  const std::string text = c.text;
  const std::string low = lower(text);
  if (low.ends_with("@chatroom")) {
    c.is(format_only, low);
    return c.note("a group");
  }
  if (low.starts_with("wxid_") && text.size() > 8 && only(text.substr(5), kWord)) return c.is(valid, low);
  if (low.starts_with("gh_") && text.size() == 15 && only(low.substr(3), "0123456789abcdef")) {
    c.is(valid, low);
    return c.note("official account");
  }
  if (text.size() < 6 || text.size() > 20 || kLetters.find(text[0]) == kLetters.npos ||
      text.find_first_not_of(std::string(kWord) + "-") != text.npos)
    return c.malformed("is neither an alias, wxid_, gh_ nor a group");
  c.is(format_only, low);
  c.note("an alias may change: wxid_ is the identity");
}

void check_qq(Candidate& c) {
  if (!all_digits(c.text) || c.text.size() < 5 || c.text.size() > 11 || c.text[0] == '0')
    return c.malformed("has 5 to 11 digits");
  c.is(format_only, c.text);
}

void check_line(Candidate& c) {
  const std::string low = lower(c.text);
  if (low.size() == 33 && low[0] == 'u' && only(low.substr(1), "0123456789abcdef")) return c.is(valid, low);
  if (low.size() < 4 || low.size() > 20 || !only(low, "abcdefghijklmnopqrstuvwxyz0123456789._-"))
    return c.malformed("is neither u and 32 hexadecimal digits nor a name of 4 to 20 characters");
  c.is(format_only, low);
}

namespace {

void check_as_number(Candidate& c) {
  check_e164(c);
  if (c.id.status == malformed) return;
  c.id.also.push_back("e164:" + c.id.normalised);
}

}  // namespace

void check_zalo(Candidate& c) { check_as_number(c); }
void check_viber(Candidate& c) { check_as_number(c); }

void check_signal(Candidate& c) {
  const std::string low = lower(c.text);
  std::string hex = low;
  std::erase(hex, '-');
  if (low.size() != 36 || hex.size() != 32 || low[8] != '-' || low[13] != '-' || low[18] != '-' ||
      low[23] != '-' || !only(hex, "0123456789abcdef"))
    return c.malformed("is a UUID: 8-4-4-4-12 hexadecimal digits");
  c.is(valid, low);
}

void check_free_text(Candidate& c) {
  const std::string country = upper(c.hints.country);
  std::string text = upper(c.text);
  c.is(format_only, text, country.empty() ? text : country + "/" + text);
}

}  // namespace exchange
