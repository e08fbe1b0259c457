// valise repat advance, gate, note, correct, join, settle: acts on one person.
#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/repatriation/deadlines.h"
#include "tools/repat.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::printable;
using repat::Desk;
using repat::Person;
using repat::Track;

struct Options {
  std::string id, what, track, at, note, as;
  std::vector<std::string> gates, set, documents, files, words;
  bool undo = false;
};

// What all of them need: an officer, a desk open for writing, and what is said.
struct Act {
  Act(const Context& c, const Options& o, const std::set<std::string>& preferred = {})
      : context(c),
        acting(acting_key(c, o.as, preferred)),
        author(acting->author()),
        desk(c.home(), Desk::Access::write),
        pen(desk, author, strictness_of(c.home())) {
    person_option(desk, o.id);
    saying.at = time_option(o.at);
    saying.gates = pairs_option(o.gates, "--gate");
    saying.fields = fields_option(desk.tables(), o.set);
    saying.documents = documents_option(o.documents, o.files);
    saying.note = o.note;
    for (const auto& [gate, value] : saying.gates) {
      if (!desk.tables().gate(gate))
        throw Failure(Code::usage, "\"" + printable(gate) + "\" is no gate",
                      "see: valise repat show " + o.id);
      if (value != "ok" && value != "waived" && value != "failed" && value != "open")
        throw Failure(Code::usage, "gate " + printable(gate) + " is none of ok, waived, failed, open",
                      "for instance --gate medical=ok");
    }
  }

  const Person& person(const Options& o) const { return person_option(desk, o.id); }

  void done(const Options& o) {
    const std::size_t events = pen.commit();
    const Person* shown = desk.find(o.id);
    if (!shown) {  // this very act hid the person from keys of the state of origin
      if (context.json) context.print(Json{{"id", o.id}, {"events", events}, {"records", Json::array()}});
      context.say(o.id + ": kept, and not shown to keys of the state of origin from now on");
      return;
    }
    const Person& p = *shown;
    if (context.json) {
      Json records = Json::array();
      p.each([&](Track t, const repat::Standing& s) {
        records.push_back(record_json(desk.tables(), p, t, s, exchange::now()));
      });
      Json out = {{"id", p.id}, {"events", events}, {"by", author.endorsement.officer.text()}};
      if (saying.track) {
        const repat::Standing* s = p.standing(*saying.track);
        out["track"] = repat::name_of(*saying.track);
        out["state"] = s ? Json(s->state) : Json();
        out["at"] = saying.at.text();
      }
      out["records"] = records;
      context.print(out);
    }
    std::string where;
    p.each([&](Track t, const repat::Standing& s) {
      where += fmt::format("{}{} {}", where.empty() ? "" : ", ", repat::name_of(t), s.state);
    });
    context.say(p.id + ": " + where);
  }

  const Context& context;
  std::unique_ptr<Acting> acting;
  repat::Author author;
  Desk desk;
  repat::Pen pen;
  repat::Saying saying;
};

repat::Tables tables_of(const Context& context) {
  return repat::Tables::with(exchange::fs::path(context.home_folder) / "repat" / "tables");
}

// Keys that may record some step to this state.
std::set<std::string> usages_for(const Context& context, const std::string& to) {
  const repat::Tables tables = tables_of(context);
  std::set<std::string> usages;
  for (const repat::Edge& e : tables.edges())
    if (e.to == to) usages.insert(e.usages.begin(), e.usages.end());
  return usages;
}

void run_advance(const Context& context, const Options& o) {
  Act act(context, o, usages_for(context, o.what));
  const Person& person = act.person(o);
  act.saying.track = track_option(act.desk, person, o.track, o.what);
  if (const auto* s = person.standing(*act.saying.track); s && act.saying.at.at < s->since.at)
    context.warn(person.id + ": earlier than the step before it (" + s->since.text() + ")");
  act.pen.step(o.id, o.what, act.saying);
  act.done(o);
}

void run_gate(const Context& context, Options o) {
  o.gates = o.words;
  const repat::Tables tables = tables_of(context);
  std::set<std::string> usages;
  for (const auto& [name, value] : pairs_option(o.gates, "a gate"))
    if (const auto* gate = tables.gate(name)) usages = gate->usages;
  Act act(context, o, usages);
  act.saying.track = track_option(act.desk, act.person(o), o.track);
  act.pen.say(o.id, "gate", act.saying);
  act.done(o);
}

void run_note(const Context& context, Options o) {
  for (const std::string& word : o.words) o.note += (o.note.empty() ? "" : " ") + word;
  if (o.note.empty() && o.documents.empty() && o.files.empty())
    throw Failure(Code::usage, "an empty note", "write it after the id, or give --doc");
  Act act(context, o, {"consular", "protection"});
  act.pen.say(o.id, "note", act.saying);
  act.done(o);
}

void run_correct(const Context& context, Options o) {
  o.set = o.words;
  Act act(context, o, {"consular", "protection"});
  act.pen.say(o.id, "fact", act.saying);
  act.done(o);
}

// Both side by side: a person looks and decides; nothing is proposed.
void show_both(const Context& context, const Desk& desk, const Person& a, const Person& b) {
  Table table({"", a.id, b.id});
  for (const repat::FieldType& field : desk.tables().fields()) {
    if (field.name == "row" || field.group != "status") continue;
    if (!a.fact(field.name).empty() || !b.fact(field.name).empty())
      table.add({field.name, a.fact(field.name), b.fact(field.name)});
  }
  for (const Track track : repat::kTracks) {
    const auto* s = a.standing(track);
    const auto* t = b.standing(track);
    if (s || t) table.add({std::string(repat::name_of(track)), s ? s->state : "", t ? t->state : ""});
  }
  if (!context.json) context.print(table.text());
}

// Those of whom the same number, or the same name and birth, is written: for a person to look at.
void show_alike(const Context& context, const std::string& id) {
  const Desk desk(context.home());
  const Person& person = person_option(desk, id);
  const auto same = [&](const Person& other, std::initializer_list<const char*> fields) {
    return std::ranges::all_of(
        fields, [&](const char* f) { return !person.fact(f).empty() && person.fact(f) == other.fact(f); });
  };
  Json list = Json::array();
  for (const Person* other : desk.people()) {
    if (other == &person || !other->joined_to.empty()) continue;
    Json equal = Json::array();
    if (same(*other, {"document_no", "nationality"})) equal.push_back("document_no");
    if (same(*other, {"name_native", "born"})) equal.push_back("name_native, born");
    if (same(*other, {"name_latin", "born"})) equal.push_back("name_latin, born");
    if (equal.empty()) continue;
    list.push_back({{"id", other->id}, {"equal", equal}});
    if (context.json) continue;
    context.print(equal.dump() + "\n");
    show_both(context, desk, person, *other);
  }
  if (context.json) context.print(list);
  context.say(fmt::format("{}: {} people with equal facts; equal is not the same", id, list.size()));
}

void run_join(const Context& context, const Options& o) {
  if (o.what.empty()) return show_alike(context, o.id);
  Act act(context, o, {"consular", "protection"});
  const Person& kept = act.person(o);
  const Person& other = person_option(act.desk, o.what);
  if (&kept == &other) throw Failure(Code::usage, "the same pseudonym twice", "name two");
  if (!o.undo && (!other.joined_to.empty() || !kept.joined_to.empty()))
    throw Failure(Code::policy,
                  (other.joined_to.empty() ? kept : other).id + ": is joined to somebody already",
                  "undo that first: valise repat join A B --undo");
  if (o.undo && other.joined_to != kept.id)
    throw Failure(Code::policy, other.id + ": is not joined to " + kept.id,
                  "see: valise repat show " + other.id);
  if (act.saying.note.empty())
    throw Failure(Code::policy, "a reason is needed",
                  "give --note: why these are the same person, or are not");
  show_both(context, act.desk, kept, other);
  act.saying.fields["joined_to"] = o.undo ? "-" : kept.id;
  act.pen.say(other.id, "join", act.saying);
  act.done(o);
}

void run_settle(const Context& context, const Options& o) {
  Act act(context, o);
  act.pen.settle(o.id, o.what, act.saying);
  act.done(o);
}

}  // namespace

void set_up_repat_act(CLI::App& app, Context& context) {
  const auto add = [&](const char* name, const char* help, const char* example, auto own, auto run) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("ID", o->id, "a person")->required();
    own(*sub, *o);
    sub->add_option("--at", o->at, "when it happened; now if not given");
    sub->add_option("--doc", o->documents, "REF or KIND=REF");
    sub->add_option("--doc-file", o->files, "KIND=PATH: its SHA-256 is kept");
    sub->add_option("--note", o->note, "in words");
    sub->add_option("--as", o->as, "the key that signs");
    sub->footer(std::string("Example:\n  valise repat ") + example);
    sub->callback([o, run, &context] { run(context, *o); });
  };
  const auto track = [](CLI::App& s, Options& o) {
    s.add_option("--track", o.track, "where a person has records of both");
  };
  add(
      "advance", "takes a step", "advance V-0001 registered --at 2026-05-21T17:00:00+07:00 --doc REG-1",
      [&](CLI::App& s, Options& o) {
        s.add_option("STATE", o.what, "where to")->required();
        s.add_option("--gate", o.gates, "NAME=ok, waived, failed or open");
        s.add_option("--set", o.set, "FIELD=VALUE");
        track(s, o);
      },
      run_advance);
  add(
      "gate", "passes, opens or fails gates", "gate V-0001 medical=ok --doc MED-1",
      [&](CLI::App& s, Options& o) {
        s.add_option("GATE", o.words, "NAME=ok, waived, failed or open")->required();
        track(s, o);
      },
      run_gate);
  add(
      "note", "writes something down", "note V-0001 \"the family called\"",
      [](CLI::App& s, Options& o) { s.add_option("TEXT", o.words, "in words"); }, run_note);
  add(
      "correct", "corrects facts; what stood before stays in the history",
      "correct V-0001 nationality=VNM born=2002-03-15",
      [](CLI::App& s, Options& o) { s.add_option("FIELD", o.words, "FIELD=VALUE")->required(); },
      run_correct);
  add(
      "join", "says that two pseudonyms are one person",
      "join V-0001 R-8K2M-1D3F5G-7H9J2K --note \"same passport\"",
      [](CLI::App& s, Options& o) {
        s.add_option("OTHER", o.what, "kept under the first from now on; without it, those alike are listed");
        s.add_flag("--undo", o.undo, "they are two after all");
      },
      run_join);
  add(
      "settle", "of two steps that contradict each other, says which stands",
      "settle V-0001 3f2a9c0d1b5e --note \"seen on board\"",
      [](CLI::App& s, Options& o) { s.add_option("EVENT", o.what, "as `show` names it")->required(); },
      run_settle);
}

}  // namespace valise
