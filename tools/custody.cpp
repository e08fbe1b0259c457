// valise custody: the chain of custody and its log.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/custody/court_export.h"
#include "libexchange/custody/event_types.h"
#include "libexchange/custody/record.h"
#include "tools/commands.h"
#include "tools/custody_json.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::CustodyLog;
using exchange::LogReport;
using exchange::printable;
using exchange::to_hex;

// ---- check ----

Json report_json(const LogReport& r, const std::optional<exchange::Checkpoint>& head) {
  Json problems = Json::array(), findings = Json::array();
  for (const auto& p : r.problems)
    problems.push_back({{"code", exchange::name_of(p.code)}, {"where", p.where}, {"message", p.message}});
  for (const auto& f : r.findings) findings.push_back(finding_json(f));
  return {{"verdict", exchange::name_of(r.code())},
          {"exit", exchange::exit_code(r.code())},
          {"events", r.events},
          {"exhibits", r.exhibits},
          {"signers", r.signers},
          {"checkpoint", checkpoint_json(head)},
          {"problems", problems},
          {"findings", findings},
          {"warnings", r.warnings}};
}

std::string report_text(const std::string& what, const LogReport& r,
                        const std::optional<exchange::Checkpoint>& head) {
  std::string verdict = "sound";
  if (!r.problems.empty())
    verdict = "NOT SOUND";
  else if (r.unexplained > 0)
    verdict = "sound, but a chain is not";
  std::string keys = fmt::format("{} keys", r.signers);
  if (r.signers < 2) keys = r.signers == 1 ? "one key" : "nobody who is trusted here";
  std::string text = fmt::format("{}: {}, {} events of {} exhibits, signed by {}\n", what, verdict, r.events,
                                 r.exhibits, keys);
  if (head)
    text += fmt::format("  log         {}\n  checkpoint  {} events, root {}\n", head->origin, head->size,
                        exchange::to_base64(head->root));
  for (const auto& p : r.problems)
    text +=
        fmt::format("  problem     {} ({}): {}\n", exchange::name_of(p.code), printable(p.where), p.message);
  for (const auto& f : r.findings)
    text += fmt::format("  {}   event {}: {} ({})\n", f.explained ? "explained" : "attention", f.event,
                        shown(f.message), f.rule->name);
  for (const std::string& w : r.warnings) text += "  warning     " + w + "\n";
  return text;
}

void check(Context& context, const std::string& folder, const std::string& earlier) {
  const exchange::Home home = context.home();
  Progress progress(context, "checking");
  exchange::LogCheckOptions options;
  options.chain = chain_options(home);
  if (!earlier.empty()) options.earlier = exchange::Checkpoint::parse(read_text(earlier));
  const auto path = folder.empty() ? CustodyLog::folder_of(home) : exchange::fs::path(folder);
  const bool exported = exchange::fs::is_directory(path / "events");
  if (!folder.empty() && !exchange::fs::exists(path / "checkpoint"))
    throw Failure(Code::unavailable, printable(folder) + ": is neither a custody log nor an export of one",
                  "it holds a file named checkpoint");
  const LogReport r = exported ? check_export(home, path, options) : check_log(home, path, options);
  std::optional<exchange::Checkpoint> head;
  try {
    if (exchange::fs::exists(path / "checkpoint"))
      head = exchange::Checkpoint::parse(read_text((path / "checkpoint").native()));
  } catch (const Failure&) {  // is among the problems
  }
  context.exit = exchange::exit_code(r.code());
  if (context.json)
    context.print(report_json(r, head));
  else
    context.print(report_text(printable(path.native()), r, head));
  if (r.code() == Code::ok || context.json) return;
  std::fprintf(stderr, "valise: %s: %s\n", printable(path.native()).c_str(),
               r.problems.empty() ? "a chain of custody has gaps that nobody has explained"
                                  : r.problems.front().message.c_str());
  const char* hint =
      r.code() == Code::policy  ? "find out, and record it: valise custody add EX --event anomaly"
      : r.code() == Code::trust ? "if you know the agency, take its card: valise trust add CARD"
      : exported                ? "do not rely on this folder: ask for a fresh export"
                                : "do not add to this log: restore it, and keep the damaged one";
  std::fprintf(stderr, "hint: %s\n", hint);
}

void set_up_check(CLI::App& app, Context& context) {
  auto folder = std::make_shared<std::string>(), earlier = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("check", "checks every signature, the tree and every chain of the log");
  sub->add_option("DIR", *folder, "an export, or the folder of a log; this home's log if not given");
  sub->add_option("--checkpoint", *earlier, "an earlier checkpoint: the log must have grown from it");
  sub->footer("Example:\n  valise custody check --checkpoint checkpoint-of-may");
  sub->callback([folder, earlier, &context] { check(context, *folder, *earlier); });
}

// ---- export, checkpoint ----

struct ExportOptions {
  std::string exhibit, reference, output;
};

void export_chains(const Context& context, const ExportOptions& o) {
  const exchange::Home home = context.home();
  const CustodyLog log(CustodyLog::folder_of(home));
  const auto exhibits = o.exhibit.empty()
                            ? log.index().exhibits("", o.reference)
                            : std::vector<exchange::ExhibitId>{find_exhibit(log, o.exhibit, o.reference)};
  const auto events = export_custody(home, log, exhibits, o.output);
  if (context.json)
    context.print(Json{{"folder", printable(o.output)},
                       {"exhibits", exhibits.size()},
                       {"events", events},
                       {"checkpoint", checkpoint_json(log.checkpoint())}});
  context.say(
      fmt::format("exported {} events of {} exhibits to {}", events, exhibits.size(), printable(o.output)));
}

void set_up_export(CLI::App& app, Context& context) {
  auto o = std::make_shared<ExportOptions>();
  CLI::App* sub =
      app.add_subcommand("export", "chains with proofs, for a court: checkable without this program");
  sub->add_option("EX", o->exhibit, "one exhibit; all of the case, or of the log, if not given");
  sub->add_option("--case", o->reference, "the case's reference");
  sub->add_option("-o,--output", o->output, "a new folder")->required();
  sub->footer("Example:\n  valise custody export EX-03 --case XA-EXPOL-2026-000042 -o EX-03-custody");
  sub->callback([o, &context] { export_chains(context, *o); });
}

void set_up_checkpoint(CLI::App& app, Context& context) {
  auto output = std::make_shared<std::string>("-");
  CLI::App* sub = app.add_subcommand("checkpoint", "the signed head of the log, for others to keep");
  sub->add_option("-o,--output", *output, "a file; standard output if not given");
  sub->footer("Example:\n  valise custody checkpoint -o checkpoint-of-may");
  sub->callback([output, &context] {
    const CustodyLog log(CustodyLog::folder_of(context.home()));
    if (!log.checkpoint())
      throw Failure(Code::usage, "the custody log is empty", "it begins with the first event");
    if (context.json && *output == "-")
      context.print(checkpoint_json(log.checkpoint()));
    else
      write_text(context, *output, log.checkpoint()->note.whole());
  });
}

// ---- types ----

void types(const Context& context) {
  Table events({"event", "needs", "recorded by", "meaning", "source"}),
      rules({"rule", "breaking it is", "meaning"});
  Json list = Json::array(), rule_list = Json::array();
  for (const auto& t : exchange::event_types()) {
    std::string needs;
    for (const auto field : t.required) needs += (needs.empty() ? "" : ", ") + std::string(field);
    const std::string writer = t.writer == exchange::EventWriter::person ? "a person" : "the program";
    events.add({std::string(t.name), needs, writer, std::string(t.meaning), std::string(t.source)});
    list.push_back({{"event", t.name},
                    {"required", t.required},
                    {"first", t.place == exchange::EventPlace::first},
                    {"terminal", t.place == exchange::EventPlace::last},
                    {"program", t.writer == exchange::EventWriter::program},
                    {"meaning", t.meaning},
                    {"source", t.source}});
  }
  for (const auto& r : exchange::chain_rules()) {
    rules.add({std::string(r.name), r.refuses ? "refused" : "shown", std::string(r.meaning)});
    rule_list.push_back({{"rule", r.name}, {"refuses", r.refuses}, {"meaning", r.meaning}});
  }
  if (context.json)
    context.print(Json{{"events", list}, {"rules", rule_list}});
  else
    context.print(events.text() + "\n" + rules.text());
}

void set_up_types(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("types", "the events, what each needs, and the rules of a chain");
  sub->footer("Example:\n  valise custody types");
  sub->callback([&context] { types(context); });
}

}  // namespace

void set_up_custody(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_custody_show(app, context);
  set_up_custody_add(app, context);
  set_up_custody_import(app, context);
  set_up_check(app, context);
  set_up_export(app, context);
  set_up_checkpoint(app, context);
  set_up_types(app, context);
}

}  // namespace valise
