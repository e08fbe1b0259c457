// valise repat show, history: one person.
#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/deadlines.h"
#include "tools/repat.h"
#include "tools/table.h"

namespace valise {

namespace {

using repat::Desk;
using repat::HistoryItem;
using repat::Person;
using repat::Standing;
using repat::Track;

// What this screen may show of one person.
struct View {
  const Context& context;
  const Desk& desk;
  const Person& person;
  std::set<std::string> groups;
  bool reveal;
  exchange::Instant now = exchange::now();

  // Names and what else tells who somebody is: only when revealed.
  bool shows(const std::string& group) const {
    if (!groups.contains(group)) return false;
    return reveal || (group != "identity" && group != "birth" && group != "shelter");
  }
};

Json refusals_json(const std::vector<repat::Refusal>& refusals) {
  Json list = Json::array();
  for (const auto& r : refusals)
    list.push_back({{"what", r.what}, {"message", r.text}, {"hint", r.remedy}, {"source", r.source}});
  return list;
}

Json contradictions_json(const std::vector<repat::Contradiction>& contradictions, const View& view) {
  Json list = Json::array();
  for (const auto& c : contradictions) {
    const repat::FieldType* field = view.desk.tables().field(c.about);
    const bool shown = !field || view.shows(field->group);
    list.push_back({{"about", c.about}, {"values", shown ? Json(c.values) : Json()}, {"events", c.events}});
  }
  return list;
}

std::vector<repat::NextStep> next_of(const View& view, Track track) {
  return repat::next_steps(view.desk.tables(), view.person, track, view.now,
                           strictness_of(view.context.home()));
}

Json standing_json(const View& view, Track track, const Standing& s) {
  Json gates = Json::array(), next = Json::array();
  for (const auto& g : s.gates)
    gates.push_back({{"gate", g.name}, {"value", g.value}, {"at", g.at.text()}, {"by", g.by}});
  for (const auto& step : next_of(view, track))
    next.push_back({{"to", step.edge->to},
                    {"who", step.edge->who},
                    {"usages", step.edge->usages},
                    {"documents", step.edge->documents},
                    {"missing", refusals_json(step.missing)}});
  Json out = record_json(view.desk.tables(), view.person, track, s, view.now);
  out["gates"] = gates;
  out["next"] = next;
  out["alerts"] = refusals_json(repat::alerts(view.desk.tables(), view.person, track));
  out["contradictions"] = contradictions_json(s.contradictions, view);
  return out;
}

std::string documents_text(const repat::Event& e) {
  std::string out;
  for (const auto& d : e.documents)
    out += (out.empty() ? "" : " ") + (d.kind == "-" ? "" : d.kind + "=") + d.reference;
  return out;
}

Json event_json(const HistoryItem& item, const View& view) {
  const repat::Event& e = item.signed_event.event;
  const bool shown = view.shows(e.group);
  Json documents = Json::array();
  for (const auto& d : e.documents)
    documents.push_back({{"kind", d.kind},
                         {"reference", d.reference},
                         {"sha256", d.sha256 ? Json(exchange::to_hex(*d.sha256)) : Json()}});
  return {{"event", item.signed_event.id},
          {"at", e.at.text()},
          {"recorded", exchange::to_utc(e.recorded)},
          {"by", e.by.text()},
          {"usage", e.usage},
          {"track", e.track ? Json(repat::name_of(*e.track)) : Json()},
          {"kind", e.kind},
          {"group", e.group},
          {"from", e.from},
          {"to", e.to},
          {"gates", e.gates},
          {"documents", documents},
          {"fields", shown ? Json(e.fields) : Json()},
          {"note", shown ? Json(e.note) : Json()},
          {"counted", item.judgement.counted},
          {"why", item.judgement.why},
          {"doubt", item.doubt}};
}

std::string what_text(const repat::Event& e, bool shown) {
  std::string out = e.to.empty() ? e.kind : e.from + " → " + e.to;
  if (e.kind == "settle") out = "settled: " + e.to;
  for (const auto& [gate, value] : e.gates) out += " " + gate + "=" + value;
  if (!shown && (!e.fields.empty() || !e.note.empty())) return out + " (not shown)";
  for (const auto& [field, value] : e.fields)
    if (field != "row" && field != "settles") out += " " + field + "=" + value;
  return e.note.empty() ? out : out + " " + e.note;
}

void print_history(const View& view, const std::vector<HistoryItem>& history) {
  Table table({"when", "by", "what", "documents", "remark"});
  for (const HistoryItem& item : history) {
    const repat::Event& e = item.signed_event.event;
    std::string remark = item.judgement.why;
    if (!item.judgement.counted) remark = "not counted: " + remark;
    if (!item.doubt.empty()) remark += (remark.empty() ? "" : "; ") + item.doubt;
    table.add({e.at.text(), e.by.text() + " (" + e.usage + ")", what_text(e, view.shows(e.group)),
               documents_text(e), remark});
  }
  view.context.print(table.text());
}

std::string missing_text(const std::vector<repat::Refusal>& missing) {
  std::string out;
  for (const auto& r : missing) out += (out.empty() ? "" : "\n") + r.text;
  return out.empty() ? "nothing but its documents" : out;
}

void print_standing(const View& view, Track track, const Standing& s) {
  const Context& context = view.context;
  context.print(fmt::format("\n{}: {} since {}\n", repat::name_of(track), s.state, s.since.text()));
  for (const auto& alert : repat::alerts(view.desk.tables(), view.person, track))
    context.print(fmt::format("ALERT, on the way although {}\n", alert.text));
  Table gates({"gate", "value", "when", "by"});
  for (const auto& g : s.gates) gates.add({g.name, g.value, g.at.text(), g.by});
  if (!gates.empty()) context.print(gates.text());
  Table next({"next step", "who", "missing"});
  for (const auto& step : next_of(view, track)) {
    std::string who;
    for (const auto& w : step.edge->who) who += (who.empty() ? "" : ", ") + w;
    next.add({step.edge->to, who, missing_text(step.missing)});
  }
  if (!next.empty()) context.print(next.text());
  for (const auto& due : s.due)
    context.print(fmt::format("{}{}: {}\n", due.at < view.now ? "OVERDUE " : "due ", due.rule,
                              repat::local_text(due.at, view.person.fact("host"))));
  for (const auto& c : s.contradictions) {
    context.print(fmt::format("contradiction about {}:\n", c.about));
    for (std::size_t i = 0; i < c.values.size(); ++i)
      context.print(fmt::format("  {} by event {}\n", c.values[i], c.events[i].substr(0, 12)));
  }
}

// People found to be this person under another pseudonym.
std::vector<const Person*> joined_here(const Desk& desk, const Person& person) {
  std::vector<const Person*> out;
  for (const Person* p : desk.people())
    if (p->joined_to == person.id) out.push_back(p);
  return out;
}

struct Options {
  std::string id;
  Reveal reveal;
};

void run_show(const Context& context, const Options& o) {
  const Desk desk(context.home());
  const Person& person = person_option(desk, o.id);
  o.reveal.check(context, "show " + person.id);
  const View view{context, desk, person, visible_groups(context.home(), desk.tables()), o.reveal.on};
  const std::vector<HistoryItem> history = desk.history(person.id);
  const auto joined = joined_here(desk, person);
  if (context.json) {
    Json facts = Json::object(), records = Json::array(), timeline = Json::array(), others = Json::array();
    for (const auto& [name, value] : person.facts) {
      const auto* field = desk.tables().field(name);
      if (name != "row" && field && view.shows(field->group)) facts[name] = value;
    }
    person.each([&](Track t, const Standing& s) { records.push_back(standing_json(view, t, s)); });
    for (const HistoryItem& item : history) timeline.push_back(event_json(item, view));
    for (const Person* p : joined) others.push_back(p->id);
    context.print(Json{{"id", person.id},
                       {"minor", minor_text(person)},
                       {"treated_as_minor", person.treated_as_minor()},
                       {"joined_to", person.joined_to},
                       {"joined", others},
                       {"facts", facts},
                       {"contradictions", contradictions_json(person.contradictions, view)},
                       {"records", records},
                       {"timeline", timeline}});
    return;
  }
  context.print(shown(person.id) + (person.treated_as_minor() ? "  treated as a minor" : "") + "\n");
  if (!person.joined_to.empty()) context.print("is the same person as " + person.joined_to + "\n");
  for (const Person* p : joined) context.print("also known here as " + p->id + "\n");
  for (const auto& [name, value] : person.facts) {
    const auto* field = desk.tables().field(name);
    if (name != "row" && field && view.shows(field->group))
      context.print(fmt::format("  {} {}\n", exchange::pad_right(name, 16), shown(value)));
  }
  if (!o.reveal.on) context.print(std::string("  (names: --reveal --reason R)\n"));
  person.each([&](Track t, const Standing& s) { print_standing(view, t, s); });
  for (const auto& c : person.contradictions) context.print("contradiction about " + c.about + "\n");
  context.print(std::string("\n"));
  print_history(view, history);
}

void run_history(const Context& context, const Options& o) {
  const Desk desk(context.home());
  const Person& person = person_option(desk, o.id);
  o.reveal.check(context, "history " + person.id);
  const View view{context, desk, person, visible_groups(context.home(), desk.tables()), o.reveal.on};
  const auto history = desk.history(person.id);
  if (!context.json) return print_history(view, history);
  Json list = Json::array();
  for (const HistoryItem& item : history) list.push_back(event_json(item, view));
  context.print(list);
}

}  // namespace

void set_up_repat_show(CLI::App& app, Context& context) {
  const auto add = [&](const char* name, const char* help, void (*run)(const Context&, const Options&)) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("ID", o->id, "a person")->required();
    o->reveal.add_options(*sub);
    sub->footer(
        fmt::format("Example:\n  valise repat {} V-0001 --reveal --reason \"asked by the family\"", name));
    sub->callback([o, run, &context] { run(context, *o); });
  };
  add("show", "shows one person: where they stand, what is missing, what happened", run_show);
  add("history", "lists every event of one person, its signature checked", run_history);
}

}  // namespace valise
