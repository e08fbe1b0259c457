// valise correction: a sender corrects or withdraws what it sealed; a recipient takes note.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/bundle/envelope.h"
#include "libexchange/store/notices.h"
#include "tools/commands.h"
#include "tools/store_access.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Correction;
using exchange::Notice;
using exchange::SignedStatement;
using exchange::Source;

struct NewOptions {
  std::string bundle, action, exhibit, row, note, output, as;
};

// The seal of a bundle file, or of one in the store.
exchange::Seal seal_of(const Context& context, const std::string& bundle) {
  if (!exchange::hash_from_hex(bundle)) return exchange::read_envelope(Source::open(bundle)).seal;
  exchange::Store store(store_place(context));
  exchange::Fd object = store.objects().get({bundle, "valise"});
  if (!object)
    throw Failure(Code::usage, "the store has no bundle with the seal " + bundle,
                  "name the bundle's file instead");
  return exchange::read_envelope(Source::of(std::move(object), bundle)).seal;
}

void run_new(const Context& context, const NewOptions& o) {
  Correction what;
  what.action = o.action == "withdraw" ? Correction::Action::withdraw : Correction::Action::correct;
  what.scope = !o.row.empty()       ? Correction::Scope::row
               : !o.exhibit.empty() ? Correction::Scope::exhibit
                                    : Correction::Scope::bundle;
  if (what.scope != Correction::Scope::bundle) what.subject = o.row.empty() ? o.exhibit : o.row;
  what.reason = o.note;
  const OfficerKey key = officer_key(context, o.as, exchange::Act::correct);
  const SignedStatement statement =
      exchange::make_correction(context.home(), key.signer(), seal_of(context, o.bundle), what);
  write_text(context, o.output, statement.whole());
  if (context.json && o.output != "-")
    context.print(
        Json{{"correction", exchange::to_hex(exchange::correction_id(statement))}, {"file", o.output}});
  context.say("send it to everyone who got the bundle: " + exchange::printable(o.output));
}

void set_up_new(CLI::App& app, Context& context) {
  auto o = std::make_shared<NewOptions>();
  CLI::App* sub = app.add_subcommand("new", "signs a correction or withdrawal of what this agency sealed");
  sub->add_option("BUNDLE", o->bundle, "its file, or its seal id where it is in the store")->required();
  sub->add_option("--action", o->action, "correct or withdraw")
      ->required()
      ->check(CLI::IsMember({"correct", "withdraw"}));
  auto* exhibit = sub->add_option("--exhibit", o->exhibit, "one exhibit; else the whole bundle");
  sub->add_option("--row", o->row, "one row: SHEET/ID, for instance persons.csv/P-0001")->excludes(exhibit);
  sub->add_option("--note", o->note, "what is wrong, and what is right")->required();
  sub->add_option("-o", o->output, "the signed note; - is standard output")->required();
  sub->add_option("--as", o->as, "AGENCY/NAME, where this home has several keys");
  sub->footer(
      "Example:\n  valise correction new case1.valise --action withdraw --exhibit EX-03 "
      "--note \"seized from another person\" -o case1.correction");
  sub->callback([o, &context] { run_new(context, *o); });
}

Json notice_json(const Notice& n) {
  return {{"correction", n.id},   {"seal", n.seal},     {"scope", n.scope},
          {"subject", n.subject}, {"action", n.action}, {"reason", n.reason},
          {"made_at", n.made_at}, {"signer", n.signer}, {"accepted_at", n.accepted_at}};
}

void set_up_accept(CLI::App& app, Context& context) {
  auto file = std::make_shared<std::string>(), output = std::make_shared<std::string>(),
       as = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("accept", "takes note of a sender's correction; shown from then on");
  sub->add_option("FILE", *file, "the signed correction; - is standard input")->required();
  sub->add_option("-o", *output, "a signed acknowledgement for the sender");
  sub->add_option("--as", *as, "AGENCY/NAME, where this home has several keys");
  sub->footer("Example:\n  valise correction accept case1.correction -o case1.acknowledgement");
  sub->callback([file, output, as, &context] {
    const std::string whole = read_text(*file, 4 * exchange::kMaxNote);
    std::optional<OfficerKey> key;
    if (!output->empty()) key = officer_key(context, *as, exchange::Act::receipt);
    exchange::Store store = open_store(context);
    const exchange::Instant now = exchange::now();
    const Notice notice = exchange::accept_notice(store, context.home(), whole, now);
    if (key) write_text(context, *output, exchange::acknowledge(key->signer(), notice, now).whole());
    if (context.json && *output != "-") context.print(notice_json(notice));
    context.say(exchange::printable(notice.text()));
  });
}

void set_up_acknowledged(CLI::App& app, Context& context) {
  auto file = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("acknowledged", "checks a recipient's acknowledgement");
  sub->add_option("FILE", *file, "- is standard input")->required();
  sub->footer("Example:\n  valise correction acknowledged case1.acknowledgement");
  sub->callback([file, &context] {
    const auto statement =
        SignedStatement::parse(read_text(*file, 4 * exchange::kMaxNote), "acknowledgement");
    const auto a = exchange::Acknowledgement::parse(statement.note.text);
    const auto check = exchange::check_acknowledgement(context.home(), statement, exchange::now());
    if (!check.good())
      throw Failure(check.code, "the acknowledgement: " + check.problem,
                    "ask the recipient for a signed one");
    for (const std::string& w : check.warnings) context.warn(w);
    const std::string by = statement.endorsement.officer.text();
    if (context.json)
      return context.print(Json{{"correction", a.correction},
                                {"seal", a.seal},
                                {"action", a.action},
                                {"by", by},
                                {"time", exchange::to_utc(a.time)}});
    context.print(
        fmt::format("{} took note of the correction {} at {}\n", by, a.correction, exchange::to_utc(a.time)));
  });
}

void set_up_correction_list(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("list", "lists the corrections that were accepted here");
  sub->footer("Example:\n  valise correction list");
  sub->callback([&context] {
    std::vector<Notice> all;
    if (exchange::Store::used(store_place(context))) {
      exchange::Store store = open_store(context);
      all = exchange::notices(store);
    }
    Json list = Json::array();
    Table table({"made", "by", "what", "seal"});
    for (const Notice& n : all) {
      list.push_back(notice_json(n));
      table.add({n.made_at, n.signer, n.text(), n.seal});
    }
    if (context.json) return context.print(list);
    context.print(table.empty() ? "no corrections were accepted here\n" : table.text());
  });
}

}  // namespace

void set_up_correction(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_new(app, context);
  set_up_accept(app, context);
  set_up_acknowledged(app, context);
  set_up_correction_list(app, context);
}

}  // namespace valise
