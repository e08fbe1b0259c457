// valise repat import, add: people become known.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/htcds.h"
#include "libexchange/repatriation/people_sheet.h"
#include "tools/problems.h"
#include "tools/repat.h"

namespace valise {

namespace {

using exchange::printable;
using repat::Desk;

struct ImportOptions {
  std::string file, track = "assisted_return", batch, host, as;
  bool dry_run = false;
};

Json problem_json(const exchange::Problem& p) {
  return {{"level", p.level == exchange::Problem::Level::refuse ? "refuse" : "warn"},
          {"row", p.row},
          {"column", p.column},
          {"value", p.value},
          {"message", p.why},
          {"hint", p.remedy}};
}

repat::SheetImport how(const ImportOptions& o) {
  repat::SheetImport how;
  const auto track = repat::track_named(o.track);
  if (!track)
    throw Failure(Code::usage, "\"" + printable(o.track) + "\" is no track",
                  "use assisted_return or suspect_return");
  how.track = *track;
  how.batch = o.batch;
  how.now = time_option({});
  if (!o.host.empty()) {
    const auto host = repat::country_alpha3(o.host);
    if (!host) throw Failure(Code::usage, "--host is no country", "for instance THA");
    how.host = *host;
  }
  return how;
}

void run_import(Context& context, const ImportOptions& o) {
  const repat::SheetImport import = how(o);
  const auto acting = acting_key(context, o.as, {"consular", "protection"});
  const repat::Author author = acting->author();
  const exchange::Fd fd = o.file == "-" ? exchange::Fd(::dup(0)) : exchange::open_file(o.file, O_RDONLY);
  Desk desk(context.home(), o.dry_run ? Desk::Access::read : Desk::Access::write);
  repat::Pen pen(desk, author, strictness_of(context.home()));
  const std::string name = o.file == "-" ? "standard input" : exchange::fs::path(o.file).filename().string();
  const exchange::ReadBytes bytes = exchange::bytes_of_file(fd.get(), name);
  const bool htcds =
      o.file != "-" &&
      repat::is_htcds(name, exchange::bytes_of_file(exchange::open_file(o.file, O_RDONLY).get(), name));
  const std::string translated = htcds ? repat::people_sheet_of_htcds(name, bytes) : "";
  const auto result =
      repat::import_people(desk, pen, author, printable(name),
                           htcds ? exchange::bytes_of(exchange::as_view(translated)) : bytes, import);
  const auto& problems = result.problems;
  const bool refused = problems.refusals() > 0;
  if (!refused && !o.dry_run) pen.commit();
  for (const auto& p : problems.list())
    if (!context.json) std::fprintf(stderr, "%s\n", line_of(p).c_str());
  Json rows = Json::array(), list = Json::array();
  for (const auto& row : result.rows)
    rows.push_back(
        {{"row", row.line}, {"id", row.added && o.dry_run ? Json() : Json(row.id)}, {"added", row.added}});
  for (const auto& p : problems.list()) list.push_back(problem_json(p));
  const std::size_t added = refused ? 0 : result.added();
  if (context.json)
    context.print(Json{{"file", printable(o.file)},
                       {"track", o.track},
                       {"batch", o.batch},
                       {"rows", result.rows.size()},
                       {"added", added},
                       {"already", refused ? 0 : result.rows.size() - result.added()},
                       {"dry_run", o.dry_run},
                       {"refused", problems.refusals()},
                       {"warnings", problems.warnings()},
                       {"people", rows},
                       {"problems", list}});
  if (refused) {
    const std::string message =
        fmt::format("{}: {} problems, nothing was imported", printable(name), problems.refusals());
    if (!context.json) throw Failure(Code::policy, message, "mend the rows named above and import again");
    context.say(message);
    std::fprintf(stderr, "hint: mend the rows named in problems and import again\n");
    context.exit = exchange::exit_code(Code::policy);
    return;
  }
  context.say(fmt::format("{}{} people {}, {} were here already", o.dry_run ? "dry run: " : "", added,
                          o.dry_run ? "would be added" : "added", result.rows.size() - result.added()));
}

struct AddOptions {
  std::string id, track = "assisted_return", at, note, as, batch;
  std::vector<std::string> set, documents, files;
  bool ask = false;
};

// One answer a line from the terminal; empty leaves the field out.
void ask(const repat::Tables& tables, std::map<std::string, std::string>& fields) {
  std::FILE* tty = std::fopen("/dev/tty", "r+e");
  if (!tty)
    throw Failure(Code::usage, "no terminal to ask on",
                  "give --set FIELD=VALUE, for instance --set name_native=…");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> closer(tty, std::fclose);
  for (const char* name :
       {"name_native", "name_latin", "name_order", "sex", "born", "minor", "nationality", "document_type",
        "document_no", "language", "host", "site", "channel", "contact", "contact_safe"}) {
    const repat::FieldType& type = *tables.field(name);
    for (;;) {
      std::string choice;
      for (const auto& w : type.words) choice += (choice.empty() ? " (" : ", ") + w;
      std::fprintf(tty, "%s%s: ", name, choice.empty() ? "" : (choice + ")").c_str());
      std::fflush(tty);
      char line[4096];
      if (!std::fgets(line, sizeof line, tty)) {
        exchange::check_interrupted();
        throw Failure(Code::usage, "the terminal was closed", "nothing was kept: begin again");
      }
      const std::string answer(exchange::trim(line));
      if (answer.empty()) break;
      const auto reading = repat::read_field(tables, type, answer);
      if (reading.value) {
        fields[name] = *reading.value;
        break;
      }
      std::fprintf(tty, "%s; %s\n", reading.why.c_str(), reading.remedy.c_str());
    }
  }
}

void run_add(const Context& context, const AddOptions& o) {
  const auto acting = acting_key(context, o.as, {"consular", "protection"});
  const repat::Author author = acting->author();
  Desk desk(context.home(), Desk::Access::write);
  repat::Saying saying;
  saying.track = repat::track_named(o.track);
  if (!saying.track)
    throw Failure(Code::usage, "\"" + printable(o.track) + "\" is no track",
                  "use assisted_return or suspect_return");
  saying.at = time_option(o.at);
  saying.fields = fields_option(desk.tables(), o.set);
  saying.documents = documents_option(o.documents, o.files);
  saying.note = o.note;
  if (o.set.empty()) ask(desk.tables(), saying.fields);
  if (!o.batch.empty()) saying.fields["batch"] = o.batch;
  saying.fields.try_emplace("minor", "unknown");
  saying.fields.try_emplace("nationality", "XXX");
  saying.fields.try_emplace("channel", "self");
  if (const auto* site = desk.tables().site(saying.fields["site"]))
    saying.fields.try_emplace("host", site->country);
  std::erase_if(saying.fields, [](const auto& f) { return f.second.empty(); });
  const std::string id = o.id.empty() ? repat::new_person_id(author.endorsement.officer) : o.id;
  if (!repat::is_person_id(id))
    throw Failure(Code::usage, "--id is no pseudonym",
                  "a letter, then letters, digits, '-' and '.', at most 40");
  if (const repat::Person* known = desk.find(id); known && known->standing(*saying.track))
    throw Failure(Code::policy, id + ": has a record of this track already", "see: valise repat show " + id);
  repat::Pen pen(desk, author, strictness_of(context.home()));
  const std::string first = desk.tables().edges_from(*saying.track, "-").front()->to;
  pen.step(id, first, saying);
  pen.commit();
  if (context.json)
    context.print(Json{{"id", id}, {"track", o.track}, {"state", first}});
  else
    context.print(id + "\n");
  context.say(id + ": " + first);
}

}  // namespace

void set_up_repat_people(CLI::App& app, Context& context) {
  auto i = std::make_shared<ImportOptions>();
  CLI::App* import = app.add_subcommand("import", "registers people from a list");
  import->add_option("CSV", i->file, "a sheet, one person a row; - is standard input")->required();
  import->add_option("--track", i->track, "assisted_return or suspect_return");
  import->add_option("--batch", i->batch, "a name for those who came together");
  import->add_option("--host", i->host, "country in which they are, where a row does not say");
  import->add_option("--as", i->as, "the key that signs");
  import->add_flag("--dry-run", i->dry_run, "only list problems");
  import->footer("Example:\n  valise repat import arrivals.csv --track assisted_return --batch crossing-1");
  import->callback([i, &context] { run_import(context, *i);
});

auto a = std::make_shared<AddOptions>();
CLI::App* add = app.add_subcommand("add", "registers one person; asks on the terminal");
add->add_option("--id", a->id, "a pseudonym; made when it is not given");
add->add_option("--track", a->track, "assisted_return or suspect_return");
add->add_option("--set", a->set, "FIELD=VALUE instead of questions");
add->add_option("--at", a->at, "when it was reported");
add->add_option("--doc", a->documents, "REF or KIND=REF");
add->add_option("--doc-file", a->files, "KIND=PATH: its SHA-256 is kept");
add->add_option("--note", a->note, "in words");
add->add_option("--batch", a->batch, "those who came together");
add->add_option("--as", a->as, "the key that signs");
add->footer(
    "Example:\n  valise repat add --set name_latin=\"VI DU\" --set nationality=VNM --set site=KH-EX-01");
add->callback([a, &context] { run_add(context, *a); });
}  // namespace valise

}  // namespace valise
