// valise completion: a bash completion script made from the commands themselves.
#include <string>

#include "tools/commands.h"

namespace valise {

namespace {

std::string options_of(const CLI::App& app) {
  std::string words;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
  return words;
}

std::string words_of(const CLI::App& app) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands({})) words += sub->get_name() + " ";
  return words + options_of(app);
}

// One case line for this command and each below it: `path` is "pack" or "key new".
void add_cases(const CLI::App& app, const std::string& path, std::string& script) {
  script += "    \"" + path + "\") words=\"" + words_of(app) + "$globals\" ;;\n";
  for (const CLI::App* sub : app.get_subcommands({}))
    add_cases(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), script);
}

}  // namespace

void set_up_completion(CLI::App& app, Context& context) {
  app.callback([&app, &context] {
    const CLI::App& root = *app.get_parent();
    std::string commands, groups;
    for (const CLI::App* sub : root.get_subcommands({})) {
      commands += "|" + sub->get_name();
      if (!sub->get_subcommands({}).empty()) groups += "|" + sub->get_name();
    }
    std::string script =
        "# bash completion for valise\n"
        "_valise() {\n"
        "  local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" words=\"\" word\n"
        "  local globals=\"" +
        options_of(root) +
        "\"\n"
        "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "    [[ $word == -* || $word == */* || $word == *.* ]] && continue\n"
        "    case \"$path\" in\n"
        "      \"\") [[ $word =~ ^(" +
        commands.substr(1) +
        ")$ ]] && path=\"$word\" ;;\n"
        "      " +
        groups.substr(1) +
        ") path=\"$path $word\" ;;\n"
        "    esac\n"
        "  done\n"
        "  case \"$path\" in\n";
    add_cases(root, "", script);
    script +=
        "  esac\n"
        "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
        "  [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$current\"))\n"
        "}\n"
        "complete -o filenames -F _valise valise\n";
    context.print(script);
  });
}

}  // namespace valise
