// valise find, valise links: have we seen this before?
#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "libexchange/store/cases.h"
#include "tools/commands.h"
#include "tools/store_access.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Hit;

constexpr const char* kNoFinding = "shared identifier, not a finding";

std::string notes_of(const Hit& hit) {
  const bool sound = hit.status == "valid" || hit.status == "format_only";
  std::string text = sound ? "" : hit.status;
  for (const std::string& notice : hit.notices) text += (text.empty() ? "" : "\n") + ("!! " + notice);
  return text;
}

std::vector<std::string> cells_of(const Hit& hit) {
  const std::string place = hit.line == 0 ? hit.sheet : fmt::format("{}, line {}", hit.sheet, hit.line);
  return {hit.type,
          hit.value,
          hit.reference + "\n" + hit.requesting,
          hit.exhibit + (place.empty() || hit.exhibit.empty() ? "" : "\n") + place,
          person_text(hit.person, hit.role),
          handling_text(hit.tlp, hit.handling_code),
          notes_of(hit)};
}

Table hit_table() { return Table({"type", "value", "case", "where", "person", "TLP", "notes"}); }

struct FindOptions {
  std::string text;
  std::vector<std::string> countries;
  std::size_t limit = 1000;
  Purpose purpose;
};

// Numbers without a country code are taken as of the countries named, else as of this officer's own.
std::vector<std::string> countries_of(const Context& context, const FindOptions& options) {
  if (!options.countries.empty()) return options.countries;
  for (const exchange::OwnKey& own : context.home().own_keys())
    if (own.endorsement) return {own.endorsement->country};
  return {};
}

void run_find(const Context& context, const FindOptions& options) {
  options.purpose.require(context);
  exchange::Store store = open_store(context);
  const std::vector<Hit> hits = exchange::find(
      store, options.text, {countries_of(context, options), options.purpose.reveal, options.limit});
  options.purpose.log(context, store, "find", options.text, hits.size());
  if (hits.size() == options.limit)
    context.warn(fmt::format("only the first {} hits are shown", options.limit), "see --limit");
  if (context.json) {
    Json list = Json::array();
    for (const Hit& hit : hits) list.push_back(hit_json(hit));
    return context.print(list);
  }
  Table table = hit_table();
  for (const Hit& hit : hits) table.add(cells_of(hit));
  context.print(table.empty() ? "nothing found\n" : table.text());
}

void run_links(const Context& context, const std::string& reference, const std::string& agency,
               const Purpose& purpose) {
  purpose.require(context);
  exchange::Store store = open_store(context);
  const std::vector<exchange::Link> links =
      exchange::links(store, exchange::find_case(store, reference, agency));
  purpose.log(context, store, "links", reference, links.size());
  if (context.json) {
    Json list = Json::array();
    for (const exchange::Link& link : links) {
      Json found = Json::array();
      for (const Hit& hit : link.found) found.push_back(hit_json(hit));
      list.push_back({{"statement", kNoFinding}, {"found", found}});
    }
    return context.print(list);
  }
  std::string text;
  for (const exchange::Link& link : links) {
    Table table = hit_table();
    for (const Hit& hit : link.found) table.add(cells_of(hit));
    text += (text.empty() ? "" : "\n") + std::string(kNoFinding) + "\n" + table.text();
  }
  context.print(text.empty() ? "no identifier of this case is in another one\n" : text);
}

}  // namespace

void set_up_find(CLI::App& app, Context& context) {
  auto options = std::make_shared<FindOptions>();
  app.add_option("TEXT", options->text, "a number, address, account, name, SHA-256, exhibit or case")
      ->required();
  app.add_option("--country", options->countries, "of numbers without a country code; else your own");
  app.add_option("--limit", options->limit, "how many hits at most")->check(CLI::Range(1, 100000));
  options->purpose.add_to(app);
  options->purpose.add_reveal_to(app);
  app.callback([options, &context] { run_find(context, *options); });
}

void set_up_links(CLI::App& app, Context& context) {
  auto reference = std::make_shared<std::string>(), agency = std::make_shared<std::string>();
  auto purpose = std::make_shared<Purpose>();
  app.add_option("CASE", *reference, "a case reference")->required();
  app.add_option("--agency", *agency, "the requesting agency, where several use the reference");
  purpose->add_to(app);
  app.callback([reference, agency, purpose, &context] { run_links(context, *reference, *agency, *purpose); });
}

}  // namespace valise
