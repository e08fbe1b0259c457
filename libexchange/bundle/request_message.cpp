// A request as a Cap'n Proto message (schemas/case.capnp): a table for its texts, so that both directions
// agree.
#include "libexchange/bundle/request_message.h"

#include <array>

#include "case.capnp.h"
#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"

namespace exchange {

namespace {

template <class Plain, class Schema>
struct Text {
  std::string Plain::*member;
  void (Schema::Builder::*set)(capnp::Text::Reader);
  capnp::Text::Reader (Schema::Reader::*get)() const;
};

constexpr std::array kTexts = {
    Text<Request, schema::Request>{&Request::reference, &schema::Request::Builder::setReference,
                                   &schema::Request::Reader::getReference},
    Text<Request, schema::Request>{&Request::title, &schema::Request::Builder::setTitle,
                                   &schema::Request::Reader::getTitle},
    Text<Request, schema::Request>{&Request::language, &schema::Request::Builder::setLanguage,
                                   &schema::Request::Reader::getLanguage},
    Text<Request, schema::Request>{&Request::type, &schema::Request::Builder::setType,
                                   &schema::Request::Reader::getType},
    Text<Request, schema::Request>{&Request::channel, &schema::Request::Builder::setChannel,
                                   &schema::Request::Reader::getChannel},
    Text<Request, schema::Request>{&Request::evidential_use, &schema::Request::Builder::setEvidentialUse,
                                   &schema::Request::Reader::getEvidentialUse},
    Text<Request, schema::Request>{&Request::evidential_consent_ref,
                                   &schema::Request::Builder::setEvidentialConsentRef,
                                   &schema::Request::Reader::getEvidentialConsentRef},
    Text<Request, schema::Request>{&Request::stage, &schema::Request::Builder::setStage,
                                   &schema::Request::Reader::getStage},
    Text<Request, schema::Request>{&Request::case_number, &schema::Request::Builder::setCaseNumber,
                                   &schema::Request::Reader::getCaseNumber},
    Text<Request, schema::Request>{&Request::court, &schema::Request::Builder::setCourt,
                                   &schema::Request::Reader::getCourt},
    Text<Request, schema::Request>{&Request::purpose, &schema::Request::Builder::setPurpose,
                                   &schema::Request::Reader::getPurpose},
    Text<Request, schema::Request>{&Request::facts, &schema::Request::Builder::setFacts,
                                   &schema::Request::Reader::getFacts},
    Text<Request, schema::Request>{&Request::procedure, &schema::Request::Builder::setProcedure,
                                   &schema::Request::Reader::getProcedure},
    Text<Request, schema::Request>{&Request::translation, &schema::Request::Builder::setTranslation,
                                   &schema::Request::Reader::getTranslation},
    Text<Request, schema::Request>{&Request::death_penalty, &schema::Request::Builder::setDeathPenalty,
                                   &schema::Request::Reader::getDeathPenalty},
    Text<Request, schema::Request>{&Request::political, &schema::Request::Builder::setPolitical,
                                   &schema::Request::Reader::getPolitical},
    Text<Request, schema::Request>{&Request::ne_bis_in_idem, &schema::Request::Builder::setNeBisInIdem,
                                   &schema::Request::Reader::getNeBisInIdem},
    Text<Request, schema::Request>{&Request::urgency, &schema::Request::Builder::setUrgency,
                                   &schema::Request::Reader::getUrgency},
    Text<Request, schema::Request>{&Request::urgency_reason, &schema::Request::Builder::setUrgencyReason,
                                   &schema::Request::Reader::getUrgencyReason},
    Text<Request, schema::Request>{&Request::needed_by, &schema::Request::Builder::setNeededBy,
                                   &schema::Request::Reader::getNeededBy},
    Text<Request, schema::Request>{&Request::oral_request_at, &schema::Request::Builder::setOralRequestAt,
                                   &schema::Request::Reader::getOralRequestAt},
    Text<Request, schema::Request>{&Request::confidentiality, &schema::Request::Builder::setConfidentiality,
                                   &schema::Request::Reader::getConfidentiality},
    Text<Request, schema::Request>{&Request::confidentiality_reason,
                                   &schema::Request::Builder::setConfidentialityReason,
                                   &schema::Request::Reader::getConfidentialityReason},
    Text<Request, schema::Request>{&Request::tlp, &schema::Request::Builder::setTlp,
                                   &schema::Request::Reader::getTlp},
    Text<Request, schema::Request>{&Request::level, &schema::Request::Builder::setLevel,
                                   &schema::Request::Reader::getLevel},
    Text<Request, schema::Request>{&Request::handling_code, &schema::Request::Builder::setHandlingCode,
                                   &schema::Request::Reader::getHandlingCode},
    Text<Request, schema::Request>{&Request::handling_text, &schema::Request::Builder::setHandlingText,
                                   &schema::Request::Reader::getHandlingText},
    Text<Request, schema::Request>{&Request::review_on, &schema::Request::Builder::setReviewOn,
                                   &schema::Request::Reader::getReviewOn},
    Text<Request, schema::Request>{&Request::delete_after, &schema::Request::Builder::setDeleteAfter,
                                   &schema::Request::Reader::getDeleteAfter},
    Text<Request, schema::Request>{&Request::retention_basis, &schema::Request::Builder::setRetentionBasis,
                                   &schema::Request::Reader::getRetentionBasis},
    Text<Request, schema::Request>{&Request::onward, &schema::Request::Builder::setOnward,
                                   &schema::Request::Reader::getOnward},
    Text<Request, schema::Request>{&Request::onward_consent_ref,
                                   &schema::Request::Builder::setOnwardConsentRef,
                                   &schema::Request::Reader::getOnwardConsentRef},
    Text<Request, schema::Request>{&Request::controller, &schema::Request::Builder::setController,
                                   &schema::Request::Reader::getController},
    Text<Request, schema::Request>{&Request::lawful_basis, &schema::Request::Builder::setLawfulBasis,
                                   &schema::Request::Reader::getLawfulBasis},
};
constexpr std::array kParty = {
    Text<Party, schema::Party>{&Party::id, &schema::Party::Builder::setId, &schema::Party::Reader::getId},
    Text<Party, schema::Party>{&Party::name, &schema::Party::Builder::setName,
                               &schema::Party::Reader::getName},
    Text<Party, schema::Party>{&Party::name_latin, &schema::Party::Builder::setNameLatin,
                               &schema::Party::Reader::getNameLatin},
    Text<Party, schema::Party>{&Party::country, &schema::Party::Builder::setCountry,
                               &schema::Party::Reader::getCountry},
    Text<Party, schema::Party>{&Party::central_authority, &schema::Party::Builder::setCentralAuthority,
                               &schema::Party::Reader::getCentralAuthority},
    Text<Party, schema::Party>{&Party::contact, &schema::Party::Builder::setContact,
                               &schema::Party::Reader::getContact},
    Text<Party, schema::Party>{&Party::person, &schema::Party::Builder::setPerson,
                               &schema::Party::Reader::getPerson},
    Text<Party, schema::Party>{&Party::function, &schema::Party::Builder::setFunction,
                               &schema::Party::Reader::getFunction},
};
constexpr std::array kOffence = {
    Text<Offence, schema::Offence>{&Offence::name, &schema::Offence::Builder::setName,
                                   &schema::Offence::Reader::getName},
    Text<Offence, schema::Offence>{&Offence::law, &schema::Offence::Builder::setLaw,
                                   &schema::Offence::Reader::getLaw},
    Text<Offence, schema::Offence>{&Offence::text, &schema::Offence::Builder::setText,
                                   &schema::Offence::Reader::getText},
    Text<Offence, schema::Offence>{&Offence::iccs, &schema::Offence::Builder::setIccs,
                                   &schema::Offence::Reader::getIccs},
    Text<Offence, schema::Offence>{&Offence::penalty, &schema::Offence::Builder::setPenalty,
                                   &schema::Offence::Reader::getPenalty},
    Text<Offence, schema::Offence>{&Offence::years, &schema::Offence::Builder::setYears,
                                   &schema::Offence::Reader::getYears},
    Text<Offence, schema::Offence>{&Offence::dual_criminality, &schema::Offence::Builder::setDualCriminality,
                                   &schema::Offence::Reader::getDualCriminality},
};
constexpr std::array kBasis = {
    Text<LegalBasis, schema::LegalBasis>{&LegalBasis::instrument, &schema::LegalBasis::Builder::setInstrument,
                                         &schema::LegalBasis::Reader::getInstrument},
    Text<LegalBasis, schema::LegalBasis>{&LegalBasis::article, &schema::LegalBasis::Builder::setArticle,
                                         &schema::LegalBasis::Reader::getArticle},
    Text<LegalBasis, schema::LegalBasis>{&LegalBasis::citation, &schema::LegalBasis::Builder::setCitation,
                                         &schema::LegalBasis::Reader::getCitation},
};
constexpr std::array kPreservation = {
    Text<Preservation, schema::Preservation>{&Preservation::data, &schema::Preservation::Builder::setData,
                                             &schema::Preservation::Reader::getData},
    Text<Preservation, schema::Preservation>{&Preservation::custodian,
                                             &schema::Preservation::Builder::setCustodian,
                                             &schema::Preservation::Reader::getCustodian},
    Text<Preservation, schema::Preservation>{&Preservation::location,
                                             &schema::Preservation::Builder::setLocation,
                                             &schema::Preservation::Reader::getLocation},
    Text<Preservation, schema::Preservation>{&Preservation::necessity,
                                             &schema::Preservation::Builder::setNecessity,
                                             &schema::Preservation::Reader::getNecessity},
    Text<Preservation, schema::Preservation>{&Preservation::expires,
                                             &schema::Preservation::Builder::setExpires,
                                             &schema::Preservation::Reader::getExpires},
};
constexpr std::array kRelated = {
    Text<Related, schema::Related>{&Related::seal, &schema::Related::Builder::setSeal,
                                   &schema::Related::Reader::getSeal},
    Text<Related, schema::Related>{&Related::reference, &schema::Related::Builder::setReference,
                                   &schema::Related::Reader::getReference},
    Text<Related, schema::Related>{&Related::notice_type, &schema::Related::Builder::setNoticeType,
                                   &schema::Related::Reader::getNoticeType},
    Text<Related, schema::Related>{&Related::notice_no, &schema::Related::Builder::setNoticeNo,
                                   &schema::Related::Reader::getNoticeNo},
};

std::string from(capnp::Text::Reader t) {
  std::string text(t.begin(), t.size());
  if (!is_utf8(text)) throw Failure(Code::malformed, "request: text that is not UTF-8");
  return text;
}

template <class Table, class Builder, class Plain>
void put_texts(const Table& table, Builder b, const Plain& plain) {
  for (const auto& t : table)
    if (!(plain.*t.member).empty())
      (b.*t.set)(capnp::Text::Reader((plain.*t.member).c_str(), (plain.*t.member).size()));
}

template <class Table, class Reader, class Plain>
void get_texts(const Table& table, Reader r, Plain& plain) {
  for (const auto& t : table) plain.*t.member = from((r.*t.get)());
}

template <class Table, class List, class Plain>
void put_all(const Table& table, List list, const std::vector<Plain>& plain) {
  for (unsigned i = 0; i < list.size(); ++i) put_texts(table, list[i], plain[i]);
}

template <class Table, class List, class Plain>
void get_all(const Table& table, List list, std::vector<Plain>& plain) {
  for (auto item : list) get_texts(table, item, plain.emplace_back());
}

template <class List>
void put_words(List list, const std::vector<std::string>& words) {
  for (unsigned i = 0; i < list.size(); ++i)
    list.set(i, capnp::Text::Reader(words[i].c_str(), words[i].size()));
}

std::vector<std::string> words(capnp::List<capnp::Text>::Reader list) {
  std::vector<std::string> out;
  for (auto word : list) out.push_back(from(word));
  return out;
}

unsigned count(std::size_t n) { return static_cast<unsigned>(n); }

template <class Table, class Plain>
std::size_t room(const Table& table, const Plain& plain) {
  std::size_t size = 128;
  for (const auto& t : table) size += (plain.*t.member).size() + 16;
  return size;
}

}  // namespace

void put(schema::Request::Builder b, const Request& r) {
  put_texts(kTexts, b, r);
  put_texts(kParty, b.initRequesting(), r.requesting);
  put_all(kParty, b.initRequested(count(r.requested.size())), r.requested);
  put_all(kBasis, b.initLegalBasis(count(r.legal_basis.size())), r.legal_basis);
  put_all(kOffence, b.initOffences(count(r.offences.size())), r.offences);
  put_all(kRelated, b.initRelated(count(r.related.size())), r.related);
  put_words(b.initAssistanceSought(count(r.assistance_sought.size())), r.assistance_sought);
  put_words(b.initUndertakings(count(r.undertakings.size())), r.undertakings);
  put_words(b.initOnwardAgencies(count(r.onward_agencies.size())), r.onward_agencies);
  put_words(b.initSpecialCategories(count(r.special_categories.size())), r.special_categories);
  b.setAssuranceFile(r.assurance.file.c_str());
  b.setAssuranceIssuer(r.assurance.issuer.c_str());
  b.setAssuranceDate(r.assurance.date.c_str());
  if (r.preserve) {
    auto p = b.initPreserve();
    put_texts(kPreservation, p, *r.preserve);
    p.setMlaWillFollow(r.preserve->mla_will_follow);
  }
}

Request request_from(schema::Request::Reader m) {
  Request r;
  get_texts(kTexts, m, r);
  get_texts(kParty, m.getRequesting(), r.requesting);
  get_all(kParty, m.getRequested(), r.requested);
  get_all(kBasis, m.getLegalBasis(), r.legal_basis);
  get_all(kOffence, m.getOffences(), r.offences);
  get_all(kRelated, m.getRelated(), r.related);
  r.assistance_sought = words(m.getAssistanceSought());
  r.undertakings = words(m.getUndertakings());
  r.onward_agencies = words(m.getOnwardAgencies());
  r.special_categories = words(m.getSpecialCategories());
  r.assurance = {from(m.getAssuranceFile()), from(m.getAssuranceIssuer()), from(m.getAssuranceDate())};
  if (m.hasPreserve()) {
    r.preserve.emplace();
    get_texts(kPreservation, m.getPreserve(), *r.preserve);
    r.preserve->mla_will_follow = m.getPreserve().getMlaWillFollow();
  }
  return r;
}

std::size_t room_for(const Request& r) {
  std::size_t size = 1024 + room(kTexts, r) + room(kParty, r.requesting);
  for (const Party& p : r.requested) size += room(kParty, p);
  for (const LegalBasis& b : r.legal_basis) size += room(kBasis, b);
  for (const Offence& o : r.offences) size += room(kOffence, o);
  for (const Related& x : r.related) size += room(kRelated, x);
  for (const auto* list : {&r.assistance_sought, &r.undertakings, &r.onward_agencies, &r.special_categories})
    for (const std::string& word : *list) size += word.size() + 16;
  size += r.assurance.file.size() + r.assurance.issuer.size() + r.assurance.date.size();
  if (r.preserve) size += room(kPreservation, *r.preserve);
  return size;
}

}  // namespace exchange
