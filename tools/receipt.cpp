// valise receipt: what was received, and what the checks said; accept: a partner's receipt.
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/custody/outbox.h"
#include "tools/commands.h"
#include "tools/officer.h"
#include "tools/reading.h"
#include "tools/receipt_json.h"
#include "tools/receipt_of.h"

namespace valise {

namespace {

using exchange::printable;
using exchange::Receipt;
using exchange::SignedStatement;
using exchange::to_hex;
using exchange::VerifiedBundle;

struct Options {
  std::string file, output, as;
  unsigned threads = default_threads();
};

void make(Context& context, const Options& o) {
  if (o.file.empty() || o.output.empty())
    throw Failure(Code::usage, "a receipt needs a bundle and a file to write",
                  "valise receipt FILE -o RECEIPT");
  const exchange::Home home = context.home();
  const OfficerKey key = officer_key(context, o.as, exchange::Act::receipt);
  const exchange::Signer signer = key.signer();
  Progress progress(context, "verifying");
  exchange::VerifyOptions options;
  options.threads = o.threads;
  options.progress = progress.callback();
  VerifiedBundle bundle = VerifiedBundle::verify(o.file, home, keys_at_hand(context, true), options);
  const SignedStatement signed_receipt = receipt_of(home, signer, bundle, o.file);
  const Receipt r = Receipt::parse(signed_receipt.note.text);
  write_text(context, o.output, signed_receipt.whole());
  context.exit = exchange::exit_code(r.verdict);
  if (context.json && o.output != "-") {
    Json document = receipt_json(r);
    document["receipt"] = printable(o.output);
    context.print(document);
  }
  if (r.verdict == Code::ok) {
    context.say(fmt::format("{}: {}, receipt {}", printable(o.file), name_of(r.state), printable(o.output)));
    return;
  }
  std::fprintf(stderr, "valise: %s: refused (%s): %s\n", printable(o.file).c_str(),
               std::string(exchange::name_of(r.verdict)).c_str(), r.reason.c_str());
  std::fprintf(stderr, "hint: %s is a signed refusal: give it to the sender, and do not use the bundle\n",
               printable(o.output).c_str());
}

void accept(const Context& context, const std::string& file, const std::string& seal) {
  const auto about = seal.empty() ? std::nullopt : exchange::hash_from_hex(seal);
  if (!seal.empty() && !about)
    throw Failure(Code::usage, "\"" + printable(seal) + "\" is not a seal id",
                  "64 hex digits, see: valise outbox");
  const auto statement = SignedStatement::parse(read_text(file, 2 * exchange::kMaxNote + 1), "receipt");
  const auto accepted = exchange::Outbox(context.home()).accept(statement, about);
  const Receipt& r = accepted.receipt;
  for (const std::string& w : accepted.warnings) context.warn(w);
  for (const std::string& c : accepted.conflicts)
    context.warn("receipts do not agree: " + c, "both are kept; ask the receiver");
  if (context.json) {
    Json document = receipt_json(r);
    document["already"] = accepted.already;
    document["conflicts"] = accepted.conflicts;
    context.print(document);
  }
  context.say(fmt::format(
      "{} {} {}{}", r.receiver.text(),
      r.state == Receipt::State::refused ? "refused" : "has " + std::string(name_of(r.state)),
      r.seal ? "seal " + to_hex(*r.seal) : "the bundle", accepted.already ? " (this receipt was here)" : ""));
  if (r.state == Receipt::State::refused)
    context.say("its reason (" + std::string(exchange::name_of(r.verdict)) + "): " + r.reason);
}

}  // namespace

void set_up_receipt(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.require_subcommand(0, 1);
  app.add_option("FILE", o->file, "the bundle");
  app.add_option("-o,--output", o->output, "the receipt");
  app.add_option("--as", o->as, "the key that signs; the home's only one if not given");
  app.add_option("--threads", o->threads, "all processors if not given")->check(CLI::Range(1, 256));
  auto file = std::make_shared<std::string>(), seal = std::make_shared<std::string>();
  CLI::App* sub = app.add_subcommand("accept", "takes a partner's receipt for a bundle that was packed here");
  sub->add_option("RECEIPT", *file, "the receipt; - is standard input")->required();
  sub->add_option("--seal", *seal, "the bundle that a refusal is about, where it names none");
  sub->footer("Example:\n  valise receipt accept case1.receipt");
  sub->callback([file, seal, &context] { accept(context, *file, *seal); });
  app.callback([o, &app, &context] {
    if (app.get_subcommands().empty()) make(context, *o);
  });
}

}  // namespace valise
