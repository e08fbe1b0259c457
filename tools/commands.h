// One function a command, each in the file of its name.
#pragma once
#include "tools/command.h"

namespace valise {

void set_up_agency(CLI::App& app, Context& context);
void set_up_key(CLI::App& app, Context& context);
void set_up_trust(CLI::App& app, Context& context);
void set_up_case(CLI::App& app, Context& context);
void set_up_case_show(CLI::App& app, Context& context);  // of `case`
void set_up_pack(CLI::App& app, Context& context);
void set_up_verify(CLI::App& app, Context& context);
void set_up_list(CLI::App& app, Context& context);
void set_up_open(CLI::App& app, Context& context);
void set_up_repat(CLI::App& app, Context& context);
void set_up_completion(CLI::App& app, Context& context);

}  // namespace valise
