// valise repat batch: a flight or a convoy. Only those travel whose gates are all passed.
#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "tools/repat.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::printable;
using repat::Desk;
using repat::Person;
using repat::Standing;
using repat::Track;

struct Options {
  std::string name, to, track, at, note, as, flight, departs, escorts;
  std::vector<std::string> add, remove, documents, files;
};

struct Member {
  const Person* person;
  Track track;
  const Standing* standing;
};

std::vector<Member> members_of(const Desk& desk, const std::string& batch, const std::string& track) {
  std::vector<Member> out;
  for (const Person* p : desk.people())
    if (p->fact("batch") == batch && p->joined_to.empty())
      p->each([&](Track t, const Standing& s) {
        if (track.empty() || track == repat::name_of(t)) out.push_back({p, t, &s});
      });
  return out;
}

// Findings about a person are made one by one; a batch only travels.
void require_journey(const Desk& desk, const std::string& to) {
  bool known = false;
  for (const Track t : repat::kTracks)
    if (const repat::State* s = desk.tables().state(t, to)) {
      known = true;
      if (s->phase == repat::Phase::removal || s->phase == repat::Phase::after) return;
    }
  if (!known) throw Failure(Code::usage, "\"" + printable(to) + "\" is no state", "for instance departed");
  throw Failure(Code::policy,
                "a batch takes no step to " + to +
                    ": what is found out about a person is never found out of many at once",
                "use: valise repat advance ID " + to);
}

std::string reasons_text(const std::vector<repat::Refusal>& refusals) {
  std::string out;
  for (const auto& r : refusals) out += (out.empty() ? "" : "\n") + r.text;
  return out;
}

void run_step(Context& context, const Options& o) {
  const auto acting = acting_key(context, o.as, {"consular", "protection"});
  const repat::Author author = acting->author();
  Desk desk(context.home(), Desk::Access::write);
  require_journey(desk, o.to);
  repat::Pen pen(desk, author, strictness_of(context.home()));
  repat::Saying saying;
  saying.at = time_option(o.at);
  saying.documents = documents_option(o.documents, o.files);
  saying.note = o.note;
  Json went = Json::array(), held = Json::array();
  Table table({"held back", "state", "reason"});
  const auto members = members_of(desk, o.name, o.track);
  for (const Member& m : members) {
    if (!desk.tables().state(m.track, o.to)) continue;
    saying.track = m.track;
    const auto refusals = pen.try_step(m.person->id, o.to, saying);
    if (refusals.empty()) {
      pen.step(m.person->id, o.to, saying);
      went.push_back(m.person->id);
      continue;
    }
    Json reasons = Json::array();
    for (const auto& r : refusals)
      reasons.push_back({{"what", r.what}, {"message", r.text}, {"hint", r.remedy}, {"source", r.source}});
    held.push_back({{"id", m.person->id},
                    {"track", repat::name_of(m.track)},
                    {"state", m.standing->state},
                    {"reasons", reasons}});
    table.add({m.person->id, m.standing->state, reasons_text(refusals)});
  }
  if (members.empty())
    throw Failure(Code::usage, "nobody is in batch \"" + printable(o.name) + "\"",
                  "valise repat batch NAME --add ID, or import with --batch NAME");
  pen.commit();
  if (context.json)
    context.print(
        Json{{"batch", o.name}, {"to", o.to}, {"at", saying.at.text()}, {"went", went}, {"held", held}});
  else if (!table.empty())
    context.print(table.text());
  context.say(fmt::format("{}: {} {}, {} held back", printable(o.name), went.size(), o.to, held.size()));
  if (went.empty()) {
    std::fprintf(stderr, "hint: see what each of them lacks: valise repat show ID\n");
    context.exit = exchange::exit_code(Code::policy);
  }
}

void run_members(const Context& context, const Options& o) {
  const auto acting = acting_key(context, o.as, {"consular", "protection"});
  const repat::Author author = acting->author();
  Desk desk(context.home(), Desk::Access::write);
  repat::Pen pen(desk, author, strictness_of(context.home()));
  repat::Saying saying;
  saying.at = time_option(o.at);
  std::vector<std::string> facts;
  if (!o.flight.empty()) facts.push_back("flight=" + o.flight);
  if (!o.departs.empty()) facts.push_back("departs=" + o.departs);
  if (!o.escorts.empty()) facts.push_back("escorts=" + o.escorts);
  const auto about = fields_option(desk.tables(), facts);
  const auto put = [&](const std::string& id, const std::string& batch) {
    saying.fields = about;
    saying.fields["batch"] = batch;
    pen.say(id, "batch", saying);
  };
  for (const std::string& id : o.add) put(person_option(desk, id).id, o.name);
  for (const std::string& id : o.remove) put(person_option(desk, id).id, "-");
  if (o.add.empty() && o.remove.empty())
    for (const Member& m : members_of(desk, o.name, o.track)) put(m.person->id, o.name);
  pen.commit();
}

void show_members(const Context& context, const Options& o) {
  const Desk desk(context.home());
  Json list = Json::array();
  Table table({"id", "track", "state", "next", "lacks"});
  for (const Member& m : members_of(desk, o.name, o.track)) {
    Json next = Json::array();
    std::string to, lacks;
    for (const auto& step : repat::next_steps(desk.tables(), *m.person, m.track, exchange::now(),
                                              strictness_of(context.home()))) {
      const repat::State* s = desk.tables().state(m.track, step.edge->to);
      if (s->phase != repat::Phase::removal && s->phase != repat::Phase::after) continue;
      to = step.edge->to;
      lacks = reasons_text(step.missing);
      Json missing = Json::array();
      for (const auto& r : step.missing) missing.push_back(r.text);
      next.push_back({{"to", to}, {"missing", missing}});
    }
    list.push_back({{"id", m.person->id},
                    {"track", repat::name_of(m.track)},
                    {"state", m.standing->state},
                    {"flight", m.person->fact("flight")},
                    {"departs", m.person->fact("departs")},
                    {"escorts", m.person->fact("escorts")},
                    {"next", next}});
    table.add({m.person->id, std::string(repat::name_of(m.track)), m.standing->state, to, lacks});
  }
  if (context.json)
    context.print(Json{{"batch", o.name}, {"members", list}});
  else
    context.print(table.empty() ? "nobody\n" : table.text());
}

void run(Context& context, const Options& o) {
  if (!o.to.empty()) return run_step(context, o);
  if (!o.add.empty() || !o.remove.empty() || !o.flight.empty() || !o.departs.empty() || !o.escorts.empty())
    run_members(context, o);
  show_members(context, o);
}

}  // namespace

void set_up_repat_batch(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("batch", "a flight or convoy: who is in it, and its departure");
  sub->add_option("NAME", o->name, "of the batch")->required();
  sub->add_option("STATE", o->to, "those whose gates are all passed take this step; the others are listed");
  sub->add_option("--add", o->add, "a person who travels along");
  sub->add_option("--remove", o->remove, "a person who does not");
  sub->add_option("--flight", o->flight, "flight number or plate");
  sub->add_option("--departs", o->departs, "when: RFC 3339");
  sub->add_option("--escorts", o->escorts, "who travels along");
  sub->add_option("--track", o->track, "only records of this track");
  sub->add_option("--at", o->at, "when it happened; now if not given");
  sub->add_option("--doc", o->documents, "REF or KIND=REF");
  sub->add_option("--doc-file", o->files, "KIND=PATH: its SHA-256 is kept");
  sub->add_option("--note", o->note, "in words");
  sub->add_option("--as", o->as, "the key that signs");
  sub->footer("Example:\n  valise repat batch flight-1 departed --doc manifest=MAN-1");
  sub->callback([o, &context] { run(context, *o); });
}

}  // namespace valise
