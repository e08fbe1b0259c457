#include "libexchange/trust/statements.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/crypto/digest.h"
#include "libexchange/trust/fields.h"
#include "libexchange/trust/usage.h"

namespace exchange {

namespace {

constexpr std::string_view kCard = "valise-card/v1", kRequest = "valise-request/v1",
                           kEndorsement = "valise-endorsement/v1", kRevocations = "valise-revocations/v1";

const char* yes_no(bool value) { return value ? "yes" : "no"; }

std::string fixed_word(Fields& fields, std::string_view word, bool (*good)(std::string_view)) {
  return fields.checked(word, [&](const std::string& v) { return good(v); });
}

void require_self_signed(const Note& note, const VerifierKey& key, std::string_view what) {
  if (!verify_note(note, key))
    throw Failure(Code::signature, std::string(what) + ": is not signed by the key that it names",
                  "ask for it again: it was changed or made by somebody else");
}

bool is_serial(const std::string& text) {
  const auto bytes = from_hex(text);
  return bytes && bytes->size() == 16;
}

}  // namespace

// ---- card ----

std::string Card::text() const {
  return fmt::format("{}\nagency {}\nname {}\ncountry {}\nroot {}\nexample {}\n", kCard, agency, name,
                     country, root.text(), yes_no(example));
}

std::string Card::fingerprint() const {
  const std::string hex = to_hex(sha256(as_view(root.text())));
  std::string out = "SHA256:";
  for (std::size_t i = 0; i < hex.size(); i += 8) out += (i ? " " : "") + hex.substr(i, 8);
  return out;
}

Card Card::parse(std::string_view whole) {
  const Note note = Note::parse(whole, std::string(kCard));
  Fields fields(note.text, kCard);
  Card card;
  card.agency = fixed_word(fields, "agency", is_agency_id);
  card.name = fields.phrase("name");
  card.country = fixed_word(fields, "country", is_country);
  card.root = fields.key("root");
  card.example = fields.yes_no("example");
  fields.require_same(note.text, card.text());
  if (card.root.name != card.agency) fields.bad("its key has another name than the agency");
  require_self_signed(note, card.root, kCard);
  return card;
}

// ---- request ----

std::string KeyRequest::text() const {
  return fmt::format("{}\nofficer {}\nsigning {}\nreceiving {}\nexample {}\n", kRequest, officer.text(),
                     signing.text(), receiving.text(), yes_no(example));
}

KeyRequest KeyRequest::parse(std::string_view whole) {
  const Note note = Note::parse(whole, std::string(kRequest));
  Fields fields(note.text, kRequest);
  KeyRequest request;
  request.officer = fields.parsed("officer", Address::parse);
  request.signing = fields.key("signing");
  request.receiving = fields.parsed("receiving", AgeRecipient::parse);
  request.example = fields.yes_no("example");
  fields.require_same(note.text, request.text());
  if (request.signing.name != request.officer.text()) fields.bad("its key has another name than the officer");
  require_self_signed(note, request.signing, kRequest);
  return request;
}

// ---- endorsement ----

std::string Endorsement::text() const {
  return fmt::format(
      "{}\nserial {}\nagency {}\nname {}\ncountry {}\nofficer {}\nsigning {}\nreceiving {}\nusage "
      "{}\nnot-before {}\n"
      "not-after {}\nexample {}\n",
      kEndorsement, serial, officer.agency, agency_name, country, officer.text(), signing.text(),
      receiving.text(), usages_text(usages), to_utc(not_before), to_utc(not_after), yes_no(example));
}

Endorsement Endorsement::parse(std::string_view whole) {
  const Note note = Note::parse(whole, std::string(kEndorsement));
  Fields fields(note.text, kEndorsement);
  Endorsement e;
  e.serial = fields.checked("serial", is_serial);
  const std::string agency = fixed_word(fields, "agency", is_agency_id);
  e.agency_name = fields.phrase("name");
  e.country = fixed_word(fields, "country", is_country);
  e.officer = fields.parsed("officer", Address::parse);
  e.signing = fields.key("signing");
  e.receiving = fields.parsed("receiving", AgeRecipient::parse);
  const std::string usage = fields.value("usage");
  for (const std::string_view word : split(usage, ',')) {
    if (!is_usage(word)) fields.bad("an unknown usage");
    e.usages.emplace(word);
  }
  e.not_before = fields.time("not-before");
  e.not_after = fields.time("not-after");
  e.example = fields.yes_no("example");
  fields.require_same(note.text, e.text());
  if (agency != e.officer.agency || e.signing.name != e.officer.text()) fields.bad("its names do not agree");
  if (e.not_after < e.not_before) fields.bad("it ends before it begins");
  e.text_hash = sha256(as_view(note.text));
  e.whole = std::string(whole);
  return e;
}

// ---- revocation list ----

std::string RevocationList::text() const {
  std::string out =
      fmt::format("{}\nagency {}\nnumber {}\nissued {}\nnext-update {}\nexample {}\n", kRevocations, agency,
                  number, to_utc(issued), to_utc(next_update), yes_no(example));
  for (const Revocation& r : revoked)
    out += fmt::format("revoked {} {} {}\n", r.serial, to_utc(r.at), r.reason);
  return out;
}

RevocationList RevocationList::parse(std::string_view whole) {
  const Note note = Note::parse(whole, std::string(kRevocations));
  Fields fields(note.text, kRevocations);
  RevocationList list;
  list.agency = fixed_word(fields, "agency", is_agency_id);
  list.number = fields.number("number");
  list.issued = fields.time("issued");
  list.next_update = fields.time("next-update");
  list.example = fields.yes_no("example");
  while (!fields.at_end()) {
    const std::string value = fields.value("revoked");
    const auto at = value.size() > 54 ? from_utc(std::string_view(value).substr(33, 20)) : std::nullopt;
    if (!at || value[32] != ' ' || value[53] != ' ' || !is_serial(value.substr(0, 32)) ||
        !Fields::is_phrase(std::string_view(value).substr(54)))
      fields.bad("a revocation is malformed");
    if (!list.revoked.empty() && list.revoked.back().serial >= value.substr(0, 32))
      fields.bad("its revocations are not in order");
    list.revoked.push_back({value.substr(0, 32), *at, value.substr(54)});
  }
  fields.require_same(note.text, list.text());
  list.whole = std::string(whole);
  return list;
}

const Revocation* RevocationList::find(std::string_view serial) const {
  const auto it = std::ranges::find(revoked, serial, &Revocation::serial);
  return it == revoked.end() ? nullptr : &*it;
}

}  // namespace exchange
