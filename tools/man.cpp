// valise man: manual pages made from the commands themselves, so that they say what --help says.
#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "tools/commands.h"

namespace valise {

namespace {

namespace fs = std::filesystem;

constexpr std::pair<Code, const char*> kExitCodes[] = {
    {Code::ok, "done; what was asked for is so"},
    {Code::usage, "wrong arguments"},
    {Code::unavailable, "could not tell: a file, the disk, the network"},
    {Code::malformed, "malformed"},
    {Code::limit, "over a limit"},
    {Code::unsupported, "a version that this program does not know"},
    {Code::truncated, "truncated"},
    {Code::integrity, "the content was changed"},
    {Code::key, "wrong or doubtful key material"},
    {Code::signature, "a bad signature"},
    {Code::trust, "the signer is not trusted, expired or revoked"},
    {Code::policy, "refused by policy or validation"},
    {Code::no_recipient, "not addressed to any key here"},
    {Code::unsafe, "unsafe content: paths that would leave the target"},
    {Code::bug, "a bug in valise"},
    {Code::interrupted, "interrupted; nothing is half done"}};

// man(7): a backslash begins an escape, a bare hyphen may be printed as a dash, and a line that begins with a
// full stop or an apostrophe is a request.
std::string roff(const std::string& text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
    begins = c == '\n';
  }
  return out;
}

struct Names : CLI::Formatter {  // as --help spells them
  std::string of(const CLI::Option* option) const {
    std::string names;
    for (const std::string& name : option->get_snames()) names += ", \\fB\\-" + roff(name) + "\\fR";
    for (const std::string& name : option->get_lnames()) names += ", \\fB\\-\\-" + roff(name) + "\\fR";
    if (option->get_positional()) names += ", \\fI" + roff(option->get_name(true)) + "\\fR";
    return names.substr(2) + roff(make_option_opts(option));
  }
  std::string line(const CLI::App& app, const std::string& name) const {
    std::string line = "\\fB" + roff(name) + "\\fR [OPTIONS]";
    for (const CLI::Option* option : app.get_options())
      if (option->get_positional()) line += " " + roff(make_option_usage(option));
    if (!app.get_subcommands({}).empty()) line += " COMMAND";
    return line;
  }
};

// With --help, or without it where that was said above.
std::string options_of(const CLI::App& app, bool help = true) {
  const Names names;
  std::string page;
  for (const bool positional : {true, false})
    for (const CLI::Option* option : app.get_options())
      if (option->get_positional() == positional && (help || option != app.get_help_ptr()))
        page += ".TP\n" + names.of(option) + "\n" + roff(option->get_description()) + "\n";
  return page;
}

// What stands after "Example:" at the end of --help.
std::string example_of(const CLI::App& app) {
  const std::string footer = app.get_footer(), title = "Example:\n  ";
  const std::size_t at = footer.rfind(title);
  exchange::ensure(at != footer.npos, "a command has an example");
  return ".PP\n.EX\n" + roff(footer.substr(at + title.size())) + "\n.EE\n";
}

std::string head(const std::string& name, const CLI::App& app) {
  return fmt::format(".TH {0} 1 \"\" \"valise {1}\" \"valise\"\n.SH NAME\n{0} \\- {2}\n.SH SYNOPSIS\n",
                     roff(name), VALISE_VERSION, roff(app.get_description()));
}

std::string page_of(const CLI::App& app) {
  const Names names;
  const std::string name = "valise " + app.get_name();
  std::string page = head("valise-" + app.get_name(), app) + names.line(app, name) + "\n.SH OPTIONS\n" +
                     options_of(app) + ".SH EXAMPLE\n" + example_of(app);
  const auto below = app.get_subcommands({});
  if (!below.empty()) page += ".SH COMMANDS\n";
  for (const CLI::App* sub : below)
    page += ".SS " + names.line(*sub, name + " " + sub->get_name()) + "\n" + roff(sub->get_description()) +
            "\n" + options_of(*sub, false) + example_of(*sub);
  return page + ".SH SEE ALSO\n.BR valise (1)\n";
}

std::string main_page(const CLI::App& app) {
  std::string page = head("valise", app) + Names().line(app, "valise") +
                     "\n.SH OPTIONS\nBefore or after the command.\n" + options_of(app) + ".SH COMMANDS\n";
  for (const CLI::App* sub : app.get_subcommands({}))
    page += ".TP\n.BR valise\\-" + roff(sub->get_name()) + " (1)\n" + roff(sub->get_description()) + "\n";
  page += ".SH EXIT STATUS\nWhere several apply, the earliest step of a verification decides.\n";
  for (const auto& [code, meaning] : kExitCodes)
    page += fmt::format(".TP\n.B {}\n{}\n", exchange::exit_code(code), roff(meaning));
  return page +
         ".SH ENVIRONMENT\n.TP\n.B VALISE_HOME\nthe home, where \\-\\-home does not say\n"
         ".SH FILES\n.TP\n.I ~/.local/share/valise\nthe home: keys, trust, custody log, store, remotes\n"
         ".SH EXAMPLE\n" +
         example_of(app);
}

}  // namespace

void set_up_man(CLI::App& app, Context& context) {
  auto folder = std::make_shared<std::string>();
  app.add_option("DIR", *folder, "a folder; made if it is not there")->required();
  app.callback([&app, &context, folder] {
    const fs::path base(*folder);
    std::error_code error;
    fs::create_directories(base, error);
    if (error) throw Failure(Code::unavailable, exchange::printable(*folder) + ": " + error.message());
    const CLI::App& root = *app.get_parent();
    Json written = Json::array();
    const auto put = [&](const std::string& name, const std::string& page) {
      exchange::write_file(base / name, exchange::as_view(page), exchange::OutputFile::Existing::replace);
      written.push_back(name);
    };
    put("valise.1", main_page(root));
    for (const CLI::App* sub : root.get_subcommands({}))
      put("valise-" + sub->get_name() + ".1", page_of(*sub));
    if (context.json) context.print(Json{{"pages", written}});
    context.say(fmt::format("{} pages written", written.size()));
  });
}

}  // namespace valise
