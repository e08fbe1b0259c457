#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "tools/shown_case.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Case;
using exchange::Request;

constexpr std::size_t kMostRows = 200;  // of a table on a screen; --json has all

class Page {
 public:
  Page(const ShownCase& shown, bool reveal)
      : shown_(shown), case_(shown.the_case), r_(shown.the_case.request), reveal_(reveal) {}

  std::string text() {
    heading();
    request();
    if (r_.type == "freeze_assets") losses("TO BE FROZEN NOW");
    safeguards();
    exhibits();
    persons();
    identifiers();
    if (r_.type != "freeze_assets") losses("LOSSES");
    return std::move(out_);
  }

 private:
  void line(const char* label, const std::string& value) {
    if (value.empty()) return;
    const std::string body = wrapped(value, 18);
    out_ += exchange::pad_right(std::string("  ") + label, 18) + body.substr(18);
  }
  void section(const std::string& name) { out_ += "\n" + name + "\n"; }
  static std::string joined(const std::vector<std::string>& list, const char* separator = ", ") {
    std::string out;
    for (const std::string& item : list) out += (out.empty() ? "" : separator) + item;
    return out;
  }
  static std::string party(const exchange::Party& p) {
    std::string out = p.id;
    for (const std::string* part : {&p.name, &p.name_latin, &p.country, &p.contact})
      if (!part->empty()) out += ", " + *part;
    if (!p.person.empty()) out += "; in charge: " + p.person + (p.function.empty() ? "" : ", " + p.function);
    return out;
  }

  void heading() {
    out_ += exchange::printable(r_.reference) + "   " + exchange::printable(r_.title) + "\n";
    out_ += "TLP:" + exchange::printable(r_.tlp) +
            (r_.handling_code.empty() ? "" : "   handling " + exchange::printable(r_.handling_code)) +
            (r_.level.empty() ? "" : "   " + exchange::printable(r_.level)) + "\n";
    if (r_.is_intelligence() && r_.evidential_use != "yes")
      out_ +=
          "INTELLIGENCE, NOT EVIDENCE" +
          std::string(r_.evidential_use == "with_consent" ? ": use in proceedings needs the sender's consent"
                                                          : "") +
          "\n";
    if (const auto& v = shown_.verdict; v && v->seal && v->endorsement)
      out_ += fmt::format("sealed by {} ({}, {}) at {}, policy {}\nseal {}\n", v->endorsement->officer.text(),
                          exchange::printable(v->endorsement->agency_name), v->endorsement->country,
                          exchange::to_utc(v->seal->time), exchange::printable(v->seal->policy),
                          exchange::to_hex(*v->seal_id));
  }

  void request() {
    section("REQUEST");
    line("type", r_.type + (r_.channel.empty() ? "" : ", by " + r_.channel) +
                     (r_.evidential_use.empty() ? "" : ", evidential use " + r_.evidential_use));
    line("from", party(r_.requesting));
    for (const exchange::Party& p : r_.requested) line("to", party(p));
    line("proceeding", joined_parts({r_.stage, r_.case_number, r_.court}));
    for (const auto& b : r_.legal_basis) line("legal basis", b.text());
    line("purpose", r_.purpose);
    line("facts", r_.facts);
    line("sought", joined(r_.assistance_sought, "; "));
    line("procedure", r_.procedure);
    for (const auto& o : r_.offences) {
      std::string text = joined_parts({o.name, o.law});
      if (!o.penalty.empty())
        text += "; at most " + o.penalty + (o.years.empty() ? "" : " of " + o.years + " years");
      if (!o.dual_criminality.empty()) text += "; dual criminality " + o.dual_criminality;
      line("offence", text);
    }
    if (r_.urgency != "routine")
      line("urgency", r_.urgency + (r_.urgency_reason.empty() ? "" : ": " + r_.urgency_reason) +
                          (r_.needed_by.empty() ? "" : ", needed by " + r_.needed_by));
    if (r_.confidentiality != "standard")
      line("confidentiality", joined_parts({r_.confidentiality, r_.confidentiality_reason}));
    if (const auto& p = r_.preserve; p) {
      line("preserve", p->data);
      line("held by", joined_parts({p->custodian, p->location}));
      line("because", p->necessity);
      line("until",
           p->expires + (p->mla_will_follow ? "; a request for mutual legal assistance follows" : ""));
    }
    for (const auto& x : r_.related)
      line(r_.type == "reply" ? "in reply to" : "related",
           joined_parts({x.seal, x.reference, x.notice_type, x.notice_no}));
    line("undertakings", joined(r_.undertakings));
    line("translation", r_.translation);
  }
  static std::string joined_parts(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& p : parts)
      if (!p.empty()) out += (out.empty() ? "" : ", ") + p;
    return out;
  }

  void safeguards() {
    section("SAFEGUARDS");
    line("death penalty",
         r_.death_penalty +
             (r_.assurance.issuer.empty() ? "" : ", by " + r_.assurance.issuer + " " + r_.assurance.date));
    line("political", r_.political);
    line("ne bis in idem", r_.ne_bis_in_idem);
    line("retention",
         r_.review_on.empty() && r_.delete_after.empty()
             ? "as the policy says: review after one year, deletion after five, half with victims or minors"
             : "review on " + r_.review_on + ", delete after " + r_.delete_after);
    line("onward", r_.onward + (r_.onward_agencies.empty() ? "" : ": " + joined(r_.onward_agencies)));
    line("controller", r_.controller);
  }

  void exhibits() {
    section(fmt::format("EXHIBITS ({}{})", case_.exhibits.size(),
                        shown_.sealed_for_others ? "; others are sealed for other readers" : ""));
    Table t({"  id", "kind", "from", "seized", "by", "acquired with", "hash", "title"});
    for (const auto& e : case_.exhibits)
      t.add(
          {"  " + e.id, e.kind, e.parent, cell_of(e.row, "seized_at"),
           cell_of(e.row, "seized_by") +
               (cell_of(e.row, "provided_by").empty() ? "" : "provided by " + cell_of(e.row, "provided_by")),
           joined_parts({cell_of(e.row, "acquisition_method"),
                         cell_of(e.row, "acquisition_tool") + " " + cell_of(e.row, "acquisition_version")}),
           hash_of(shown_, e), e.title});
    if (!t.empty()) out_ += t.text();
  }

  void table(const char* sheet, const char* title, std::vector<std::string> header,
             const std::function<std::vector<std::string>(Cells&)>& row) {
    Table t(std::move(header));
    std::size_t rows = 0;
    each_row(shown_, sheet, [&](Cells& c) {
      if (++rows <= kMostRows) t.add(row(c));
    });
    if (rows == 0) return;
    section(fmt::format("{} ({})", title, rows));
    out_ += t.text();
    if (rows > kMostRows) out_ += fmt::format("  … and {} more: --json shows all\n", rows - kMostRows);
  }

  void persons() {
    bool hidden = false;
    table("persons.csv", "PERSONS",
          {"  id", "role", "name", "in Latin letters", "born", "minor", "nationality", "document"},
          [&](Cells& c) -> std::vector<std::string> {
            const std::string role = c["role"].empty() ? "undetermined" : c["role"];
            if (role == "victim" && !reveal_) {
              hidden = true;
              return {"  " + c["id"], role, "", "", "", c["minor"], "", ""};
            }
            return {"  " + c["id"], role,       c["name_native"], c["name_latin"],
                    c["born"],      c["minor"], c["nationality"], c["document_no"]};
          });
    if (hidden) out_ += "  victims are shown by pseudonym; --reveal shows their names\n";
  }

  void identifiers() {
    table("identifiers.csv", "IDENTIFIERS", {"  type", "value", "status", "exhibit", "person", "notes"},
          [](Cells& c) -> std::vector<std::string> {
            const auto id = identifier_of(c);
            std::string notes = joined(id.notes, "; ");
            if (!c["note"].empty()) notes += (notes.empty() ? "" : "; ") + c["note"];
            return {"  " + c["type"], id.display,  std::string(name_of(id.status)),
                    c["exhibit"],     c["person"], notes};
          });
  }

  void losses(const char* title) {
    table("losses.csv", title, {"  time", "amount", "currency", "from", "to", "status", "victim"},
          [](Cells& c) -> std::vector<std::string> {
            return {"  " + c["time"], c["amount"], c["currency"], c["from_account"],
                    c["to_account"],  c["status"], c["victim"]};
          });
  }

  const ShownCase& shown_;
  const Case& case_;
  const Request& r_;
  bool reveal_;
  std::string out_;
};

}  // namespace

std::string case_page(const ShownCase& shown, bool reveal) { return Page(shown, reveal).text(); }

}  // namespace valise
