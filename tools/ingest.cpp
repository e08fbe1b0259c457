// valise ingest: takes verified bundles into the store.
#include "libexchange/store/ingest.h"

#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"
#include "tools/reading.h"
#include "tools/store_access.h"

namespace valise {

namespace {

using exchange::Ingested;
using exchange::printable;
using exchange::VerifiedBundle;

struct Options {
  std::vector<std::string> files;
  std::string as;
  unsigned threads = default_threads();
};

Json ingested_json(const std::string& file, const Ingested& i) {
  return {{"file", printable(file)}, {"exit", 0},
          {"already", i.already},    {"seal", i.seal},
          {"case", i.reference},     {"agency", i.requesting},
          {"title", i.title},        {"exhibits", i.exhibits},
          {"readable", i.readable},  {"files", i.files},
          {"persons", i.persons},    {"identifiers", i.identifiers}};
}

std::string ingested_text(const std::string& file, const Ingested& i) {
  std::string text =
      printable(file) + (i.already ? ": was taken in before, nothing to do\n" : ": taken in\n");
  text += fmt::format("  case       {} of {}: {}\n", i.reference, i.requesting, printable(i.title));
  text += fmt::format("  exhibits   {} of {} can be read here\n", i.readable, i.exhibits);
  if (!i.already)
    text +=
        fmt::format("  index      {} files, {} persons, {} identifiers\n", i.files, i.persons, i.identifiers);
  return text + "  seal       " + i.seal + "\n";
}

Ingested take_in(const Context& context, exchange::Store& store, const OfficerKey& key,
                 const std::string& file, const Options& options) {
  Progress progress(context, "verifying");
  exchange::VerifyOptions verify;
  verify.threads = options.threads;
  verify.progress = progress.callback();
  VerifiedBundle bundle = VerifiedBundle::verify(file, context.home(), keys_at_hand(context, false), verify);
  bundle.contents();
  for (const std::string& w : bundle.verdict().warnings) context.warn(w);
  return exchange::ingest(store, bundle, {key.endorsement.officer.text(), exchange::now(), options.threads},
                          recorder(context, key));
}

void run(Context& context, const Options& options) {
  const OfficerKey key = officer_key(context, options.as, exchange::Act::record);
  exchange::Store store(store_place(context));
  store.settle(recorder(context, key));
  Json all = Json::array();
  for (const std::string& file : options.files) {
    try {
      const Ingested ingested = take_in(context, store, key, file, options);
      if (context.json)
        all.push_back(ingested_json(file, ingested));
      else
        context.print(ingested_text(file, ingested));
    } catch (const Failure& f) {
      if (options.files.size() == 1 || f.code() == Code::interrupted) throw;
      const int exit = exchange::exit_code(f.code());
      if (context.exit == 0) context.exit = exit;
      context.warn(f.what(), f.hint());
      all.push_back({{"file", printable(file)},
                     {"exit", exit},
                     {"error", {{"code", name_of(f.code())}, {"message", f.what()}, {"hint", f.hint()}}}});
    }
  }
  if (context.json) context.print(options.files.size() == 1 ? all.front() : all);
}

}  // namespace

void set_up_ingest(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->files, "bundles; - is standard input")->required();
  app.add_option("--as", options->as, "AGENCY/NAME of who takes it in, where this home has several keys");
  app.add_option("--threads", options->threads, "how many to use")->check(CLI::Range(1, 256));
  app.callback([options, &context] { run(context, *options); });
}

}  // namespace valise
