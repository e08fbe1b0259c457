// valise key: an officer's or desk's own keys.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/trust/roles.h"
#include "libexchange/trust/usage.h"
#include "tools/commands.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Address;
using exchange::OwnKey;
using exchange::PrivateKeys;
namespace fs = exchange::fs;

// AGENCY/NAME, or NAME alone where only one key has it.
OwnKey find_key(const Context& context, const std::string& name) {
  const exchange::Home home = context.home();
  if (name.find('/') != name.npos) return home.own_key(parse_address(name));
  std::vector<OwnKey> fitting;
  for (OwnKey& key : home.own_keys())
    if (key.address.name == name) fitting.push_back(std::move(key));
  if (fitting.size() != 1)
    throw Failure(Code::usage,
                  fmt::format("{} key of this home is called \"{}\"",
                              fitting.empty() ? "no" : "more than one", exchange::printable(name)),
                  "see: valise key list");
  return std::move(fitting[0]);
}

PrivateKeys load(const Context& context, const fs::path& file) {
  return exchange::read_key_file(file, context.ask_passphrase(),
                                 [&](const std::string& w) { context.warn(w); });
}

void set_up_new(CLI::App& app, Context& context) {
  struct Options {
    std::string name;
    bool no_passphrase = false, example = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("new", "makes a signing and a receiving key");
  sub->add_option("NAME", o->name, "AGENCY/NAME")->required();
  sub->add_flag("--no-passphrase", o->no_passphrase, "keep the keys in the clear");
  sub->add_flag("--example", o->example, "mark them as EXAMPLE");
  sub->footer("Example:\n  valise key new xa-police/desk");
  sub->callback([o, &context] {
    const Address address = parse_address(o->name);
    const fs::path file = context.home().key_path(address);
    if (fs::exists(file))
      throw Failure(Code::usage, address.text() + ": this home has this key already", "see: valise key list");
    const PrivateKeys keys{address.text(), exchange::SigningKey::generate(),
                           exchange::AgeIdentity::generate(), o->example};
    const exchange::SecretBytes passphrase =
        o->no_passphrase ? exchange::SecretBytes() : context.new_passphrase(address.text());
    fs::create_directories(file.parent_path());
    exchange::write_key_file(file, keys, passphrase.expose_text());
    if (context.json)
      context.print(Json{{"name", keys.name},
                         {"signing", keys.verifier().text()},
                         {"receiving", keys.receiving->recipient().text()}});
    else
      context.print(fmt::format("signing   {}\nreceiving {}\n", keys.verifier().text(),
                                keys.receiving->recipient().text()));
    context.say("next: valise key request " + keys.name + " -o FILE, and let the agency endorse it");
  });
}

void set_up_request(CLI::App& app, Context& context) {
  auto name = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("request", "asks the agency for an endorsement");
  sub->add_option("NAME", *name)->required();
  sub->add_option("-o,--output", *output, "file, or -")->required();
  sub->footer("Example:\n  valise key request xa-police/desk -o desk.request");
  sub->callback([name, output, &context] {
    const OwnKey own = find_key(context, *name);
    const PrivateKeys keys = load(context, own.file);
    const exchange::KeyRequest request{own.address, keys.verifier(), keys.receiving->recipient(),
                                       keys.example};
    const std::string whole = exchange::sign_note(request.text(), keys.name, keys.signing).whole();
    write_text(context, *output, whole);
    if (context.json && *output != "-") context.print(Json{{"name", keys.name}, {"file", *output}});
  });
}

void set_up_install(CLI::App& app, Context& context) {
  auto file = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("install", "installs the endorsement that the agency gave");
  sub->add_option("FILE", *file)->required();
  sub->footer("Example:\n  valise key install desk.endorsement");
  sub->callback([file, &context] {
    const std::string whole = read_text(*file);
    const auto e = exchange::Endorsement::parse(whole);
    exchange::Home home = context.home();
    const OwnKey own = home.own_key(e.officer);
    home.install_endorsement(whole, load(context, own.file));
    if (context.json)
      context.print(Json{{"name", e.officer.text()},
                         {"usage", exchange::usages_text(e.usages)},
                         {"not_after", exchange::to_utc(e.not_after)}});
    context.say(fmt::format("{} may now {} until {}", e.officer.text(), exchange::usages_text(e.usages),
                            exchange::to_utc(e.not_after)));
  });
}

void set_up_key_list(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("list", "lists the keys of this home");
  sub->footer("Example:\n  valise key list");
  sub->callback([&context] {
    Json list = Json::array();
    std::string text;
    for (const OwnKey& key : context.home().own_keys()) {
      Json item = {{"name", key.address.text()},
                   {"passphrase", key.has_passphrase},
                   {"endorsed", key.endorsement.has_value()}};
      text += fmt::format("{}  {}", key.address.text(),
                          key.has_passphrase ? "under a passphrase" : "in the clear");
      if (key.endorsement) {
        const auto& e = *key.endorsement;
        item["usage"] = exchange::usages_text(e.usages);
        item["not_after"] = exchange::to_utc(e.not_after);
        item["serial"] = e.serial;
        item["signing"] = e.signing.text();
        item["receiving"] = e.receiving.text();
        item["example"] = e.example;
        text += fmt::format("  {} until {}{}", exchange::usages_text(e.usages), exchange::to_utc(e.not_after),
                            e.example ? "  EXAMPLE" : "");
      } else {
        text += "  not endorsed";
      }
      text += "\n";
      list.push_back(std::move(item));
    }
    if (context.json)
      context.print(list);
    else
      context.print(text.empty() ? "no keys\n" : text);
  });
}

void set_up_passwd(CLI::App& app, Context& context) {
  struct Options {
    std::string name, new_file;
    bool none = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("passwd", "changes a key's passphrase");
  sub->add_option("NAME", o->name)->required();
  sub->add_option("--new-passphrase-file", o->new_file, "its first line is the new passphrase");
  sub->add_flag("--no-passphrase", o->none, "keep the key in the clear from now on");
  sub->footer("Example:\n  valise key passwd xa-police/desk");
  sub->callback([o, &context] {
    const OwnKey own = find_key(context, o->name);
    const PrivateKeys keys = load(context, own.file);
    Context fresh = context;
    fresh.passphrase_file = o->new_file;
    const exchange::SecretBytes passphrase =
        o->none ? exchange::SecretBytes() : fresh.new_passphrase(own.address.text());
    exchange::write_key_file(own.file, keys, passphrase.expose_text(), true);
    if (context.json) context.print(Json{{"name", keys.name}, {"passphrase", !o->none}});
    context.say(keys.name + (o->none ? ": now in the clear" : ": has its new passphrase"));
  });
}

void set_up_usages(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("usages", "which act needs which usage of a key");
  sub->footer("Example:\n  valise key usages");
  sub->callback([&context] {
    Table table({"to", "a key needs the usage", "commands"});
    Json list = Json::array();
    for (const auto& p : exchange::permissions()) {
      table.add({std::string(p.name), std::string(p.usage), std::string(p.command)});
      list.push_back({{"act", p.name}, {"usage", p.usage}, {"commands", p.command}});
    }
    if (context.json)
      context.print(list);
    else
      context.print(table.text() + "\nwithout it the act is refused with exit code 31\n");
  });
}

}  // namespace

void set_up_key(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_new(app, context);
  set_up_request(app, context);
  set_up_install(app, context);
  set_up_key_list(app, context);
  set_up_passwd(app, context);
  set_up_usages(app, context);
}

}  // namespace valise
