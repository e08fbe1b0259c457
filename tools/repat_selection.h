// Options that board, statistics and HTCDS sheets share: who is meant, and where a page goes.
#pragma once
#include "libexchange/repatriation/selection.h"
#include "tools/repat.h"

namespace valise {

struct SelectionOptions {
  std::string track, host, site, nationality, batch, minor;
  bool overdue = false;
  void add_options(CLI::App& app);
  // Failure{usage}.
  repat::Selection selection() const;
};

// A new file that only its owner reads; "-" is standard output. Failure{unavailable} where it exists.
void write_private(const Context& context, const std::string& path, const std::string& text);
// Whose records these are: the first key of this home, or nothing.
std::string desk_name(const Context& context);
// The agency's own tables and labels.
exchange::fs::path own_tables(const Context& context);
// `people` as a sheet of HTCDS 2.0. Failure{policy}: names without a reason.
void export_htcds(const Context& context, const repat::Desk& desk,
                  const std::vector<const repat::Person*>& people, const std::string& output,
                  const Reveal& reveal);

}  // namespace valise
