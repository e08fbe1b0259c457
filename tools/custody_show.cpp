// valise custody show: the timeline of an exhibit.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/custody/record.h"
#include "libexchange/store/cases.h"
#include "tools/commands.h"
#include "tools/custody_json.h"
#include "tools/store_access.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Chain;
using exchange::CustodyLog;
using exchange::LoggedEvent;
using exchange::to_hex;

struct Options {
  std::string exhibit, reference;
};

std::string details(const exchange::CustodyEvent& e) {
  std::string text;
  for (const auto& [name, value] : e.fields)
    text +=
        (text.empty() ? "" : "\n") + name + " " + (value.size() == 64 ? value.substr(0, 16) + "…" : value);
  if (e.note != "-") text += (text.empty() ? "" : "\n") + ("“" + e.note + "”");
  return text;
}

std::string holder_of(const Chain& chain) {
  if (chain.ended()) return "nobody: ended";
  if (!chain.holder()) return "-";
  return chain.holder()->name + (chain.in_transit() ? " (on its way)" : "");
}

// What the senders' sheets tell of the time before the exhibit came here. Nothing where this home has no
// store.
std::vector<exchange::ToldEvent> told(const Context& context, const exchange::ExhibitId& id) {
  const auto place = store_place(context);
  if (!exchange::Store::used(place)) return {};
  try {
    exchange::Store store(place);
    return exchange::told_custody(store, {id.the_case.reference, id.the_case.agency}, id.exhibit);
  } catch (const Failure& f) {
    context.warn(std::string("what the sender's sheet tells is not shown: ") + f.what(), f.hint());
    return {};
  }
}

std::string told_text(const std::vector<exchange::ToldEvent>& events) {
  std::string text;
  for (std::size_t i = 0; i < events.size();) {
    const auto& bundle = events[i];
    Table table({"at (local)", "event", "by", "place"});
    for (; i < events.size() && events[i].seal == bundle.seal; ++i)
      table.add({events[i].at, events[i].event,
                 events[i].actor + "\n" + events[i].role + ", " + events[i].agency, events[i].place});
    text += fmt::format("as told by {}, sealed at {}, seal {}\n{}\n", shown(bundle.signer), bundle.sealed_at,
                        bundle.seal.substr(0, 16), table.text());
  }
  return text.empty() ? text : text + "as recorded here\n";
}

Json told_json(const std::vector<exchange::ToldEvent>& events) {
  Json list = Json::array();
  for (const auto& e : events)
    list.push_back({{"at", e.at},
                    {"event", e.event},
                    {"by", {{"name", e.actor}, {"role", e.role}, {"agency", e.agency}}},
                    {"place", e.place},
                    {"seal", e.seal},
                    {"signer", e.signer},
                    {"sealed_at", e.sealed_at}});
  return list;
}

void show_one(const Context& context, const CustodyLog& log, const exchange::ExhibitId& id) {
  auto history = log.history(id);
  Chain logged(id.exhibit, chain_options(context.home()));
  for (const LoggedEvent& e : history) logged.take(e.index, e.id, e.event);
  const auto findings = logged.findings(exchange::now());
  // For people in the order in which it happened: what the program recorded by itself may come before what
  // was told later.
  std::ranges::stable_sort(history, {}, [](const LoggedEvent& e) { return e.event.instant(); });
  Chain chain(id.exhibit);
  Table table({"at (local)", "UTC", "event", "by", "place", "holder", "seal", "details", "id", "signed by"});
  Json events = Json::array();
  for (const LoggedEvent& e : history) {
    chain.take(e.index, e.id, e.event);
    Json item = event_json(e, id.exhibit);
    item["holder"] = chain.holder() ? Json(chain.holder()->name) : Json();
    item["seal"] = chain.seal().empty() ? Json() : Json(chain.seal());
    events.push_back(std::move(item));
    table.add({e.event.at, exchange::to_utc(e.event.instant()), e.event.type,
               e.event.by.name + "\n" + e.event.by.role + ", " + e.event.by.agency, e.event.place,
               holder_of(chain), chain.seal().empty() ? "-" : chain.seal(), details(e.event),
               to_hex(e.id).substr(0, 16), e.event.signer.name});
  }
  const auto before = told(context, id);
  if (context.json) {
    Json list = Json::array();
    for (const auto& f : findings) list.push_back(finding_json(f));
    context.print(Json{{"exhibit", id.exhibit},
                       {"case", {{"reference", id.the_case.reference}, {"agency", id.the_case.agency}}},
                       {"holder", chain.holder() ? Json(chain.holder()->name) : Json()},
                       {"in_transit", chain.in_transit()},
                       {"ended", chain.ended()},
                       {"told", told_json(before)},
                       {"events", events},
                       {"findings", list},
                       {"checkpoint", checkpoint_json(log.checkpoint())}});
    return;
  }
  std::string text = fmt::format("{}  case {} ({})\n", shown(id.exhibit), shown(id.the_case.reference),
                                 shown(id.the_case.agency)) +
                     told_text(before) + table.text();
  text += "held by    " + shown(holder_of(chain)) + "\n";
  for (const auto& f : findings)
    text += fmt::format("{} {} ({}, event {})\n", f.explained ? "explained " : "attention ", shown(f.message),
                        f.rule->name, to_hex(log.at(f.event, false).id).substr(0, 16));
  context.print(text);
}

// Without an exhibit: what the log knows.
void show_all(const Context& context, const CustodyLog& log, const std::string& reference) {
  Table table({"exhibit", "case", "agency"});
  Json list = Json::array();
  for (const auto& x : log.index().exhibits("", reference)) {
    table.add({x.exhibit, x.the_case.reference, x.the_case.agency});
    list.push_back({{"exhibit", x.exhibit}, {"case", x.the_case.reference}, {"agency", x.the_case.agency}});
  }
  if (context.json)
    context.print(list);
  else
    context.print(table.empty() ? "the custody log is empty\n" : table.text());
}

}  // namespace

void set_up_custody_show(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  CLI::App* sub =
      app.add_subcommand("show", "the timeline of an exhibit: who held it, where, under which seal");
  sub->add_option("EX", o->exhibit, "for instance EX-03; without it all exhibits are listed");
  sub->add_option("--case", o->reference, "its case, where more than one has such an exhibit");
  sub->footer("Example:\n  valise custody show EX-03 --case XA-EXPOL-2026-000042");
  sub->callback([o, &context] {
    const CustodyLog log(CustodyLog::folder_of(context.home()));
    if (o->exhibit.empty())
      show_all(context, log, o->reference);
    else
      show_one(context, log, find_exhibit(log, o->exhibit, o->reference));
  });
}

}  // namespace valise
