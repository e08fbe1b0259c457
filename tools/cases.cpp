// valise cases, valise show: what the store holds.
#include "libexchange/store/cases.h"

#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"
#include "tools/store_access.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::CaseDetail;
using exchange::CaseSummary;

// What asks for somebody's attention, in a few words.
std::string remarks(const CaseSummary& c, const std::string& today) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  if (c.purged == c.bundles) add("purged");
  if (c.notices > 0) add(fmt::format("{} corrections", c.notices));
  if (c.held) add("legal hold");
  if (c.purged < c.bundles && c.delete_after < today) add("to be deleted");
  if (c.purged < c.bundles && c.review_on < today) add("review due");
  return text;
}

Json summary_json(const CaseSummary& c, const std::string& today) {
  return {{"case", c.key.reference},
          {"agency", c.key.requesting},
          {"title", c.title},
          {"tlp", c.tlp},
          {"bundles", c.bundles},
          {"purged", c.purged},
          {"exhibits", c.exhibits},
          {"ingested", c.last_ingested},
          {"review_on", c.review_on},
          {"delete_after", c.delete_after},
          {"review_due", c.purged < c.bundles && c.review_on < today},
          {"deletion_due", c.purged < c.bundles && c.delete_after < today},
          {"hold", c.held},
          {"notices", c.notices}};
}

void run_cases(const Context& context) {
  const exchange::Instant now = exchange::now();
  const std::string today = exchange::to_utc(now).substr(0, 10);
  std::vector<CaseSummary> all;
  if (exchange::Store::used(store_place(context))) {
    exchange::Store store = open_store(context);
    all = exchange::cases(store, now);
  }
  if (context.json) {
    Json list = Json::array();
    for (const CaseSummary& c : all) list.push_back(summary_json(c, today));
    return context.print(list);
  }
  Table table({"case", "agency", "title", "TLP", "bundles", "exhibits", "review", "delete", ""});
  for (const CaseSummary& c : all)
    table.add({c.key.reference, c.key.requesting, c.title, c.tlp, std::to_string(c.bundles),
               std::to_string(c.exhibits), c.review_on, c.delete_after, remarks(c, today)});
  context.print(table.empty() ? "nothing was taken in yet\n" : table.text());
}

Json detail_json(const CaseDetail& d) {
  Json bundles = Json::array(), exhibits = Json::array(), persons = Json::array(), notices = Json::array(),
       holds = Json::array();
  for (const auto& b : d.bundles)
    bundles.push_back({{"bundle", b.bundle_id},
                       {"seal", b.seal},
                       {"state", b.state},
                       {"title", b.title},
                       {"type", b.type},
                       {"channel", b.channel},
                       {"purpose", b.purpose},
                       {"legal_basis", b.legal_basis},
                       {"evidential_use", b.evidential_use},
                       {"tlp", b.tlp},
                       {"handling_code", b.handling_code},
                       {"onward", b.onward},
                       {"review_on", b.review_on},
                       {"delete_after", b.delete_after},
                       {"signer", b.signer},
                       {"agency", b.agency},
                       {"country", b.country},
                       {"sealed_at", b.sealed_at},
                       {"parent", b.parent},
                       {"exhibits", b.exhibits},
                       {"readable", b.readable},
                       {"bytes", b.bytes},
                       {"ingested_at", b.ingested_at},
                       {"ingested_by", b.ingested_by},
                       {"purged_at", b.purged_at}});
  for (const auto& e : d.exhibits)
    exhibits.push_back({{"id", e.id},
                        {"title", e.title},
                        {"kind", e.kind},
                        {"parent", e.parent},
                        {"handling", e.handling},
                        {"seized_at", e.seized_at},
                        {"seized_place", e.seized_place},
                        {"files", e.files},
                        {"bytes", e.bytes},
                        {"seal", e.seal}});
  for (const auto& p : d.persons)
    persons.push_back({{"id", p.id},
                       {"role", p.role},
                       {"minor", p.minor},
                       {"nationality", p.nationality},
                       {"names", p.names},
                       {"seal", p.seal}});
  for (const auto& n : d.notices)
    notices.push_back({{"id", n.id},
                       {"seal", n.seal},
                       {"scope", n.scope},
                       {"subject", n.subject},
                       {"action", n.action},
                       {"reason", n.reason},
                       {"made_at", n.made_at},
                       {"signer", n.signer},
                       {"accepted_at", n.accepted_at}});
  for (const auto& h : d.holds)
    holds.push_back({{"placed_at", h.placed_at},
                     {"placed_by", h.placed_by},
                     {"until", h.until},
                     {"reason", h.reason},
                     {"released_at", h.released_at},
                     {"released_by", h.released_by},
                     {"release_reason", h.release_reason}});
  return {{"case", d.key.reference}, {"agency", d.key.requesting},
          {"bundles", bundles},      {"exhibits", exhibits},
          {"persons", persons},      {"identifiers", d.identifiers},
          {"losses", d.losses},      {"custody_rows", d.custody_rows},
          {"notices", notices},      {"holds", holds}};
}

std::string detail_text(const CaseDetail& d) {
  std::string text = fmt::format("{} of {}\n", d.key.reference, d.key.requesting);
  for (const auto& n : d.notices)
    text += fmt::format("!! {} ({}, {})\n", shown(n.text()), shown(n.signer), n.made_at);
  for (const auto& h : d.holds)
    text += fmt::format("legal hold of {} until {}: {}{}\n", shown(h.placed_by), h.until, shown(h.reason),
                        h.released_at.empty() ? "" : " (released " + h.released_at + ")");
  for (const auto& b : d.bundles) {
    text += fmt::format("\nbundle {}\n  {}, sealed {} by {}\n  taken in {} by {}\n", b.seal,
                        b.state == "kept" ? shown(b.title) : "purged " + b.purged_at, b.sealed_at,
                        shown(b.signer), b.ingested_at, shown(b.ingested_by));
    if (b.state != "kept") continue;
    text += fmt::format("  TLP:{}   onward {}   review {}   delete after {}\n",
                        shown(handling_text(b.tlp, b.handling_code)), shown(b.onward), b.review_on,
                        b.delete_after);
    text += "  legal basis " + shown(b.legal_basis) + "\n  purpose " + shown(b.purpose) + "\n";
    if (b.evidential_use == "no") text += "  NOT FOR USE AS EVIDENCE: intelligence only\n";
    if (!b.parent.empty()) text += "  supplements " + b.parent + "\n";
  }
  Table exhibits({"exhibit", "kind", "title", "seized", "files", "size"}),
      persons({"person", "role", "name", ""});
  for (const auto& e : d.exhibits)
    exhibits.add({e.id, e.kind, e.title, e.seized_at + (e.seized_place.empty() ? "" : "\n" + e.seized_place),
                  std::to_string(e.files), exchange::human_size(e.bytes)});
  for (const auto& p : d.persons) {
    std::string names;
    for (const std::string& name : p.names) names += (names.empty() ? "" : "\n") + name;
    persons.add({p.id, p.role, names, p.minor == "yes" ? "minor" : ""});
  }
  if (!exhibits.empty()) text += "\n" + exhibits.text();
  if (!persons.empty()) text += "\n" + persons.text();
  if (!d.identifiers.empty()) text += "\nidentifiers:";
  for (const auto& [type, count] : d.identifiers) text += fmt::format(" {} {}", count, shown(type));
  if (d.losses + d.custody_rows > 0)
    text += fmt::format("\nlosses: {}   custody sheet rows: {}", d.losses, d.custody_rows);
  return text + "\n";
}

}  // namespace

void set_up_cases(CLI::App& app, Context& context) {
  app.callback([&context] { run_cases(context); });
}

void set_up_show(CLI::App& app, Context& context) {
  auto reference = std::make_shared<std::string>(), agency = std::make_shared<std::string>();
  auto purpose = std::make_shared<Purpose>();
  app.add_option("CASE", *reference, "a case reference")->required();
  app.add_option("--agency", *agency, "the requesting agency, where several use the reference");
  purpose->add_to(app);
  purpose->add_reveal_to(app);
  app.callback([reference, agency, purpose, &context] {
    purpose->require(context);
    exchange::Store store = open_store(context);
    const CaseDetail detail =
        exchange::case_detail(store, exchange::find_case(store, *reference, *agency), purpose->reveal);
    purpose->log(context, store, "show", *reference, detail.bundles.size());
    if (context.json)
      context.print(detail_json(detail));
    else
      context.print(detail_text(detail));
  });
}

}  // namespace valise
