#include "tools/repat.h"
namespace valise {
void set_up_repat_exchange(CLI::App&, Context&) {}
}  // namespace valise
