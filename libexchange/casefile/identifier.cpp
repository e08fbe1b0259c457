#include "libexchange/casefile/identifier.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"

namespace exchange {

namespace {

struct TypeRow {
  IdentifierType type;
  void (*check)(Candidate&);
  bool long_number;  // spreadsheets turn it into 8.9986E+18
};

constexpr std::array kTypes = {
    TypeRow{{"imei", "mobile equipment, 14 to 16 digits, Luhn", "3GPP TS 23.003 6.2"}, check_imei, true},
    TypeRow{{"meid", "mobile equipment, 14 hexadecimal or 18 decimal digits", "3GPP2 S.R0048-A"},
            check_meid,
            true},
    TypeRow{{"imsi", "subscriber, 6 to 15 digits", "3GPP TS 23.003 2.2, ITU-T E.212"}, check_imsi, true},
    TypeRow{{"iccid", "SIM card, 18 to 20 digits, Luhn", "ITU-T E.118"}, check_iccid, true},
    TypeRow{{"e164", "telephone number", "ITU-T E.164, by libphonenumber"}, check_e164, true},
    TypeRow{{"pan", "payment card, 12 to 19 digits, Luhn", "ISO/IEC 7812-1"}, check_pan, true},
    TypeRow{
        {"iban", "bank account, ISO 7064 mod 97-10", "ISO 13616, SWIFT IBAN registry"}, check_iban, false},
    TypeRow{{"bic", "bank", "ISO 9362"}, check_bic, false},
    TypeRow{{"bank_account", "COUNTRY/BANK/NUMBER where there is no IBAN", "ISO 20022 practice"},
            check_bank_account,
            false},
    TypeRow{{"cn_id", "identity number, China", "GB 11643-1999"}, check_cn_id, true},
    TypeRow{{"tw_id", "identity number, Taiwan", "published check digit rule"}, check_tw_id, false},
    TypeRow{{"hk_id", "identity card, Hong Kong", "published check digit rule"}, check_hk_id, false},
    TypeRow{{"th_id", "identity number, Thailand", "published check digit rule"}, check_th_id, true},
    TypeRow{{"ae_eid", "Emirates ID", "form published; Luhn is customary"}, check_ae_eid, true},
    TypeRow{{"sa_id", "identity number, Saudi Arabia", "Luhn is customary"}, check_sa_id, true},
    TypeRow{{"kw_id", "civil number, Kuwait", "customary check digit rule"}, check_kw_id, true},
    TypeRow{{"qa_id", "identity number, Qatar", "form only"}, check_qa_id, true},
    TypeRow{{"tr_id", "identity number, Türkiye", "published check digit rule"}, check_tr_id, true},
    TypeRow{{"my_ic", "identity card, Malaysia", "form and date"}, check_my_ic, true},
    TypeRow{{"vn_cccd", "citizen card, Viet Nam", "form, province and year"}, check_vn_cccd, true},
    TypeRow{{"id_nik", "population number, Indonesia", "form and date"}, check_id_nik, true},
    TypeRow{{"ph_psn", "PhilSys number, Philippines", "form only"}, check_ph_psn, true},
    TypeRow{{"kh_id", "identity card, Cambodia", "form only"}, check_kh_id, true},
    TypeRow{{"mm_nrc", "registration card, Myanmar", "form only"}, check_mm_nrc, false},
    TypeRow{{"mrz_td3", "passport, two lines of 44, or the second", "ICAO Doc 9303-4"}, check_mrz_td3, false},
    TypeRow{{"mrz_td1", "card, three lines of 30", "ICAO Doc 9303-5"}, check_mrz_td1, false},
    TypeRow{{"mrz_td2", "document, two lines of 36", "ICAO Doc 9303-6"}, check_mrz_td2, false},
    TypeRow{{"passport_no", "NUMBER/STATE", "ICAO Doc 9303-4"}, check_passport_no, false},
    TypeRow{{"btc", "Bitcoin address", "Base58Check, BIP 173, BIP 350"}, check_btc, false},
    TypeRow{{"eth", "EVM address", "EIP-55"}, check_eth, false},
    TypeRow{{"tron", "Tron address", "Base58Check, prefix 41"}, check_tron, false},
    TypeRow{{"txid", "transaction, 64 hexadecimal digits and its chain", "form only"}, check_txid, false},
    TypeRow{{"mac", "network interface, 48 bits", "IEEE 802"}, check_mac, false},
    TypeRow{{"ipv4", "address, with time and port", "RFC 791"}, check_ipv4, false},
    TypeRow{{"ipv6", "address, with time and port", "RFC 4291, RFC 5952"}, check_ipv6, false},
    TypeRow{{"domain", "domain name", "RFC 1035, IDNA 2008, Public Suffix List"}, check_domain, false},
    TypeRow{{"url", "web address, never fetched", "RFC 3986"}, check_url, false},
    TypeRow{{"email", "mail address", "RFC 5321"}, check_email, false},
    TypeRow{{"whatsapp", "JID", "form only"}, check_whatsapp, true},
    TypeRow{{"telegram", "user id or name", "form only"}, check_telegram, true},
    TypeRow{{"wechat", "account name", "form only"}, check_wechat, false},
    TypeRow{{"qq", "account number", "form only"}, check_qq, true},
    TypeRow{{"line", "account name", "form only"}, check_line, false},
    TypeRow{{"zalo", "telephone number", "ITU-T E.164"}, check_zalo, true},
    TypeRow{{"viber", "telephone number", "ITU-T E.164"}, check_viber, true},
    TypeRow{{"signal", "UUID", "RFC 9562"}, check_signal, false},
    TypeRow{{"plate", "vehicle, free text", "none"}, check_free_text, false},
    TypeRow{{"vessel", "ship, free text", "none"}, check_free_text, false},
    TypeRow{{"flight", "flight, free text", "none"}, check_free_text, false},
    TypeRow{{"other", "anything else, free text", "none"}, check_free_text, false},
};

constexpr auto kPlainTypes = [] {
  std::array<IdentifierType, kTypes.size()> out{};
  for (std::size_t i = 0; i < kTypes.size(); ++i) out[i] = kTypes[i].type;
  return out;
}();

const TypeRow* row_of(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, const TypeRow*> all;
    for (const TypeRow& row : kTypes) all.emplace(row.type.name, &row);
    return all;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

// 8.9986E+18: the digits are gone, nobody may guess them.
bool is_scientific(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  if (e == text.npos || e == 0 || e + 2 >= text.size() ||
      (text[e + 1] != '+' && !all_digits(text.substr(e + 1, 1))))
    return false;
  const std::string_view mantissa = text.substr(0, e),
                         exponent = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  const std::size_t point = mantissa.find_first_of(".,");
  return all_digits(exponent) && exponent.size() <= 2 && all_digits(mantissa.substr(0, point)) &&
         (point == mantissa.npos || all_digits(mantissa.substr(point + 1)));
}

// Fifteen significant digits are all that a spreadsheet keeps.
bool is_rounded(std::string_view text) {
  return text.size() >= 16 && all_digits(text) &&
         text.substr(15).find_first_not_of('0') == std::string_view::npos;
}

constexpr std::array kPublic = {
    PublicIdentifier{"tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "USDT contract on Tron", "tether.to"},
    PublicIdentifier{"eth:0xdac17f958d2ee523a2206206994597c13d831ec7", "USDT contract on Ethereum",
                     "tether.to"},
    PublicIdentifier{"tron:T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "zero address", "Tron protocol"},
    PublicIdentifier{"eth:0x0000000000000000000000000000000000000000", "zero address", "Ethereum protocol"},
    PublicIdentifier{"ipv4:8.8.8.8", "public resolver", "developers.google.com"},
    PublicIdentifier{"ipv4:8.8.4.4", "public resolver", "developers.google.com"},
    PublicIdentifier{"ipv4:1.1.1.1", "public resolver", "one.one.one.one"},
    PublicIdentifier{"ipv4:9.9.9.9", "public resolver", "quad9.net"},
    PublicIdentifier{"ipv4:114.114.114.114", "public resolver", "114dns.com"},
};

}  // namespace

std::string_view name_of(IdentifierStatus status) {
  constexpr std::array<std::string_view, 5> names = {"valid", "format_only", "checksum_failed", "unassigned",
                                                     "malformed"};
  return names[static_cast<std::size_t>(status)];
}

std::span<const IdentifierType> identifier_types() { return kPlainTypes; }

bool is_identifier_type(std::string_view name) { return row_of(name) != nullptr; }

const PublicIdentifier* public_identifier(std::string_view key) {
  const auto found = std::ranges::find(kPublic, key, &PublicIdentifier::key);
  return found == kPublic.end() ? nullptr : found;
}

Identifier identify(std::string_view type, std::string_view value, const IdentifierHints& hints) {
  Identifier id;
  id.type = type;
  id.original = value;
  Candidate candidate{folded(value), hints, id};
  const TypeRow* row = row_of(type);
  if (!row) {
    candidate.malformed("is not a known type of identifier");
  } else if (candidate.text.empty()) {
    candidate.malformed("is empty");
  } else if (candidate.text.size() > 2048) {
    candidate.malformed("is over 2,048 bytes");
  } else if (row->long_number && is_scientific(candidate.text)) {
    candidate.malformed("spreadsheet damage: the digits after the first few are lost");
  } else {
    row->check(candidate);
    if (row->long_number && id.doubtful() && is_rounded(candidate.text)) {
      id.normalised.clear();
      id.key.clear();
      candidate.malformed("spreadsheet damage: rounded to 15 digits");
    }
  }
  if (id.status == IdentifierStatus::malformed) {
    id.normalised.clear();
    id.key.clear();
    id.also.clear();
  }
  if (id.display.empty()) id.display = id.normalised.empty() ? id.original : id.normalised;
  if (const auto* known = public_identifier(id.key))
    id.notes.push_back("public: " + std::string(known->what));
  return id;
}

}  // namespace exchange
