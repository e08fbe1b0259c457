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
void set_up_custody(CLI::App& app, Context& context);
void set_up_custody_add(CLI::App& app, Context& context);  // of `custody`, like the next two
void set_up_custody_import(CLI::App& app, Context& context);
void set_up_custody_show(CLI::App& app, Context& context);
void set_up_receipt(CLI::App& app, Context& context);
void set_up_outbox(CLI::App& app, Context& context);
void set_up_ingest(CLI::App& app, Context& context);
void set_up_cases(CLI::App& app, Context& context);
void set_up_show(CLI::App& app, Context& context);
void set_up_find(CLI::App& app, Context& context);
void set_up_links(CLI::App& app, Context& context);
void set_up_store(CLI::App& app, Context& context);
void set_up_correction(CLI::App& app, Context& context);
void set_up_repat(CLI::App& app, Context& context);
void set_up_remote(CLI::App& app, Context& context);
void set_up_send(CLI::App& app, Context& context);
void set_up_inbox(CLI::App& app, Context& context);
void set_up_fetch(CLI::App& app, Context& context);
void set_up_sync(CLI::App& app, Context& context);
void set_up_completion(CLI::App& app, Context& context);
void set_up_man(CLI::App& app, Context& context);

}  // namespace valise
