// valise repat stats: what a post reports, as text, JSON, CSV or a page of charts.
#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/htcds.h"
#include "libexchange/report/stats_page.h"
#include "tools/repat_selection.h"
#include "tools/table.h"

namespace valise {

namespace {

using repat::Counts;
using repat::Dimension;
using repat::PublicStats;
using repat::Stats;

struct StatsOptions {
  SelectionOptions who;
  std::string since, until, html, csv, language = "en";
  bool everybody_may_read = false;
};

// A day (in UTC, from its first to its last second), or a time with its offset.
exchange::Instant moment(const std::string& text, const char* option, bool end) {
  if (const auto day = exchange::from_date(text))
    return end ? *day : exchange::Instant{day->seconds - 86399, 0};
  if (const auto time = exchange::from_rfc3339(text)) return *time;
  throw Failure(Code::usage, std::string(option) + " is neither a day nor a time with its offset from UTC",
                "for instance 2026-05-01 or 2026-05-01T00:00:00+07:00");
}

Json counts_json(const Counts& counts) {
  Json out = Json::object();
  for (const auto& [code, n] : counts) out[code.empty() ? "not_given" : code] = n;
  return out;
}

Json period_json(const std::optional<exchange::Instant>& since, exchange::Instant until) {
  return {{"since", since ? Json(exchange::to_utc(*since)) : Json()}, {"until", exchange::to_utc(until)}};
}

Json stats_json(const Stats& stats) {
  Json out = period_json(stats.since, stats.until);
  out["total"] = stats.total;
  for (const Dimension& d : stats.dimensions) out[d.name] = counts_json(d.counts);
  out["by_state_of_track"] = Json::object();
  for (const auto& [track, counts] : stats.by_state_of_track)
    out["by_state_of_track"][name_of(track)] = counts_json(counts);
  out["reached"] = Json::object();
  for (const auto& [track, counts] : stats.reached) out["reached"][name_of(track)] = counts_json(counts);
  out["overdue"] = counts_json(stats.overdue);
  out["days_since_report"] = {{"people", stats.waiting.people},
                              {"median", stats.waiting.median},
                              {"ninetieth", stats.waiting.ninetieth}};
  return out;
}

Json stats_json(const PublicStats& stats) {
  Json out = period_json(stats.since, stats.until);
  out["public"] = true;
  out["smallest_cell"] = repat::kSmallestCell;
  out["total"] = stats.total ? Json(*stats.total) : Json();
  for (const Dimension& d : stats.dimensions) out[d.name] = counts_json(d.counts);
  return out;
}

// Dimension by dimension, with what does not add up to the total after them.
std::vector<Dimension> all_of(const Stats& stats) {
  std::vector<Dimension> all = stats.dimensions;
  for (const auto& [track, counts] : stats.reached)
    all.push_back({"reached_" + std::string(name_of(track)), counts});
  all.push_back({"overdue", stats.overdue});
  return all;
}

std::string csv_of(const std::string& total, const std::vector<Dimension>& dimensions) {
  std::string out = "dimension,code,people\ntotal,," + total + "\n";
  for (const Dimension& d : dimensions)
    for (const auto& [code, n] : d.counts)
      out += fmt::format("{},{},{}\n", d.name, repat::guarded_cell(code.empty() ? "not_given" : code), n);
  return out;
}

std::string text_of(const std::string& total, const std::vector<Dimension>& dimensions,
                    const repat::Labels& labels) {
  std::string out = labels("total") + " " + total + "\n";
  for (const Dimension& d : dimensions) {
    if (d.counts.empty()) continue;
    Table table({labels(d.name), labels("people")});
    for (const auto& [code, n] : d.counts)
      table.add({exchange::report::cell_label(d.name, code, labels), std::to_string(n)});
    out += "\n" + table.text();
  }
  return out;
}

std::string period_text(const std::optional<exchange::Instant>& since, exchange::Instant until) {
  return fmt::format("reported {}until {}\n", since ? "since " + exchange::to_utc(*since) + " " : "",
                     exchange::to_utc(until));
}

void run_public(const Context& context, const StatsOptions& o, const repat::Tables& tables,
                const Stats& stats, const repat::Labels& labels) {
  const PublicStats open = repat::for_the_public(tables, stats);
  const std::string total = open.total ? std::to_string(*open.total) : "under 5";
  if (!o.html.empty()) write_private(context, o.html, exchange::report::stats_page(open, labels));
  if (!o.csv.empty()) write_private(context, o.csv, csv_of(open.total ? total : "", open.dimensions));
  if (context.json) return context.print(stats_json(open));
  if (!o.html.empty() || !o.csv.empty()) return;
  context.print(period_text(open.since, open.until) + text_of(total, open.dimensions, labels));
}

void run_stats(const Context& context, const StatsOptions& o) {
  const repat::Labels labels(o.language, own_tables(context));
  const repat::Selection selection = o.who.selection();
  if (o.everybody_may_read && !selection.text().empty())
    throw Failure(Code::usage, "public statistics take no filter: two of them would tell their difference",
                  "leave the filters out; --since and --until may stay");
  std::optional<exchange::Instant> since;
  if (!o.since.empty()) since = moment(o.since, "--since", false);
  const exchange::Instant until = o.until.empty() ? exchange::now() : moment(o.until, "--until", true);
  if (since && until < *since) throw Failure(Code::usage, "--until lies before --since", "exchange them");
  const repat::Desk desk(context.home());
  const Stats stats = repat::count_people(desk.tables(), desk.people(), selection, since, until);
  if (o.everybody_may_read) return run_public(context, o, desk.tables(), stats, labels);
  if (!o.html.empty())
    write_private(context, o.html, exchange::report::stats_page(stats, labels, desk_name(context)));
  if (!o.csv.empty()) write_private(context, o.csv, csv_of(std::to_string(stats.total), all_of(stats)));
  if (context.json) return context.print(stats_json(stats));
  if (!o.html.empty() || !o.csv.empty()) return;
  context.print(period_text(since, until) + text_of(std::to_string(stats.total), all_of(stats), labels));
  if (stats.waiting.people > 0)
    context.print(
        fmt::format("\nnot home yet: {} people, {} days since the report (median), {} (90th percentile)\n",
                    stats.waiting.people, stats.waiting.median, stats.waiting.ninetieth));
}

}  // namespace

void set_up_repat_stats(CLI::App& app, Context& context) {
  auto o = std::make_shared<StatsOptions>();
  CLI::App* sub = app.add_subcommand("stats", "counts people by country, state, site, age and more");
  o->who.add_options(*sub);
  sub->add_option("--since", o->since, "first reported on that day or later");
  sub->add_option("--until", o->until, "reported by the end of that day; where they stood then");
  sub->add_flag("--public", o->everybody_may_read, "nothing that could tell of fewer than five people");
  sub->add_option("--csv", o->csv, "writes a sheet; - is standard output");
  sub->add_option("--html", o->html, "writes a page of charts; - is standard output");
  sub->add_option("--lang", o->language, "words in en, zh, ar or th")->capture_default_str();
  sub->footer("Example:\n  valise repat stats --since 2026-05-01 --host THA --html may.html");
  sub->callback([o, &context] { run_stats(context, *o); });
}

}  // namespace valise
