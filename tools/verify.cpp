// valise verify: checks bundles with whatever keys are at hand.
#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"
#include "tools/reading.h"

namespace valise {

namespace {

using exchange::Verdict;
using exchange::VerifiedBundle;
using exchange::VerifyOptions;

struct Options {
  std::vector<std::string> files, trust;
  bool seal_only = false;
  unsigned threads = default_threads();
};

Verdict verify_one(const Context& context, const exchange::Home& home, const Options& o,
                   const std::string& file) {
  Progress progress(context, "verifying");
  VerifyOptions options;
  options.depth = o.seal_only ? VerifyOptions::Depth::seal_only : VerifyOptions::Depth::all;
  options.threads = o.threads;
  options.progress = progress.callback();
  try {
    return VerifiedBundle::verify(file, home, keys_at_hand(context, true), options).verdict();
  } catch (const Failure& f) {
    if (f.code() == Code::interrupted || o.files.size() == 1) throw;
    Verdict verdict;  // the other files still get theirs
    verdict.file = exchange::printable(file);
    verdict.code = f.code();
    verdict.problems.push_back({0, f.code(), "file", f.what()});
    return verdict;
  }
}

void run(Context& context, const Options& o) {
  exchange::Home home = context.home();
  for (const std::string& card : o.trust) home.trust_for_now(read_text(card));
  Json list = Json::array();
  for (const std::string& file : o.files) {
    const Verdict verdict = verify_one(context, home, o, file);
    if (context.exit == 0) context.exit = exchange::exit_code(verdict.code);
    if (context.json)
      list.push_back(verdict_json(verdict));
    else if (verdict.good())
      context.print(context.quiet ? "" : verdict_text(verdict, context.verbose));
    else
      context.print(verdict_text(verdict, context.verbose));
    if (!verdict.good() && !context.json) {
      std::fprintf(stderr, "valise: %s: %s\n", verdict.file.c_str(),
                   verdict.problems.front().message.c_str());
      std::fprintf(stderr,
                   "hint: do not use this file as evidence; ask the sender, and say what was printed\n");
    }
  }
  if (context.json) context.print(o.files.size() == 1 ? list[0] : list);
}

}  // namespace

void set_up_verify(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  app.add_option("FILE", o->files, "bundles; - is standard input")->required();
  app.add_flag("--seal-only", o->seal_only, "do not open anything, even with keys");
  app.add_option("--trust", o->trust, "an agency's card to trust for this call only");
  app.add_option("--threads", o->threads, "all processors if not given")->check(CLI::Range(1, 256));
  app.callback([o, &context] { run(context, *o); });
}

}  // namespace valise
