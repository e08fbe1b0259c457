// Payment cards (ISO/IEC 7812-1), IBAN (ISO 13616), BIC (ISO 9362), and accounts where there is no IBAN.
#include <algorithm>
#include <array>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"

namespace exchange {

using enum IdentifierStatus;

void check_pan(Candidate& c) {
  c.text = compact(c.text);
  if (!all_digits(c.text) || c.text.size() < 12 || c.text.size() > 19)
    return c.malformed("a card number has 12 to 19 digits");
  const bool without_luhn = c.text.starts_with("62") || c.text.size() == 19;  // some issuers do not use it
  c.is(luhn(c.text) ? valid : without_luhn ? format_only : checksum_failed, c.text);
  if (!luhn(c.text) && without_luhn) c.note("its check digit is not Luhn's; some issuers do without");
  c.note("issuer " + c.text.substr(0, 8));
  c.id.display =
      c.text.substr(0, 6) + std::string(c.text.size() - 10, '*') + c.text.substr(c.text.size() - 4);
}

namespace {

// SWIFT IBAN registry: country, length, form of what follows the check digits.
struct IbanRow {
  std::string_view country;
  std::size_t length;
  std::string_view form;  // n digits, a upper-case letters, c either
};
constexpr std::array kIbans = {
    IbanRow{"AE", 23, "3n16n"},   IbanRow{"SA", 24, "2n18c"},   IbanRow{"QA", 29, "4a21c"},
    IbanRow{"KW", 30, "4a22c"},   IbanRow{"BH", 22, "4a14c"},   IbanRow{"JO", 30, "4a4n18c"},
    IbanRow{"LB", 28, "4n20c"},   IbanRow{"TR", 26, "5n1n16c"}, IbanRow{"OM", 23, "3n16c"},
    IbanRow{"IQ", 23, "4a3n12n"}, IbanRow{"EG", 29, "4n4n17n"}, IbanRow{"PK", 24, "4a16c"},
    IbanRow{"YE", 30, "4a4n18c"}, IbanRow{"PS", 29, "4a21c"},   IbanRow{"IL", 23, "3n3n13n"},
    IbanRow{"TL", 23, "3n14n2n"}, IbanRow{"MN", 20, "4n12n"},   IbanRow{"GB", 22, "4a6n8n"},
};
// They have no IBAN.
constexpr std::array<std::string_view, 12> kNoIban = {"KH", "LA", "MM", "TH", "VN", "CN",
                                                      "HK", "SG", "MY", "ID", "PH", "TW"};

bool fits(std::string_view text, std::string_view form) {
  while (!form.empty()) {
    const std::size_t kind = form.find_first_not_of("0123456789");
    const auto count = static_cast<std::size_t>(number(form.substr(0, kind)));
    if (text.size() < count) return false;
    for (char c : text.substr(0, count)) {
      const bool is_digit = c >= '0' && c <= '9', is_letter = c >= 'A' && c <= 'Z';
      if (!(form[kind] == 'n' ? is_digit : form[kind] == 'a' ? is_letter : is_digit || is_letter))
        return false;
    }
    text.remove_prefix(count);
    form.remove_prefix(kind + 1);
  }
  return text.empty();
}

// ISO 7064 MOD 97-10 over letters as 10 to 35, the first four characters last.
bool mod_97(const std::string& iban) {
  unsigned rest = 0;
  for (char c : iban.substr(4) + iban.substr(0, 4)) {
    const auto value = static_cast<unsigned>(c >= 'A' ? c - 'A' + 10 : c - '0');
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest == 1;
}

}  // namespace

void check_iban(Candidate& c) {
  std::string text = upper(compact(c.text));
  if (text.size() < 15 || text.size() > 34 || !fits(text.substr(0, 4), "2a2n") ||
      !fits(text.substr(4), std::to_string(text.size() - 4) + "c"))
    return c.malformed("an IBAN is a country, two check digits and up to 30 letters and digits");
  const std::string country = text.substr(0, 2);
  if (!is_assigned_country(country)) return c.malformed(country + " is no country");
  if (std::ranges::find(kNoIban, country) != kNoIban.end())
    return c.malformed(country + " has no IBAN: use bank_account with COUNTRY/BANK/NUMBER");
  const auto row = std::ranges::find(kIbans, country, &IbanRow::country);
  if (row != kIbans.end() && (text.size() != row->length || !fits(text.substr(4), row->form)))
    return c.malformed("an IBAN of " + country + " has " + std::to_string(row->length) + " characters, " +
                       std::string(row->form) + " after the check digits");
  const int check = number(text.substr(2, 2));
  const bool good = check >= 2 && check <= 98 && mod_97(text);
  c.is(good ? valid : checksum_failed, text);
  if (row == kIbans.end())
    c.note("the form for " + country + " is not in the table: only its check digits were tried");
}

void check_bic(Candidate& c) {
  const std::string text = upper(compact(c.text));
  if ((text.size() != 8 && text.size() != 11) || !fits(text.substr(0, 8), "4c2a2c") ||
      !fits(text.substr(8), text.size() == 11 ? "3c" : ""))
    return c.malformed("a BIC has 8 or 11 letters and digits, the fifth and sixth a country");
  if (!is_assigned_country(text.substr(4, 2))) return c.malformed(text.substr(4, 2) + " is no country");
  c.is(valid, text, text.size() == 8 ? text + "XXX" : text);
  if (text[7] == '0') c.note("test BIC");
  if (text[7] == '1') c.note("passive participant");
}

void check_bank_account(Candidate& c) {
  const auto parts = split(c.text, '/');
  if (parts.size() != 3 || parts[1].empty())
    return c.malformed("write it as COUNTRY/BANK/NUMBER, with the bank's BIC or national code");
  const std::string country = upper(trim(parts[0])), bank = upper(compact(trim(parts[1]))),
                    account = compact(parts[2]);
  if (!is_assigned_country(country)) return c.malformed(printable(country) + " is no country");
  if (!all_digits(account) || account.size() > 34) return c.malformed("its number has digits only");
  if (!fits(bank, std::to_string(bank.size()) + "c")) return c.malformed("its bank is no code");
  c.is(format_only, country + "/" + bank + "/" + account);
}

}  // namespace exchange
