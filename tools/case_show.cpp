// valise case show: a request as a page that a lawyer can read, out of a bundle or a case folder.
#include <fcntl.h>
#include <fmt/format.h>

#include <map>
#include <memory>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/case.h"
#include "libexchange/casefile/identifier.h"
#include "libexchange/casefile/sheet.h"
#include "tools/commands.h"
#include "tools/reading.h"
#include "tools/table.h"

namespace valise {

namespace {

namespace fs = std::filesystem;
using exchange::Case;
using exchange::Contents;
using exchange::Fd;
using exchange::FileEntry;
using exchange::ReadBytes;
using exchange::Request;
using exchange::VerifiedBundle;
using exchange::VerifyOptions;

constexpr std::size_t kMostRows = 200;  // of a table on a screen; --json has all

// The sheets of a bundle, verified, each in an unlinked file: memory does not grow with them.
class SheetFiles : public exchange::FileSink {
 public:
  void begin(const FileEntry& entry) override {
    files_[entry.path] = exchange::temporary_file();
    name_ = entry.path;
  }
  void data(exchange::View bytes) override { exchange::write_all(files_[name_].get(), bytes, name_); }
  void end(const FileEntry&) override {}
  void read(const std::string& name, const std::function<void(const ReadBytes&)>& take) const {
    const auto found = files_.find(name);
    if (found == files_.end()) return;
    ::lseek(found->second.get(), 0, SEEK_SET);
    take(exchange::bytes_of_file(found->second.get(), name));
  }

 private:
  std::map<std::string, Fd> files_;
  std::string name_;
};

struct Shown {
  Case the_case;
  exchange::SheetSource sheets;
  std::shared_ptr<SheetFiles> files;
  std::optional<exchange::Verdict> verdict;  // of a bundle
  std::size_t sealed_for_others = 0;
  std::map<std::string, std::string> hashes;  // exhibit: what became of its acquisition hash
};

bool is_sheet(const FileEntry& f) {
  return std::ranges::find(exchange::sheet_names(), f.path) != exchange::sheet_names().end();
}

// Where a bundle gives no case.toml (it was sealed before sheets were shared by rows): what the case view
// says.
void fill_from_view(Request& r, const exchange::CaseViewInfo& view) {
  r.reference = view.reference;
  r.title = view.title;
  r.requesting.id = view.requesting;
  r.purpose = view.purpose;
  r.tlp = view.handling;
  for (const std::string& basis : view.legal_basis) r.legal_basis.push_back({"other", "", basis});
}

Shown from_bundle(const Context& context, const std::string& file) {
  VerifyOptions options;
  options.depth = VerifyOptions::Depth::on_demand;
  VerifiedBundle bundle = VerifiedBundle::verify(file, context.home(), keys_at_hand(context, false), options);
  Contents& contents = bundle.contents();
  for (const std::string& w : bundle.verdict().warnings) context.warn(w);
  Shown shown;
  shown.files = std::make_shared<SheetFiles>();
  shown.verdict = bundle.verdict();
  for (std::size_t i = 0; i < contents.streams().size(); ++i) {
    const auto& s = contents.streams()[i];
    if (const auto* e = s.exhibit()) shown.hashes[e->id] = hash_status(contents, i);
    shown.sealed_for_others += !s.readable();
    if (!s.case_view()) continue;
    const exchange::CheckedFiles checked = contents.check_files(i, is_sheet, {});
    contents.read_files(i, checked, is_sheet, *shown.files, default_threads(), {});
  }
  shown.sheets = [files = shown.files](const std::string& name, const auto& take) {
    files->read(name, take);
  };
  shown.the_case = exchange::read_case(shown.sheets);
  if (shown.the_case.request.reference.empty()) {
    const auto* view = contents.streams().front().case_view();
    exchange::ensure(view != nullptr, "the first stream is the shared case view");
    if (view->request)
      shown.the_case.request = *view->request;
    else
      fill_from_view(shown.the_case.request, *view);
  }
  if (shown.the_case.exhibits.empty())
    for (const auto& s : contents.streams())
      if (const auto* e = s.exhibit()) {
        exchange::ExhibitRow row;
        row.id = e->id;
        row.title = e->title;
        row.kind = e->kind;
        row.row = e->row;
        shown.the_case.exhibits.push_back(std::move(row));
      }
  return shown;
}

Shown from_folder(const std::string& folder) {
  Shown shown;
  shown.sheets = [folder](const std::string& name, const auto& take) {
    const fs::path path = fs::path(folder) / name;
    if (!fs::exists(fs::symlink_status(path))) return;
    const Fd fd = exchange::open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    take(exchange::bytes_of_file(fd.get(), name));
  };
  if (!fs::exists(fs::path(folder) / "case.toml"))
    throw Failure(Code::unavailable, exchange::printable(folder) + ": has no case.toml",
                  "make one with: valise case init");
  shown.the_case = exchange::read_case(shown.sheets);
  return shown;
}

// ---- rows, by column name ----

using Cells = std::map<std::string, std::string>;

void each_row(const Shown& shown, const std::string& sheet, const std::function<void(Cells&)>& row) {
  shown.sheets(sheet, [&](const ReadBytes& read) {
    exchange::read_sheet(sheet, read,
                         [&](const exchange::Sheet& s, std::size_t, std::vector<std::string>& cells) {
                           Cells named;
                           for (std::size_t i = 0; i < std::min(cells.size(), s.columns.size()); ++i)
                             named[s.columns[i]] = std::move(cells[i]);
                           row(named);
                         });
  });
}

exchange::Identifier identifier_of(Cells& c) {
  return exchange::identify(c["type"], c["value"],
                            {c["country"], c["chain"], !c["first_seen"].empty(), !c["port"].empty()});
}

std::string cell(const exchange::ExhibitRow& e, std::string_view column) {
  for (const auto& [name, value] : e.row)
    if (name == column) return value;
  return {};
}

std::string hash_of(const Shown& shown, const exchange::ExhibitRow& e) {
  if (shown.verdict) return shown.hashes.contains(e.id) ? shown.hashes.at(e.id) : "none";
  return cell(e, "acquisition_sha256").empty() ? "none" : "given";
}

// ---- the page ----

class Page {
 public:
  Page(const Shown& shown, bool reveal)
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
      t.add({"  " + e.id, e.kind, e.parent, cell(e, "seized_at"),
             cell(e, "seized_by") +
                 (cell(e, "provided_by").empty() ? "" : "provided by " + cell(e, "provided_by")),
             joined_parts({cell(e, "acquisition_method"),
                           cell(e, "acquisition_tool") + " " + cell(e, "acquisition_version")}),
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

  const Shown& shown_;
  const Case& case_;
  const Request& r_;
  bool reveal_;
  std::string out_;
};

// ---- the same for programs ----

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

Json page_json(const Shown& shown, bool reveal) {
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

}  // namespace

void set_up_case_show(CLI::App& app, Context& context) {
  auto what = std::make_shared<std::string>();
  auto reveal = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand("show", "the request as a readable page");
  sub->add_option("FILE", *what, "a bundle, or a case folder")->required();
  sub->add_flag("--reveal", *reveal, "show the names of victims");
  sub->footer("Example:\n  valise case show case1.valise");
  sub->callback([what, reveal, &context] {
    const Shown shown = fs::is_directory(*what) ? from_folder(*what) : from_bundle(context, *what);
    if (context.json)
      context.print(page_json(shown, *reveal));
    else
      context.print(Page(shown, *reveal).text());
  });
}

}  // namespace valise
