// valise case show: a request as a page that a lawyer can read, out of a bundle or a case folder.
#include <filesystem>
#include <memory>

#include "tools/commands.h"
#include "tools/shown_case.h"

namespace valise {

void set_up_case_show(CLI::App& app, Context& context) {
  auto what = std::make_shared<std::string>();
  auto reveal = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand("show", "the request as a readable page");
  sub->add_option("FILE", *what, "a bundle, or a case folder")->required();
  sub->add_flag("--reveal", *reveal, "show the names of victims");
  sub->footer("Example:\n  valise case show case1.valise");
  sub->callback([what, reveal, &context] {
    const ShownCase shown =
        std::filesystem::is_directory(*what) ? case_of_folder(*what) : case_of_bundle(context, *what);
    if (context.json)
      context.print(case_json(shown, *reveal));
    else
      context.print(case_page(shown, *reveal));
  });
}

}  // namespace valise
