// valise agency: the root key of an agency.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/trust/usage.h"
#include "tools/commands.h"

namespace valise {

namespace {

using exchange::Card;
using exchange::Endorsement;
using exchange::Instant;
using exchange::PrivateKeys;
using exchange::RevocationList;
namespace fs = exchange::fs;

// The files of a root kept in this home.
struct Root {
  std::string id;
  fs::path key, card, issued, revocations;
};

Root root_of(const Context& context, const std::string& id) {
  if (!exchange::is_agency_id(id))
    throw Failure(Code::usage, "\"" + exchange::printable(id) + "\" is not an agency id",
                  "3 to 64 of a-z, 0-9 and single hyphens, beginning with a letter: kh-example-police");
  const fs::path folder = fs::path(context.home_folder) / "roots";
  return {id, folder / (id + ".key"), folder / (id + ".card"), folder / (id + ".issued"),
          folder / (id + ".revocations")};
}

// The root named, or the only one.
Root only_root(const Context& context, const std::string& as) {
  if (!as.empty()) return root_of(context, as);
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator it(fs::path(context.home_folder) / "roots", error), end; !error && it != end;
       it.increment(error))
    if (it->path().extension() == ".key") ids.push_back(it->path().stem().native());
  if (ids.size() != 1)
    throw Failure(
        Code::usage,
        ids.empty() ? "this home keeps no agency root" : "this home keeps more than one agency root",
        ids.empty() ? "make one with: valise agency new" : "say which with --as AGENCY");
  return root_of(context, ids[0]);
}

PrivateKeys load(const Context& context, const Root& root) {
  return exchange::read_key_file(root.key, context.ask_passphrase(),
                                 [&](const std::string& w) { context.warn(w); });
}

Instant parse_date(const std::string& text) {
  const auto date = exchange::from_date(text);
  const auto time = date ? date : exchange::from_utc(text);
  if (!time)
    throw Failure(Code::usage, "\"" + exchange::printable(text) + "\" is not a date",
                  "write it as 2027-12-31");
  return *time;
}

std::string signed_by(const PrivateKeys& keys, const std::string& text) {
  return exchange::sign_note(text, keys.name, keys.signing).whole();
}

RevocationList list_of(const Root& root) {
  RevocationList list;
  list.agency = root.id;
  if (fs::exists(root.revocations)) list = RevocationList::parse(read_text(root.revocations));
  return list;
}

// Signs the list with the next number, keeps it and gives it out.
void issue(const Context& context, const Root& root, RevocationList list, const std::string& next_update,
           const std::string& output) {
  const PrivateKeys keys = load(context, root);
  list.number += 1;
  list.issued = {exchange::now().seconds, 0};
  list.next_update = !next_update.empty() ? parse_date(next_update)
                     : keys.example       ? *exchange::from_date("2099-12-31")
                                          : Instant{list.issued.seconds + 30 * 86400, 0};
  list.example = keys.example;
  const std::string whole = signed_by(keys, list.text());
  RevocationList::parse(whole);
  write_text(context, output, whole);
  exchange::write_file(root.revocations, exchange::as_view(whole), exchange::OutputFile::Existing::replace);
  const Json result = {{"agency", root.id},
                       {"number", list.number},
                       {"revoked", list.revoked.size()},
                       {"next_update", exchange::to_utc(list.next_update)}};
  if (context.json && output != "-") context.print(result);
  context.say(fmt::format("revocation list {} of {}: {} revoked; send it to every partner", list.number,
                          root.id, list.revoked.size()));
}

void set_up_new(CLI::App& app, Context& context) {
  struct Options {
    std::string id, name, country;
    bool no_passphrase = false, example = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("new", "makes an agency's root key");
  sub->add_option("ID", o->id, "for instance kh-example-police")->required();
  sub->add_option("--name", o->name, "the agency's name, in its own script")->required();
  sub->add_option("--country", o->country, "ISO 3166-1 alpha-2")->required();
  sub->add_flag("--no-passphrase", o->no_passphrase, "keep the key in the clear");
  sub->add_flag("--example", o->example, "mark everything under it as EXAMPLE");
  sub->footer("Example:\n  valise agency new xa-police --name \"Example Police\" --country XA");
  sub->callback([o, &context] {
    const Root root = root_of(context, o->id);
    if (!exchange::is_country(o->country))
      throw Failure(Code::usage, "\"" + exchange::printable(o->country) + "\" is not a country code",
                    "two capital letters of ISO 3166-1, for instance KH");
    const PrivateKeys keys{o->id, exchange::SigningKey::generate(), {}, o->example};
    const Card card{o->id, o->name, o->country, keys.verifier(), o->example};
    const std::string whole = signed_by(keys, card.text());
    try {
      Card::parse(whole);
    } catch (const Failure& f) {
      throw Failure(Code::usage, "--name cannot stand in a card", "one line of at most 200 bytes");
    }
    if (fs::exists(root.key))
      throw Failure(Code::usage, o->id + ": this home has its root key already",
                    "its card: valise agency card " + o->id + " -o FILE");
    const exchange::SecretBytes passphrase =
        o->no_passphrase ? exchange::SecretBytes() : context.new_passphrase(o->id);
    fs::create_directories(root.key.parent_path());
    exchange::write_key_file(root.key, keys, passphrase.expose_text());
    exchange::write_file(root.card, exchange::as_view(whole), exchange::OutputFile::Existing::replace);
    context.home().add_agency(whole, card.fingerprint());
    if (context.json)
      context.print(Json{{"agency", o->id}, {"key", card.root.text()}, {"fingerprint", card.fingerprint()}});
    else
      context.print(fmt::format("{}\nfingerprint {}\n", card.root.text(), card.fingerprint()));
    context.say("keep " + root.key.native() + " off line: whoever has it can endorse anyone");
  });
}

void set_up_card(CLI::App& app, Context& context) {
  auto id = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("card", "writes an agency's card, for partners");
  sub->add_option("ID", *id)->required();
  sub->add_option("-o,--output", *output, "file, or - for standard output")->required();
  sub->footer("Example:\n  valise agency card xa-police -o xa-police.card");
  sub->callback([id, output, &context] {
    const Root root = root_of(context, *id);
    fs::path file = root.card;
    if (!fs::exists(file)) file = fs::path(context.home_folder) / "trust" / (*id + ".card");
    if (!fs::exists(file))
      throw Failure(Code::usage, *id + ": this home has no card of it", "see: valise trust list");
    const std::string whole = read_text(file);
    const Card card = Card::parse(whole);
    write_text(context, *output, whole);
    if (context.json && *output != "-")
      context.print(Json{{"agency", card.agency},
                         {"name", card.name},
                         {"country", card.country},
                         {"key", card.root.text()},
                         {"fingerprint", card.fingerprint()}});
    context.say("fingerprint " + card.fingerprint());
    context.say("read the fingerprint to the partner over another line than the one that carries the card");
  });
}

void set_up_endorse(CLI::App& app, Context& context) {
  struct Options {
    std::string request, usage, until, from, output, as;
  };
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("endorse", "endorses an officer's key request");
  sub->add_option("REQUEST", o->request, "file of: valise key request")->required();
  sub->add_option("--usage", o->usage, "seal,open,approve,custody,consular,protection,supervisor,grant")
      ->required();
  sub->add_option("--until", o->until, "last day, UTC")->required();
  sub->add_option("--from", o->from, "first day, UTC; now if not given");
  sub->add_option("-o,--output", o->output, "file, or -")->required();
  sub->add_option("--as", o->as, "which agency's root");
  sub->footer(
      "Example:\n  valise agency endorse desk.request --usage seal,open,custody --until 2027-12-31 -o "
      "desk.endorsement");
  sub->callback([o, &context] {
    const auto request = exchange::KeyRequest::parse(read_text(o->request));
    const Root root = only_root(context, o->as.empty() ? request.officer.agency : o->as);
    if (request.officer.agency != root.id)
      throw Failure(Code::usage, request.officer.text() + " does not belong to " + root.id,
                    "each agency endorses its own officers");
    const PrivateKeys keys = load(context, root);
    const Card card = Card::parse(read_text(root.card));
    std::array<std::uint8_t, 16> serial{};
    exchange::fill_random(serial);
    Endorsement e;
    e.serial = exchange::to_hex(serial);
    e.agency_name = card.name;
    e.country = card.country;
    e.officer = request.officer;
    e.signing = request.signing;
    e.receiving = request.receiving;
    e.usages = exchange::parse_usages(o->usage);
    e.not_before = o->from.empty() ? Instant{exchange::now().seconds, 0}
                                   : Instant{parse_date(o->from).seconds - 86399, 0};
    e.not_after = parse_date(o->until);
    e.example = card.example || request.example;
    if (e.not_after < e.not_before)
      throw Failure(Code::usage, "the endorsement would end before it begins", "give a later --until");
    const std::string whole = signed_by(keys, e.text());
    Endorsement::parse(whole);
    write_text(context, o->output, whole);
    fs::create_directories(root.issued);
    exchange::write_file(root.issued / e.serial, exchange::as_view(whole),
                         exchange::OutputFile::Existing::replace);
    if (context.json && o->output != "-")
      context.print(Json{{"serial", e.serial},
                         {"officer", e.officer.text()},
                         {"usage", exchange::usages_text(e.usages)},
                         {"not_after", exchange::to_utc(e.not_after)}});
    context.say(fmt::format("endorsed {} for {} until {}; serial {}", e.officer.text(),
                            exchange::usages_text(e.usages), exchange::to_utc(e.not_after), e.serial));
  });
}

void set_up_revoke(CLI::App& app, Context& context) {
  struct Options {
    std::string serial, reason, output, next_update, as;
  };
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("revoke", "revokes an endorsement and writes the new list");
  sub->add_option("SERIAL", o->serial, "as agency endorse printed it")->required();
  sub->add_option("--reason", o->reason, "one line, for partners to read")->required();
  sub->add_option("-o,--output", o->output, "file, or -")->required();
  sub->add_option("--next-update", o->next_update,
                  "when partners should expect a newer list; 30 days if not given");
  sub->add_option("--as", o->as, "which agency's root");
  sub->footer(
      "Example:\n  valise agency revoke 00112233445566778899aabbccddeeff --reason \"laptop lost\" -o "
      "xa-police.revocations");
  sub->callback([o, &context] {
    const Root root = only_root(context, o->as);
    if (!fs::exists(root.issued / o->serial) || o->serial.size() != 32)
      throw Failure(Code::usage,
                    exchange::printable(o->serial) + ": no endorsement of this serial was issued here",
                    "serials stand in " + root.issued.native());
    RevocationList list = list_of(root);
    if (list.find(o->serial)) throw Failure(Code::usage, o->serial + ": is revoked already", "nothing to do");
    list.revoked.push_back({o->serial, {exchange::now().seconds, 0}, o->reason});
    std::ranges::sort(list.revoked, {}, &exchange::Revocation::serial);
    issue(context, root, std::move(list), o->next_update, o->output);
  });
}

void set_up_revocations(CLI::App& app, Context& context) {
  struct Options {
    std::string output, next_update, as;
  };
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("revocations", "renews the revocation list without a new entry");
  sub->add_option("-o,--output", o->output, "file, or -")->required();
  sub->add_option("--next-update", o->next_update, "30 days from now if not given");
  sub->add_option("--as", o->as, "which agency's root");
  sub->footer("Example:\n  valise agency revocations -o xa-police.revocations");
  sub->callback([o, &context] {
    const Root root = only_root(context, o->as);
    issue(context, root, list_of(root), o->next_update, o->output);
  });
}

}  // namespace

void set_up_agency(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_new(app, context);
  set_up_card(app, context);
  set_up_endorse(app, context);
  set_up_revoke(app, context);
  set_up_revocations(app, context);
}

}  // namespace valise
