// valise repat list, due: everybody at a glance, and what must be done by when.
#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/countries.h"
#include "libexchange/repatriation/deadlines.h"
#include "tools/repat.h"
#include "tools/table.h"

namespace valise {

namespace {

using repat::Desk;
using repat::Person;
using repat::Standing;
using repat::Track;

struct ListOptions {
  std::string track, state, nationality, host, site, batch, minor;
  bool overdue = false, contradictions = false, joined = false;
  Reveal reveal;
};

std::string country_option(const std::string& text, const char* option) {
  if (text.empty()) return {};
  const auto code = repat::country_alpha3(text);
  if (!code) throw Failure(Code::usage, std::string(option) + " is no country", "for instance THA");
  return *code;
}

std::string gates_text(const Standing& s) {
  std::size_t passed = 0;
  std::string open;
  for (const auto& g : s.gates) {
    passed += g.passed();
    if (!g.passed()) open += (open.empty() ? "" : " ") + g.name + "=" + g.value;
  }
  return fmt::format("{} ok{}{}", passed, open.empty() ? "" : ", ", open);
}

std::string due_text(const Person& p, const Standing& s, exchange::Instant now) {
  if (s.due.empty()) return {};
  const repat::Due& first = s.due.front();
  return (first.at < now ? "OVERDUE " : "") + first.rule + " " + repat::local_text(first.at, p.fact("host"));
}

void run_list(const Context& context, ListOptions o) {
  o.nationality = country_option(o.nationality, "--nationality");
  o.host = country_option(o.host, "--host");
  if (!o.track.empty() && !repat::track_named(o.track))
    throw Failure(Code::usage, "\"" + exchange::printable(o.track) + "\" is no track",
                  "use assisted_return or suspect_return");
  const Desk desk(context.home());
  const auto now = exchange::now();
  o.reveal.check(context, "list");
  const auto wanted = [](const std::string& filter, std::string_view value) {
    return filter.empty() || filter == value;
  };
  Json list = Json::array();
  std::vector<std::string> header = {"id",   "track", "state", "nat.",  "host",
                                     "site", "minor", "batch", "gates", "due"};
  if (o.reveal.on) header.insert(header.begin() + 1, {"name", "latin"});
  Table table(header);
  for (const Person* p : desk.people()) {
    if (!p->joined_to.empty() && !o.joined) continue;
    if (!wanted(o.nationality, p->fact("nationality")) || !wanted(o.host, p->fact("host")) ||
        !wanted(o.site, p->fact("site")) || !wanted(o.batch, p->fact("batch")) ||
        !wanted(o.minor, minor_text(*p)))
      continue;
    p->each([&](Track track, const Standing& s) {
      if (!wanted(o.track, repat::name_of(track)) || !wanted(o.state, s.state)) return;
      if (o.overdue && (s.due.empty() || now < s.due.front().at)) return;
      if (o.contradictions && s.contradictions.empty() && p->contradictions.empty()) return;
      if (context.json) {
        Json item = record_json(desk.tables(), *p, track, s, now);
        if (o.reveal.on) {
          item["name_native"] = p->fact("name_native");
          item["name_latin"] = p->fact("name_latin");
        }
        list.push_back(std::move(item));
        return;
      }
      std::vector<std::string> row = {p->id,
                                      std::string(repat::name_of(track)),
                                      s.state + (s.contradictions.empty() ? "" : " (contradiction)"),
                                      p->fact("nationality"),
                                      p->fact("host"),
                                      p->fact("site"),
                                      minor_text(*p),
                                      p->fact("batch"),
                                      gates_text(s),
                                      due_text(*p, s, now)};
      if (o.reveal.on) row.insert(row.begin() + 1, {p->fact("name_native"), p->fact("name_latin")});
      table.add(std::move(row));
    });
  }
  if (context.json)
    context.print(list);
  else
    context.print(table.empty() ? "nobody\n" : table.text());
}

struct DueOptions {
  std::string within, rule;
};

// "72h", "3d", "90min".
std::int64_t span_option(const std::string& text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  const auto number = exchange::from_decimal(std::string_view(text).substr(0, unit));
  const std::string word = unit == text.npos ? "h" : text.substr(unit);
  const std::int64_t seconds = word == "h" ? 3600 : word == "d" ? 86400 : word == "min" ? 60 : 0;
  if (!number || *number > 100'000 || seconds == 0)
    throw Failure(Code::usage, "--within is no span of time", "for instance 24h or 7d");
  return static_cast<std::int64_t>(*number) * seconds;
}

struct Item {
  const Person* person;
  Track track;
  const Standing* standing;
  const repat::Due* due;
};

std::string left_text(std::int64_t seconds) {
  const std::int64_t hours = (seconds < 0 ? -seconds : seconds) / 3600;
  return (seconds < 0 ? "overdue " : "in ") +
         (hours < 72 ? fmt::format("{} h", hours) : fmt::format("{} d", hours / 24));
}

std::string fine_text(const Desk& desk, const Item& i, exchange::Instant now) {
  if (i.due->rule != "fine_waiver") return {};
  const auto fine = repat::fine_of(desk.tables(), *i.person, now);
  return fine ? fmt::format(" ({} {} for {} d)", fine->amount, fine->rule->currency, fine->days) : "";
}

void run_due(const Context& context, const DueOptions& o) {
  const Desk desk(context.home());
  const auto now = exchange::now();
  const std::int64_t until =
      o.within.empty() ? std::numeric_limits<std::int64_t>::max() : now.seconds + span_option(o.within);
  std::vector<Item> items;
  for (const Person* p : desk.people())
    p->each([&](Track track, const Standing& s) {
      for (const repat::Due& due : s.due)
        if (due.at.seconds <= until && (o.rule.empty() || o.rule == due.rule))
          items.push_back({p, track, &s, &due});
    });
  std::ranges::sort(items, [](const Item& a, const Item& b) {
    return std::tie(a.due->at, a.due->rule, a.person->id) < std::tie(b.due->at, b.due->rule, b.person->id);
  });
  Json list = Json::array();
  Table table({"when", "local time", "UTC", "rule", "id", "track", "state", "what", "source"});
  for (const Item& i : items) {
    const repat::DeadlineRule* rule = nullptr;
    for (const auto* r : desk.tables().deadlines(i.track, i.person->fact("host")))
      if (r->name == i.due->rule) rule = r;
    const std::string local = repat::local_text(i.due->at, i.person->fact("host"));
    const std::string text = (rule ? rule->text : "") + fine_text(desk, i, now);
    const std::string source =
        rule ? rule->source.text + (rule->source.checked_on.empty() ? ", not yet checked"
                                                                    : ", checked " + rule->source.checked_on)
             : "";
    if (context.json)
      list.push_back({{"id", i.person->id},
                      {"track", repat::name_of(i.track)},
                      {"state", i.standing->state},
                      {"rule", i.due->rule},
                      {"at", exchange::to_utc(i.due->at)},
                      {"local", local},
                      {"overdue", i.due->at < now},
                      {"seconds_left", i.due->at.seconds - now.seconds},
                      {"text", text},
                      {"host", i.person->fact("host")},
                      {"source", rule ? Json(rule->source.text) : Json()},
                      {"checked_on",
                       rule && !rule->source.checked_on.empty() ? Json(rule->source.checked_on) : Json()}});
    else
      table.add({left_text(i.due->at.seconds - now.seconds), local, exchange::to_utc(i.due->at), i.due->rule,
                 i.person->id, std::string(repat::name_of(i.track)), i.standing->state, text, source});
  }
  if (context.json)
    context.print(list);
  else
    context.print(table.empty() ? "nothing is due\n" : table.text() + "clocks are guidance, not law\n");
}

}  // namespace

void set_up_repat_list(CLI::App& app, Context& context) {
  auto l = std::make_shared<ListOptions>();
  CLI::App* list = app.add_subcommand("list", "lists people and where they stand");
  list->add_option("--track", l->track, "assisted_return or suspect_return");
  list->add_option("--state", l->state, "only those in this state");
  list->add_option("--nationality", l->nationality, "ISO 3166-1");
  list->add_option("--host", l->host, "country in which they are");
  list->add_option("--site", l->site, "code of the table of sites");
  list->add_option("--batch", l->batch, "a flight or convoy");
  list->add_option("--minor", l->minor, "yes, no or unknown");
  list->add_flag("--overdue", l->overdue, "only those for whom something is overdue");
  list->add_flag("--contradictions", l->contradictions,
                 "only those of whom two desks wrote different things");
  list->add_flag("--joined", l->joined, "also those who were found to be somebody else in the list");
  l->reveal.add_options(*list);
  list->footer("Example:\n  valise repat list --state registered --nationality KEN");
  list->callback([l, &context] { run_list(context, *l); });

  auto d = std::make_shared<DueOptions>();
  CLI::App* due = app.add_subcommand("due", "lists what must be done by when, overdue first");
  due->add_option("--within", d->within, "only what is due in this time: 24h, 7d");
  due->add_option("--rule", d->rule, "only this rule");
  due->footer("Example:\n  valise repat due --within 24h");
  due->callback([d, &context] { run_due(context, *d); });
}

}  // namespace valise
