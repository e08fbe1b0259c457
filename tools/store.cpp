// valise store: whether it is whole, its index, and the end of a bundle's time.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/store/cases.h"
#include "libexchange/store/check.h"
#include "tools/commands.h"
#include "tools/reading.h"
#include "tools/store_access.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Instant;
using exchange::Retained;
using exchange::StorePlace;
using exchange::StoreReport;

exchange::CheckOptions check_options(const Context& context) {
  exchange::CheckOptions options;
  options.keys = keys_at_hand(context, true);
  options.threads = default_threads();
  return options;
}

void say_report(Context& context, const StoreReport& report, const char* done, const char* hint) {
  if (!report.good()) {
    context.exit = exchange::exit_code(Code::integrity);
    context.warn("the store is not whole", hint);
  }
  if (context.json)
    return context.print(Json{{"exit", context.exit},
                              {"objects", report.objects},
                              {"unreadable", report.unreadable},
                              {"due", report.due},
                              {"faults", report.faults}});
  std::string text;
  for (const std::string& fault : report.faults) text += fault + "\n";
  text += fmt::format("{} bundles {}, {} faults", report.objects, done, report.faults.size());
  if (report.unreadable > 0)
    text += fmt::format("; {} are for other keys: only their seals were checked", report.unreadable);
  if (report.due > 0) text += fmt::format("; {} custody events are due", report.due);
  context.print(text + "\n");
}

void set_up_check(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("check", "verifies every bundle again, and every row of the index");
  sub->footer("Example:\n  valise store check");
  sub->callback([&context] {
    const StorePlace place = store_place(context);
    StoreReport report;
    if (exchange::Store::used(place)) {
      exchange::Store store(place);
      report = exchange::check_store(store, context.home(), check_options(context));
    }
    say_report(context, report, "checked",
               "valise store rebuild mends the index; a damaged bundle must come again");
  });
}

void set_up_rebuild(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("rebuild", "makes the index again from the sealed bundles");
  sub->footer("Example:\n  valise store rebuild");
  sub->callback([&context] {
    const StoreReport report =
        exchange::rebuild_store(store_place(context), context.home(), check_options(context));
    open_store(context);
    say_report(context, report, "indexed", "what is named was left out: get those bundles again");
  });
}

Json retained_json(const Retained& r, const char* state) {
  return {{"seal", r.seal},
          {"case", r.the_case.reference},
          {"agency", r.the_case.requesting},
          {"delete_after", r.delete_after},
          {"review_on", r.review_on},
          {"state", state}};
}

struct PurgeOptions {
  bool dry_run = false;
  std::string as;
};

void run_purge(const Context& context, const PurgeOptions& options) {
  const OfficerKey key = officer_key(context, options.as, exchange::Act::record);
  const Instant now = exchange::now();
  Json list = Json::array();
  Table table({"case", "agency", "delete after", "state", "seal"});
  const auto add = [&](const Retained& r, const char* state) {
    list.push_back(retained_json(r, state));
    table.add({r.the_case.reference, r.the_case.requesting, r.delete_after, state, r.seal});
  };
  if (exchange::Store::used(store_place(context))) {
    exchange::Store store = open_store(context);
    bool purged = false;
    for (const Retained& r : exchange::purge_due(store, now)) {
      exchange::check_interrupted();
      if (!r.holds.empty()) {
        add(r, "legal hold");
        continue;
      }
      if (!options.dry_run) exchange::purge(store, r.seal, key.endorsement.officer.text(), now);
      purged = purged || !options.dry_run;
      add(r, options.dry_run ? "would be purged" : "purged");
    }
    if (purged) store.database().scrub();
    if (!options.dry_run) store.settle(recorder(context, key));
    for (const Retained& r : exchange::review_due(store, now))
      if (r.delete_after >= exchange::to_utc(now).substr(0, 10)) add(r, "review due");
  }
  if (context.json) return context.print(list);
  context.print(table.empty() ? "nothing is past its day\n" : table.text());
}

void set_up_purge(CLI::App& app, Context& context) {
  auto options = std::make_shared<PurgeOptions>();
  CLI::App* sub = app.add_subcommand("purge", "deletes what is past its retention; a legal hold wins");
  sub->add_flag("--dry-run", options->dry_run, "only say what would go");
  sub->add_option("--as", options->as, "AGENCY/NAME of who deletes, where this home has several keys");
  sub->footer("Example:\n  valise store purge --dry-run");
  sub->callback([options, &context] { run_purge(context, *options); });
}

struct HoldOptions {
  std::string reference, agency, by, until, reason;
  void add_to(CLI::App& app) {
    app.add_option("CASE", reference, "a case reference")->required();
    app.add_option("--agency", agency, "the requesting agency, where several use the reference");
    app.add_option("--by", by, "who orders it")->required();
    app.add_option("--reason", reason, "why")->required();
  }
};

void set_up_hold(CLI::App& app, Context& context) {
  auto options = std::make_shared<HoldOptions>();
  CLI::App* sub = app.add_subcommand("hold", "keeps a case from being purged");
  options->add_to(*sub);
  sub->add_option("--until", options->until, "its last day, YYYY-MM-DD")->required();
  sub->footer(
      "Example:\n  valise store hold XA-EXPOL-2026-000042 --by \"Judge A\" --until 2032-12-31 --reason "
      "\"appeal\"");
  sub->callback([options, &context] {
    exchange::Store store = open_store(context);
    const Instant now = exchange::now();
    exchange::Hold hold;
    hold.the_case = exchange::find_case(store, options->reference, options->agency);
    hold.placed_at = exchange::to_utc(now);
    hold.placed_by = options->by;
    hold.until = options->until;
    hold.reason = options->reason;
    exchange::place_hold(store, hold, now);
    if (context.json) context.print(Json{{"case", hold.the_case.reference}, {"until", hold.until}});
    context.say(hold.the_case.reference + " is under a legal hold until " + hold.until);
  });
}

void set_up_release(CLI::App& app, Context& context) {
  auto options = std::make_shared<HoldOptions>();
  CLI::App* sub = app.add_subcommand("release", "ends the legal holds of a case");
  options->add_to(*sub);
  sub->footer(
      "Example:\n  valise store release XA-EXPOL-2026-000042 --by \"Judge A\" --reason \"appeal decided\"");
  sub->callback([options, &context] {
    exchange::Store store = open_store(context);
    const exchange::CaseKey key = exchange::find_case(store, options->reference, options->agency);
    const std::size_t released =
        exchange::release_holds(store, key, options->by, options->reason, exchange::now());
    if (released == 0)
      throw Failure(Code::usage, key.reference + " is under no legal hold",
                    "see: valise show " + key.reference);
    if (context.json) context.print(Json{{"case", key.reference}, {"released", released}});
    context.say(fmt::format("{}: {} holds released", key.reference, released));
  });
}

void set_up_searches(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("searches", "who looked something up, when and why");
  sub->footer("Example:\n  valise store searches");
  sub->callback([&context] {
    Json list = Json::array();
    Table table({"at", "who", "command", "for", "reason", "hits"});
    if (exchange::Store::used(store_place(context))) {
      exchange::Store store = open_store(context);
      for (const exchange::LoggedSearch& s : exchange::searches(store)) {
        list.push_back({{"at", s.at},
                        {"who", s.who},
                        {"command", s.command},
                        {"for", s.for_case},
                        {"reason", s.reason},
                        {"hits", s.hits},
                        {"query_sha256", s.query_sha256}});
        table.add({s.at, s.who, s.command, s.for_case, s.reason, std::to_string(s.hits)});
      }
    }
    if (context.json) return context.print(list);
    context.print(table.empty() ? "nobody has searched yet\n" : table.text());
  });
}

}  // namespace

void set_up_store(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_check(app, context);
  set_up_rebuild(app, context);
  set_up_purge(app, context);
  set_up_hold(app, context);
  set_up_release(app, context);
  set_up_searches(app, context);
}

}  // namespace valise
