#include "libexchange/base/text.h"
#include "tools/shown_case.h"

namespace valise {

namespace {

using exchange::Request;

Json party_json(const exchange::Party& p) {
  return {{"id", p.id},
          {"name", p.name},
          {"name_latin", p.name_latin},
          {"country", p.country},
          {"central_authority", p.central_authority},
          {"contact", p.contact},
          {"person", p.person},
          {"function", p.function}};
}

Json request_json(const Request& r) {
  Json requested = Json::array(), basis = Json::array(), offences = Json::array(), related = Json::array();
  for (const auto& p : r.requested) requested.push_back(party_json(p));
  for (const auto& b : r.legal_basis)
    basis.push_back({{"instrument", b.instrument}, {"article", b.article}, {"citation", b.citation}});
  for (const auto& o : r.offences)
    offences.push_back({{"name", o.name},
                        {"law", o.law},
                        {"text", o.text},
                        {"iccs", o.iccs},
                        {"max_penalty", {{"kind", o.penalty}, {"years", o.years}}},
                        {"dual_criminality", o.dual_criminality}});
  for (const auto& x : r.related)
    related.push_back({{"seal", x.seal},
                       {"reference", x.reference},
                       {"notice_type", x.notice_type},
                       {"notice_no", x.notice_no}});
  Json preserve;
  if (const auto& p = r.preserve)
    preserve = {{"data", p->data},
                {"custodian", p->custodian},
                {"location", p->location},
                {"necessity", p->necessity},
                {"mla_will_follow", p->mla_will_follow},
                {"expires", p->expires}};
  return {{"reference", r.reference},
          {"title", r.title},
          {"language", r.language},
          {"type", r.type},
          {"channel", r.channel},
          {"evidential_use", r.evidential_use},
          {"requesting", party_json(r.requesting)},
          {"requested", requested},
          {"stage", r.stage},
          {"legal_basis", basis},
          {"purpose", r.purpose},
          {"facts", r.facts},
          {"assistance_sought", r.assistance_sought},
          {"procedure", r.procedure},
          {"offences", offences},
          {"death_penalty", r.death_penalty},
          {"political", r.political},
          {"ne_bis_in_idem", r.ne_bis_in_idem},
          {"urgency", r.urgency},
          {"urgency_reason", r.urgency_reason},
          {"needed_by", r.needed_by},
          {"confidentiality", r.confidentiality},
          {"undertakings", r.undertakings},
          {"preserve", preserve},
          {"tlp", r.tlp},
          {"handling_code", r.handling_code},
          {"review_on", r.review_on},
          {"delete_after", r.delete_after},
          {"onward", r.onward},
          {"onward_agencies", r.onward_agencies},
          {"controller", r.controller},
          {"related", related}};
}

}  // namespace

Json case_json(const ShownCase& shown, bool reveal) {
  Json exhibits = Json::array(), persons = Json::array(), identifiers = Json::array(), losses = Json::array();
  for (const auto& e : shown.the_case.exhibits) {
    Json row = Json::object();
    for (const auto& [column, value] : e.row) row[column] = exchange::printable(value);
    exhibits.push_back({{"id", e.id},
                        {"kind", e.kind},
                        {"title", e.title},
                        {"parent", e.parent},
                        {"hash", hash_of(shown, e)},
                        {"row", row}});
  }
  each_row(shown, "persons.csv", [&](Cells& c) {
    if (c["role"].empty()) c["role"] = "undetermined";
    if (c["role"] == "victim" && !reveal) c = {{"id", c["id"]}, {"role", "victim"}, {"minor", c["minor"]}};
    persons.push_back(c);
  });
  each_row(shown, "identifiers.csv", [&](Cells& c) {
    const auto id = identifier_of(c);
    identifiers.push_back({{"type", id.type},
                           {"original", id.original},
                           {"normalised", id.normalised},
                           {"key", id.key},
                           {"also", id.also},
                           {"display", id.display},
                           {"status", name_of(id.status)},
                           {"notes", id.notes},
                           {"exhibit", c["exhibit"]},
                           {"person", c["person"]},
                           {"row", c}});
  });
  each_row(shown, "losses.csv", [&](Cells& c) { losses.push_back(c); });
  return {{"seal", shown.verdict && shown.verdict->seal_id ? Json(exchange::to_hex(*shown.verdict->seal_id))
                                                           : Json()},
          {"request", request_json(shown.the_case.request)},
          {"exhibits", exhibits},
          {"persons", persons},
          {"identifiers", identifiers},
          {"losses", losses},
          {"sealed_for_others", shown.sealed_for_others}};
}

}  // namespace valise
