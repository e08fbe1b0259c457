// valise case: drafts and checks a case folder.
#include "libexchange/casefile/case.h"

#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier.h"
#include "libexchange/casefile/tables.h"
#include "tools/commands.h"
#include "tools/problems.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::printable;

void set_up_init(CLI::App& app, Context& context) {
  struct Options {
    std::string folder, as;
    exchange::NewCase about;
  };
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("init", "drafts case.toml and exhibits.csv from a folder");
  sub->add_option("DIR", o->folder, "the folder with the evidence")->required();
  sub->add_option("--title", o->about.title, "a short name of the case")->required();
  sub->add_option("--reference", o->about.reference, "for instance XA-EXPOL-2026-000042")->required();
  sub->add_option("--legal-basis", o->about.legal_basis, "free text, or INSTRUMENT:ARTICLE such as untoc:18")
      ->required();
  sub->add_option("--purpose", o->about.purpose, "what the evidence is for, in 20 characters or more")
      ->required();
  sub->add_option("--as", o->as, "AGENCY/NAME; the home's only key if not given");
  sub->footer(
      "Example:\n  valise case init case1 --title \"Paper Lantern\" --reference XA-EXPOL-2026-000042 "
      "--legal-basis untoc:18 --purpose \"to identify the operators of a fraud site\"");
  sub->callback([o, &context] {
    if (!o->as.empty()) {
      o->about.requesting = parse_address(o->as).agency;
    } else if (const auto keys = context.home().own_keys(); keys.size() == 1) {
      o->about.requesting = keys[0].address.agency;
    }
    const auto exhibits = exchange::init_case(o->folder, o->about);
    if (context.json) {
      Json list = Json::array();
      for (const auto& e : exhibits)
        list.push_back({{"id", e.id}, {"path", printable(e.path)}, {"kind", e.kind}});
      context.print(
          Json{{"folder", printable(o->folder)}, {"reference", o->about.reference}, {"exhibits", list}});
    } else {
      for (const auto& e : exhibits)
        context.print(fmt::format("{}  {}  {}\n", e.id, exchange::pad_right(e.kind, 12), printable(e.path)));
    }
    context.say(
        fmt::format("drafted case.toml and exhibits.csv with {} exhibits: read and complete them, then: "
                    "valise case check {}",
                    exhibits.size(), printable(o->folder)));
  });
}

void set_up_check(CLI::App& app, Context& context) {
  auto folder = std::make_shared<std::string>();
  auto allow = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand("check", "lists every problem of a case folder");
  sub->add_option("DIR", *folder)->required();
  sub->add_flag("--allow-uncovered", *allow, "files that no exhibit covers are no problem");
  sub->footer("Example:\n  valise case check case1");
  sub->callback([folder, allow, &context] {
    const auto checked = exchange::check_case(*folder, policy_of(context.home()));
    const bool good = !checked.refused() && (*allow || checked.uncovered_count == 0);
    if (context.json)
      context.print(problems_json(checked, good));
    else
      context.print(problems_text(checked, *allow));
    context.exit = good ? 0 : exchange::exit_code(Code::policy);
  });
}

void set_up_types(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand(
      "types", "the types of identifiers.csv, the closed lists, and the rules of the policy");
  sub->footer("Example:\n  valise case types");
  sub->callback([&context] {
    const exchange::Policy policy = policy_of(context.home());
    Table types({"type", "what", "source"}), rules({"rule", "level", "what must be true", "source"});
    Table words({"list", "word", "source"});
    Json json = {{"policy", policy.name()},
                 {"types", Json::array()},
                 {"words", Json::array()},
                 {"rules", Json::array()}};
    for (const auto& w : exchange::listed_words()) {
      words.add({std::string(w.list), std::string(w.word), std::string(w.source)});
      json["words"].push_back({{"list", w.list}, {"word", w.word}, {"source", w.source}});
    }
    for (const auto& t : exchange::identifier_types()) {
      types.add({std::string(t.name), std::string(t.what), std::string(t.source)});
      json["types"].push_back({{"type", t.name}, {"what", t.what}, {"source", t.source}});
    }
    for (const auto& r : exchange::rules()) {
      const auto level = policy.level(r);
      const char* word = level == exchange::Rule::Level::refuse ? "refuse"
                         : level == exchange::Rule::Level::warn ? "warn"
                                                                : "off";
      rules.add({std::string(r.id), word, std::string(r.text), std::string(r.source)});
      json["rules"].push_back({{"rule", r.id}, {"level", word}, {"text", r.text}, {"source", r.source}});
    }
    if (context.json)
      context.print(json);
    else
      context.print(types.text() + "\n" + words.text() + "\n" + rules.text());
  });
}

}  // namespace

void set_up_case(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_init(app, context);
  set_up_check(app, context);
  set_up_case_show(app, context);
  set_up_types(app, context);
}

}  // namespace valise
