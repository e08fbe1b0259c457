#include "tools/repat_selection.h"

#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"

namespace valise {

namespace {

std::string country(const std::string& text, const char* option) {
  if (text.empty()) return {};
  const auto code = repat::country_alpha3(text);
  if (!code) throw Failure(Code::usage, std::string(option) + " is no country", "for instance THA");
  return *code;
}

}  // namespace

void SelectionOptions::add_options(CLI::App& app) {
  app.add_option("--track", track, "assisted_return or suspect_return");
  app.add_option("--host", host, "country in which they are");
  app.add_option("--site", site, "code of the table of sites");
  app.add_option("--nationality", nationality, "ISO 3166-1");
  app.add_option("--batch", batch, "a flight or convoy");
  app.add_option("--minor", minor, "yes, no or unknown")->check(CLI::IsMember({"yes", "no", "unknown"}));
  app.add_flag("--overdue", overdue, "only those for whom something is overdue");
}

repat::Selection SelectionOptions::selection() const {
  repat::Selection s;
  if (!track.empty()) {
    s.track = repat::track_named(track);
    if (!s.track)
      throw Failure(Code::usage, "\"" + exchange::printable(track) + "\" is no track",
                    "use assisted_return or suspect_return");
  }
  s.host = country(host, "--host");
  s.nationality = country(nationality, "--nationality");
  s.site = site;
  s.batch = batch;
  s.minor = minor;
  s.overdue = overdue;
  return s;
}

void write_private(const Context& context, const std::string& path, const std::string& text) {
  if (path == "-") return context.print(text);
  exchange::write_file(path, exchange::as_view(text), exchange::OutputFile::Existing::refuse, 0600);
  context.say("wrote " + exchange::printable(path));
}

std::string desk_name(const Context& context) {
  const auto own = context.home().own_keys();
  return own.empty() ? std::string() : own.front().address.text();
}

exchange::fs::path own_tables(const Context& context) {
  return exchange::fs::path(context.home_folder) / "repat" / "tables";
}

}  // namespace valise
