// valise repat export --htcds: people as a sheet in the field names of IOM's standard.
#include <fmt/format.h>

#include "libexchange/repatriation/htcds.h"
#include "tools/repat_selection.h"

namespace valise {

void export_htcds(const Context& context, const repat::Desk& desk,
                  const std::vector<const repat::Person*>& people, const std::string& output,
                  const Reveal& reveal) {
  reveal.check(context, "export --htcds");
  const auto groups = visible_groups(context.home(), desk.tables());
  const repat::HtcdsView view{reveal.on && groups.contains("identity"), groups.contains("screening")};
  const exchange::Instant now = exchange::now();
  std::string sheet = repat::htcds_header();
  std::size_t rows = 0;
  for (const repat::Person* person : people) {
    if (!person->joined_to.empty()) continue;
    const std::string row = repat::htcds_row(desk.tables(), *person, now, view);
    rows += !row.empty();
    sheet += row;
  }
  write_private(context, output, sheet);
  context.say(fmt::format("{} people with a record of assisted return", rows));
}

}  // namespace valise
