// The checkers behind identify(), one family a file. Not a public header.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "libexchange/base/bytes.h"
#include "libexchange/casefile/identifier.h"

namespace exchange {

// One value on its way: `text` is folded and trimmed; the checker fills `id`.
struct Candidate {
  std::string text;
  const IdentifierHints& hints;
  Identifier& id;

  void note(std::string what) { id.notes.push_back(std::move(what)); }
  // `normalised` is also the key, unless `key` is given.
  void is(IdentifierStatus status, std::string normalised, std::string key = {}) {
    id.status = status;
    id.key = id.type + ":" + (key.empty() ? normalised : key);
    id.normalised = std::move(normalised);
  }
  void malformed(std::string why) {
    id.status = IdentifierStatus::malformed;
    note(std::move(why));
  }
};

// Digits of any script become ASCII, full-width forms half-width, no-break spaces spaces, dashes '-'; marks
// that cannot be seen (bidi, joiners, BOM) go.
std::string folded(std::string_view text);
// Without the separators - . / ( ) and space.
std::string compact(std::string_view text);

bool all_digits(std::string_view text);  // ASCII, not empty
int digit(char c);                       // of '0' to '9'

bool luhn(std::string_view digits);  // ISO/IEC 7812-1 annex B; the last digit is the check digit
int weighted(std::string_view digits, std::string_view weights);  // weights as characters: '0' + weight
bool is_date(int year, int month, int day);                       // Gregorian, proleptic
int number(std::string_view digits);                              // at most nine
bool is_assigned_country(std::string_view alpha2);                // ISO 3166-1, and XK

// Where a value is all digits and shorter than its type allows.
void note_lost_digits(Candidate& c, std::size_t shortest);

// telecom
void check_imei(Candidate& c);
void check_meid(Candidate& c);
void check_imsi(Candidate& c);
void check_iccid(Candidate& c);
void check_e164(Candidate& c);
// bank
void check_pan(Candidate& c);
void check_iban(Candidate& c);
void check_bic(Candidate& c);
void check_bank_account(Candidate& c);
// persons
void check_cn_id(Candidate& c);
void check_tw_id(Candidate& c);
void check_hk_id(Candidate& c);
void check_th_id(Candidate& c);
void check_ae_eid(Candidate& c);
void check_sa_id(Candidate& c);
void check_kw_id(Candidate& c);
void check_qa_id(Candidate& c);
void check_tr_id(Candidate& c);
void check_my_ic(Candidate& c);
void check_vn_cccd(Candidate& c);
void check_id_nik(Candidate& c);
void check_ph_psn(Candidate& c);
void check_kh_id(Candidate& c);
void check_mm_nrc(Candidate& c);
// travel documents
void check_mrz_td1(Candidate& c);
void check_mrz_td2(Candidate& c);
void check_mrz_td3(Candidate& c);
void check_passport_no(Candidate& c);
// wallets
void check_btc(Candidate& c);
void check_eth(Candidate& c);
void check_tron(Candidate& c);
void check_txid(Candidate& c);
// network
void check_mac(Candidate& c);
void check_ipv4(Candidate& c);
void check_ipv6(Candidate& c);
void check_domain(Candidate& c);
void check_url(Candidate& c);
void check_email(Candidate& c);
// accounts
void check_whatsapp(Candidate& c);
void check_telegram(Candidate& c);
void check_wechat(Candidate& c);
void check_qq(Candidate& c);
void check_line(Candidate& c);
void check_zalo(Candidate& c);
void check_viber(Candidate& c);
void check_signal(Candidate& c);
void check_free_text(Candidate& c);

}  // namespace exchange
