// valise: one program, its commands in one table.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "tools/commands.h"

namespace valise {
namespace {

constexpr Command kCommands[] = {
    {"agency", "an agency's root key: make, show, endorse officers, revoke",
     "valise agency new xa-police --name \"Example Police\" --country XA", set_up_agency},
    {"key", "an officer's or desk's own keys", "valise key new xa-police/desk", set_up_key},
    {"trust", "whom this home trusts", "valise trust add partner.card --fingerprint \"SHA256:0123abcd ...\"",
     set_up_trust},
    {"case", "drafts and checks a case folder",
     "valise case init case1 --title \"Paper Lantern\" --reference XA-EXPOL-2026-000042 "
     "--legal-basis \"untoc:18\" --purpose \"to identify the operators of a fraud site\"",
     set_up_case},
    {"pack", "seals a case folder for its recipients",
     "valise pack case1 --to kh-example-police/evidence-desk --to "
     "th-example-police/evidence-desk:EX-01,EX-03 -o case1.valise",
     set_up_pack},
    {"verify", "checks a bundle with whatever keys are at hand", "valise verify case1.valise", set_up_verify},
    {"list", "shows what is inside a bundle", "valise list case1.valise --files", set_up_list},
    {"open", "gives back the case folder", "valise open case1.valise -C case1-from-partner", set_up_open},
    {"custody", "who held which exhibit when: signed events in a log that can only grow",
     "valise custody show EX-03", set_up_custody},
    {"receipt", "a signed receipt for a bundle, or a signed refusal; accept takes a partner's",
     "valise receipt case1.valise -o case1.receipt", set_up_receipt},
    {"outbox", "what was packed here: sent, delivered, ingested, refused, overdue", "valise outbox",
     set_up_outbox},
    {"ingest", "takes verified bundles into the store", "valise ingest case1.valise", set_up_ingest},
    {"cases", "lists the cases of the store", "valise cases", set_up_cases},
    {"show", "shows a case of the store", "valise show XA-EXPOL-2026-000042", set_up_show},
    {"find", "looks up a number, account, name, file or exhibit in all cases",
     "valise find \"+1 202 555 0101\" --for XA-EXPOL-2026-000042", set_up_find},
    {"links", "identifiers that a case shares with others", "valise links XA-EXPOL-2026-000042",
     set_up_links},
    {"store", "checks the store, makes its index again, deletes what is past its time", "valise store check",
     set_up_store},
    {"correction", "corrects or withdraws what was sealed; takes note of it",
     "valise correction accept case1.correction", set_up_correction},
    {"sync", "one visit to a mailbox: fetches, takes in, answers, clears up", "valise sync ministry --ingest",
     set_up_sync},
    {"repat", "brings people home: registers, screens, tracks, lists what is due",
     "valise repat import arrivals.csv --track assisted_return --batch crossing-1", set_up_repat},
    {"remote", "mailboxes on a folder, WebDAV, SFTP or S3", "valise remote add stick dir:/media/stick/mail",
     set_up_remote},
    {"send", "puts bundles into a mailbox; run again it goes on", "valise send case1.valise ministry",
     set_up_send},
    {"inbox", "shows what waits in a mailbox", "valise inbox ministry", set_up_inbox},
    {"fetch", "fetches bundles from a mailbox", "valise fetch ministry -o incoming", set_up_fetch},
    {"completion", "prints completion for bash", "source <(valise completion)", set_up_completion},
    {"man", "writes the manual pages", "valise man /usr/local/share/man/man1", set_up_man},
};

std::string default_home() {
  if (const char* home = std::getenv("VALISE_HOME"); home && *home) return home;
  const char* user = std::getenv("HOME");
  return std::string(user && *user ? user : ".") + "/.local/share/valise";
}

void on_interrupt(int signal_number) {
  exchange::set_interrupted();
  struct sigaction normal {};
  normal.sa_handler = SIG_DFL;
  sigaction(signal_number, &normal, nullptr);  // a second one ends at once
}

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;  // without SA_RESTART: a blocked read returns
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error like any other
  signal(SIGXFSZ, SIG_IGN);
}

// What to do where the place that failed could not know.
std::string hint_of(const Failure& failure) {
  if (!failure.hint().empty()) return failure.hint();
  switch (failure.code()) {
    case Code::usage:
      return "see: valise --help";
    case Code::unavailable:
      return "mend this and run it again; nothing was left half-done";
    case Code::trust:
      return "see: valise trust list";
    case Code::bug:
      return "please report this; nothing was released";
    default:
      return "the file is damaged or not what it should be: ask whoever sent it for it again";
  }
}

int report(const Context& context, const Failure& failure) {
  const std::string hint = hint_of(failure);
  std::fprintf(stderr, "valise: %s\nhint: %s\n", failure.what(), hint.c_str());
  const int exit = exchange::exit_code(failure.code());
  if (context.json && failure.code() != Code::bug) {
    const Json document = {
        {"exit", exit},
        {"error",
         {{"code", exchange::name_of(failure.code())}, {"message", failure.what()}, {"hint", hint}}}};
    std::printf("%s\n", document.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  }
  return exit;
}

void add_globals(CLI::App& app, Context& context) {
  app.add_option("--home", context.home_folder, "keys and trust (else $VALISE_HOME, ~/.local/share/valise)");
  app.add_flag("--json", context.json, "one JSON document on standard output");
  app.add_flag("-q,--quiet", context.quiet, "only errors and results");
  app.add_flag("-v,--verbose", context.verbose, "say more");
  app.add_flag("--no-progress", context.no_progress, "no progress on a terminal");
  app.add_option("--passphrase-file", context.passphrase_file, "its first line is the passphrase");
}

int run(int argc, char** argv) {
  Context context;
  context.home_folder = default_home();
  CLI::App app("seals case evidence for partner agencies, checks and opens what they send", "valise");
  app.set_version_flag("--version", "valise " VALISE_VERSION);
  app.fallthrough();
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 2 usage, 3 could not tell, 1x malformed, 2x changed, 3x not trusted or refused, 40 "
      "not for "
      "you, 50 unsafe.\nExample:\n  valise verify case1.valise");
  add_globals(app, context);
  for (const Command& command : kCommands) {
    CLI::App* sub = app.add_subcommand(command.name, command.help);
    sub->footer(std::string("Example:\n  ") + command.example);
    command.set_up(*sub, context);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::CallForVersion& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::string message = e.what();
    for (char& c : message)
      if (c == '\n') c = ' ';
    if (!message.empty() && message[0] >= 'A' && message[0] <= 'Z')
      message[0] = static_cast<char>(message[0] - 'A' + 'a');
    return report(context, Failure(Code::usage, exchange::printable(message), "see: valise --help"));
  } catch (const Failure& f) {
    return report(context, f);
  } catch (const std::bad_alloc&) {
    return report(context,
                  Failure(Code::unavailable, "not enough memory", "close other programs and try again"));
  } catch (const std::filesystem::filesystem_error& e) {
    return report(context, Failure(Code::unavailable,
                                   exchange::printable(e.path1().native()) + ": " + e.code().message()));
  } catch (const std::exception& e) {
    return report(context, Failure(Code::bug, std::string("a bug: ") + e.what(),
                                   "please report this; nothing was released"));
  }
  return context.exit;
}

}  // namespace
}  // namespace valise

int main(int argc, char** argv) {
  exchange::initialise_secrets();
  valise::catch_signals();
  return valise::run(argc, argv);
}
