// valise trust: whom this home trusts.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"

namespace valise {

namespace {

using exchange::Agency;

void set_up_add(CLI::App& app, Context& context) {
  auto card = std::make_shared<std::string>(), fingerprint = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("add", "trusts an agency's root key");
  sub->add_option("CARD", *card)->required();
  sub->add_option("--fingerprint", *fingerprint, "as the agency told it over another line");
  sub->footer("Example:\n  valise trust add kh-example-police.card --fingerprint \"SHA256:0123abcd ...\"");
  sub->callback([card, fingerprint, &context] {
    if (fingerprint->empty())
      throw Failure(Code::usage, "trust needs the fingerprint of the card",
                    "hear it from the agency over another line, for instance by telephone, and give it as "
                    "--fingerprint");
    const std::string whole = read_text(*card);
    context.home().add_agency(whole, *fingerprint);
    const auto parsed = exchange::Card::parse(whole);
    if (context.json) context.print(Json{{"agency", parsed.agency}, {"fingerprint", parsed.fingerprint()}});
    context.say("trusted: " + parsed.agency + " (" + parsed.name + ", " + parsed.country + ")");
    if (parsed.example) context.warn("EXAMPLE agency: nothing under it is evidence");
  });
}

void set_up_trust_list(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("list", "lists the trusted agencies");
  sub->footer("Example:\n  valise trust list");
  sub->callback([&context] {
    Json list = Json::array();
    std::string text;
    for (const Agency& a : context.home().agencies()) {
      Json item = {{"agency", a.card.agency},
                   {"name", a.card.name},
                   {"country", a.card.country},
                   {"fingerprint", a.card.fingerprint()},
                   {"example", a.card.example}};
      text += fmt::format("{}  {}  {}{}\n  {}\n", exchange::pad_right(a.card.agency, 20), a.card.country,
                          a.card.name, a.card.example ? "  EXAMPLE" : "", a.card.fingerprint());
      if (a.revocations) {
        item["revocations"] = {{"number", a.revocations->number},
                               {"revoked", a.revocations->revoked.size()},
                               {"next_update", exchange::to_utc(a.revocations->next_update)}};
        text += fmt::format("  revocation list {}, {} revoked, next update {}\n", a.revocations->number,
                            a.revocations->revoked.size(), exchange::to_utc(a.revocations->next_update));
      }
      list.push_back(std::move(item));
    }
    if (context.json)
      context.print(list);
    else
      context.print(text.empty() ? "nobody is trusted here yet\n" : text);
  });
}

void set_up_import(CLI::App& app, Context& context) {
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* sub = app.add_subcommand("import", "takes endorsements and revocation lists");
  sub->add_option("FILE", *files)->required();
  sub->footer("Example:\n  valise trust import kh-desk.endorsement kh-example-police.revocations");
  sub->callback([files, &context] {
    Json list = Json::array();
    for (const std::string& file : *files) {
      const std::string what = context.home().import_statement(read_text(file));
      context.say(what);
      list.push_back({{"file", file}, {"what", what}});
    }
    if (context.json) context.print(list);
  });
}

void set_up_remove(CLI::App& app, Context& context) {
  auto id = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("remove", "trusts an agency no longer");
  sub->add_option("ID", *id)->required();
  sub->footer("Example:\n  valise trust remove kh-example-police");
  sub->callback([id, &context] {
    context.home().remove_agency(*id);
    if (context.json) context.print(Json{{"agency", *id}, {"trusted", false}});
    context.say("no longer trusted: " + *id);
  });
}

}  // namespace

void set_up_trust(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_add(app, context);
  set_up_trust_list(app, context);
  set_up_import(app, context);
  set_up_remove(app, context);
}

}  // namespace valise
