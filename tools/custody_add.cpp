// valise custody add, custody import: what people did, recorded and signed.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/casefile/case.h"
#include "libexchange/casefile/sheet.h"
#include "libexchange/custody/event_types.h"
#include "libexchange/custody/record.h"
#include "tools/commands.h"
#include "tools/custody_json.h"
#include "tools/officer.h"
#include "tools/problems.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::CustodyEvent;
using exchange::LoggedEvent;
using exchange::LogWriter;
using exchange::printable;

struct AddOptions {
  std::string exhibit, event, at, by, role = "officer", agency, place = "-", note = "-", reference,
                                      requesting, as;
  std::vector<std::string> fields;
};

// "k=v" into `fields`.
void take_field(std::map<std::string, std::string>& fields, std::string_view text) {
  const std::size_t at = text.find('=');
  if (at == text.npos)
    throw Failure(Code::usage, "\"" + printable(text) + "\" is not NAME=VALUE", "for instance seal_no=S-100");
  const std::string name(exchange::trim(text.substr(0, at)));
  if (!fields.emplace(name, exchange::trim(text.substr(at + 1))).second)
    throw Failure(Code::usage, "the field " + printable(name) + " is given twice", "give it once");
}

// The case of an exhibit that the log knows, else the one that was named.
exchange::CaseId the_case(const exchange::CustodyLog& log, const AddOptions& o,
                          const std::string& own_agency) {
  if (!log.index().exhibits(o.exhibit, o.reference).empty())
    return find_exhibit(log, o.exhibit, o.reference).the_case;
  if (o.reference.empty())
    throw Failure(Code::usage, "the custody log does not know " + printable(o.exhibit) + " yet",
                  "say of which case it is: --case REFERENCE");
  return {o.reference, o.requesting.empty() ? own_agency : o.requesting};
}

void add(const Context& context, const AddOptions& o) {
  const OfficerKey key = officer_key(context, o.as, exchange::Act::record);
  const exchange::Address& officer = key.endorsement.officer;
  CustodyEvent e;
  e.type = o.event;
  e.exhibits = {{o.exhibit, std::nullopt}};
  e.at = o.at.empty() ? exchange::local_now() : o.at;
  e.by = {o.by.empty() ? officer.name : o.by, o.role, o.agency.empty() ? officer.agency : o.agency};
  e.place = o.place;
  e.note = o.note;
  for (const std::string& f : o.fields) take_field(e.fields, f);
  const exchange::Signer signer = key.signer();
  LogWriter log(context.home(), signer);
  e.the_case = the_case(log, o, officer.agency);
  const LoggedEvent logged = add_event(log, std::move(e));
  const exchange::Checkpoint head = log.commit();
  if (context.json) {
    Json item = event_json(logged, o.exhibit);
    item["checkpoint"] = checkpoint_json(head);
    context.print(item);
  }
  context.say(fmt::format("recorded: {} of {}, event {}", logged.event.type, printable(o.exhibit),
                          exchange::to_hex(logged.id).substr(0, 16)));
}

struct SheetRow {
  std::size_t line = 0;
  CustodyEvent event;
};

SheetRow row_of(const exchange::Sheet& sheet, std::size_t line, const std::vector<std::string>& cells,
                const exchange::CaseId& of_case) {
  const auto cell = [&](std::string_view column) {
    const auto at = std::ranges::find(sheet.columns, column) - sheet.columns.begin();
    return static_cast<std::size_t>(at) < std::min(cells.size(), sheet.columns.size())
               ? cells[static_cast<std::size_t>(at)]
               : std::string();
  };
  const auto or_dash = [](std::string text) { return text.empty() ? "-" : text; };
  SheetRow row{line, {}};
  CustodyEvent& e = row.event;
  e.type = cell("event");
  e.the_case = of_case;
  e.exhibits = {{cell("exhibit"), std::nullopt}};
  e.at = cell("at");
  e.by = {cell("by"), or_dash(cell("role")), or_dash(cell("agency"))};
  e.place = or_dash(cell("place"));
  e.note = or_dash(cell("note"));
  const std::string extra = cell("extra");
  for (const std::string_view part : exchange::split(extra, ';'))
    if (!exchange::trim(part).empty()) take_field(e.fields, part);
  return row;
}

// Whether the log has what this row says: the same act on the same exhibit at the same time by the same
// person.
bool is_there(const LogWriter& log, const CustodyEvent& e) {
  const auto history = log.history({e.the_case, e.exhibits.front().exhibit});
  return std::ranges::any_of(history, [&](const LoggedEvent& old) {
    return old.event.type == e.type && old.event.at == e.at && old.event.by == e.by;
  });
}

void import(const Context& context, const std::string& folder, const std::string& as) {
  const OfficerKey key = officer_key(context, as, exchange::Act::record);
  const auto checked = exchange::check_case(folder, policy_of(context.home()));
  const auto& request = checked.the_case.request;
  const exchange::CaseId of_case = exchange::case_of(request.reference, request.requesting.id);
  const exchange::fs::path file = exchange::fs::path(folder) / "custody.csv";
  std::vector<SheetRow> rows;
  const auto fd = exchange::open_file(file, O_RDONLY);
  exchange::read_sheet("custody.csv", exchange::bytes_of_file(fd.get(), printable(file.native())),
                       [&](const exchange::Sheet& sheet, std::size_t line, std::vector<std::string>& cells) {
                         rows.push_back(row_of(sheet, line, cells, of_case));
                       });
  std::ranges::stable_sort(rows, {}, [](const SheetRow& r) { return r.event.instant(); });
  const exchange::Signer signer = key.signer();
  LogWriter log(context.home(), signer);
  std::uint64_t recorded = 0, there = 0;
  for (SheetRow& row : rows) {
    if (is_there(log, row.event)) {
      ++there;
      continue;
    }
    try {
      add_event(log, std::move(row.event));
    } catch (const Failure& f) {
      throw Failure(f.code(), fmt::format("custody.csv: row {}: {}", row.line, f.what()),
                    f.hint() + "; nothing was recorded");
    }
    ++recorded;
  }
  if (recorded > 0) log.commit();
  if (context.json)
    context.print(
        Json{{"recorded", recorded}, {"already", there}, {"checkpoint", checkpoint_json(log.checkpoint())}});
  context.say(fmt::format("recorded {} events of custody.csv, {} were there", recorded, there));
}

}  // namespace

void set_up_custody_add(CLI::App& app, Context& context) {
  auto o = std::make_shared<AddOptions>();
  CLI::App* sub = app.add_subcommand("add", "records what somebody did with an exhibit");
  sub->add_option("EX", o->exhibit, "the exhibit")->required();
  sub->add_option("--event", o->event, "what happened: see custody types")->required();
  sub->add_option("--at", o->at, "when, with its offset: 2026-05-21T09:14:00+07:00; now if not given");
  sub->add_option("--by", o->by, "who did it; the key's name if not given");
  sub->add_option("--role", o->role, "as what");
  sub->add_option("--agency", o->agency, "of which agency; the key's if not given");
  sub->add_option("--place", o->place, "where");
  sub->add_option("--field", o->fields, "NAME=VALUE; see custody types for those that an event needs");
  sub->add_option("--note", o->note, "in words");
  sub->add_option("--case", o->reference, "the case's reference; needed for a new exhibit");
  sub->add_option("--requesting", o->requesting,
                  "the agency that requests in a new exhibit's case; else the key's");
  sub->add_option("--as", o->as, "the key that signs; the home's only one if not given");
  sub->footer(
      "Example:\n  valise custody add EX-01 --event seized --at 2026-05-21T09:14:00+07:00 --by \"Sgt. One\" "
      "\\\n"
      "    --place \"Site KH-EX-01\" --field \"authority=Example warrant 12/2026\" --case "
      "XA-EXPOL-2026-000042");
  sub->callback([o, &context] { add(context, *o); });
}

void set_up_custody_import(CLI::App& app, Context& context) {
  auto folder = std::make_shared<std::string>(), as = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("import", "records the rows of a case's custody.csv, all or none");
  sub->add_option("DIR", *folder, "the case folder")->required();
  sub->add_option("--as", *as, "the key that signs; the home's only one if not given");
  sub->footer("Example:\n  valise custody import case1");
  sub->callback([folder, as, &context] { import(context, *folder, *as); });
}

}  // namespace valise
