// valise repat: embassy staff bring people home. What its commands share.
#include "tools/repat.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/repatriation/deadlines.h"
#include "libexchange/repatriation/people_sheet.h"
#include "libexchange/trust/fields.h"
#include "tools/commands.h"

namespace valise {

using exchange::printable;
using repat::Person;
using repat::Standing;
using repat::Track;

namespace {

const std::set<std::string> kActing = {"consular", "protection", "supervisor", "custody"};

exchange::OwnKey choose_key(const exchange::Home& home, const std::string& as,
                            const std::set<std::string>& preferred) {
  if (!as.empty()) return home.own_key(parse_address(as));
  const std::vector<exchange::OwnKey> all = home.own_keys();
  if (all.size() < 2) return home.own_key({});
  for (const char* usage : {"consular", "protection", "supervisor", "custody"}) {
    if (!preferred.empty() && !preferred.contains(usage)) continue;
    std::vector<exchange::OwnKey> fitting;
    for (const auto& key : all)
      if (key.endorsement && key.endorsement->usages.contains(usage)) fitting.push_back(key);
    if (fitting.size() == 1) return fitting.front();
    if (fitting.size() > 1) break;
  }
  return home.own_key({});  // which says what there is to choose from
}

}  // namespace

std::unique_ptr<Acting> acting_key(const Context& context, const std::string& as,
                                   const std::set<std::string>& preferred) {
  const exchange::Home home = context.home();
  const exchange::OwnKey own = choose_key(home, as, preferred);
  if (!own.endorsement)
    throw Failure(Code::trust, own.address.text() + ": has no endorsement yet",
                  "valise key request, let the agency endorse it, then: valise key install");
  const auto usage =
      std::ranges::find_if(own.endorsement->usages, [](const auto& u) { return kActing.contains(u); });
  if (usage == own.endorsement->usages.end())
    throw Failure(Code::policy, own.address.text() + " may not record anything here",
                  "act with a key for consular, protection or supervisor (--as)");
  const auto now = exchange::now();
  const auto chain = exchange::check_chain(home, *own.endorsement, *usage, now, now);
  if (!chain.trusted) throw Failure(chain.code, chain.problem, "ask your agency for a valid endorsement");
  if (context.verbose)
    for (const std::string& w : chain.warnings) context.warn(w);
  auto keys = exchange::read_key_file(own.file, context.ask_passphrase(), [&](const std::string& w) {
    if (context.verbose) context.warn(w);
  });
  return std::unique_ptr<Acting>(new Acting{std::move(keys), *own.endorsement});
}

repat::Strictness strictness_of(const exchange::Home& home) {
  return home.policy() == "strict" ? repat::Strictness::strict : repat::Strictness::standard;
}

repat::LocalTime time_option(const std::string& text) {
  repat::LocalTime time;
  if (text.empty()) {
    time.at = {exchange::now().seconds, 0};
    const std::time_t seconds = time.at.seconds;
    std::tm local{};
    localtime_r(&seconds, &local);
    time.offset_minutes = static_cast<int>(local.tm_gmtoff / 60);
    return time;
  }
  const auto at = exchange::from_rfc3339(text, &time.offset_minutes);
  if (!at)
    throw Failure(Code::usage, "\"" + printable(text) + "\" is no time with its offset from UTC",
                  "for instance 2026-05-21T17:00:00+07:00");
  time.at = *at;
  return time;
}

std::map<std::string, std::string> pairs_option(const std::vector<std::string>& words, const char* option) {
  std::map<std::string, std::string> pairs;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos || equals == 0 || equals + 1 == word.size())
      throw Failure(Code::usage, std::string(option) + " is not NAME=VALUE", "see: valise repat --help");
    pairs[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return pairs;
}

std::vector<repat::Document> documents_option(const std::vector<std::string>& documents,
                                              const std::vector<std::string>& files) {
  std::vector<repat::Document> out;
  const auto is_kind = [](std::string_view text) {
    return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
  };
  const auto split_kind = [&](const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string kind = exchange::lower(text.substr(0, equals == text.npos ? 0 : equals));
    return is_kind(kind) ? std::pair(kind, text.substr(equals + 1)) : std::pair(std::string("-"), text);
  };
  for (const std::string& text : documents) {
    const auto [kind, reference] = split_kind(text);
    if (!exchange::Fields::is_phrase(reference))
      throw Failure(Code::usage, "--doc is not a reference of one line, 200 bytes at most",
                    "for instance --doc passport=TD-1");
    out.push_back({kind, reference, {}});
  }
  for (const std::string& text : files) {
    const auto [kind, path] = split_kind(text);
    exchange::Sha256 digest;
    const exchange::Fd fd = exchange::open_file(path, O_RDONLY);
    exchange::Bytes buffer(1 << 20);
    while (const std::size_t n = exchange::read_some(fd.get(), buffer, printable(path)))
      digest.update(exchange::View(buffer).first(n));
    const exchange::Hash hash = digest.finish();
    out.push_back(
        {kind, "sha256:" + exchange::to_hex(hash).substr(0, 12), hash});  // a file's name may tell a name
  }
  return out;
}

std::map<std::string, std::string> fields_option(const repat::Tables& tables,
                                                 const std::vector<std::string>& words) {
  auto fields = pairs_option(words, "--set");
  for (auto& [name, value] : fields) {
    const repat::FieldType* type = tables.field(name);
    if (!type)
      throw Failure(Code::usage, "\"" + printable(name) + "\" is no field", "see docs/repatriation.md");
    const auto reading = repat::read_field(tables, *type, value);
    if (!reading.value) throw Failure(Code::usage, name + " " + reading.why, reading.remedy);
    value = *reading.value;
  }
  return fields;
}

const Person& person_option(const repat::Desk& desk, const std::string& id) {
  const Person* person = desk.find(id);
  if (!person)
    throw Failure(Code::usage, "\"" + printable(id) + "\" is nobody here", "see: valise repat list");
  return *person;
}

Track track_option(const repat::Desk& desk, const Person& person, const std::string& track,
                   const std::string& to) {
  if (!track.empty()) {
    const auto named = repat::track_named(track);
    if (!named)
      throw Failure(Code::usage, "\"" + printable(track) + "\" is no track",
                    "use assisted_return or suspect_return");
    return *named;
  }
  std::vector<Track> all, fitting;
  person.each([&](Track t, const Standing& s) {
    all.push_back(t);
    if (!to.empty() && !desk.tables().edges(t, s.state, to).empty()) fitting.push_back(t);
  });
  if (fitting.size() == 1) return fitting.front();
  if (all.size() == 1) return all.front();
  throw Failure(Code::usage, person.id + ": has records of two tracks",
                "give --track assisted_return or --track suspect_return");
}

void Reveal::add_options(CLI::App& app) {
  app.add_flag("--reveal", on, "show names; needs --reason, and is written down");
  app.add_option("--reason", reason, "why names are looked at");
}

void Reveal::check(const Context& context, const std::string& what) const {
  if (!on) return;
  if (!exchange::Fields::is_phrase(reason))
    throw Failure(Code::policy, "names are shown only for a reason", "give --reason with a few words");
  const exchange::fs::path folder = exchange::fs::path(context.home_folder) / "repat";
  exchange::fs::create_directories(folder);
  const exchange::fs::path file = folder / "reveals";
  const exchange::Fd fd = exchange::open_file(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  const auto own = context.home().own_keys();
  const std::string line = fmt::format("{} {} {} {}\n", exchange::to_utc(exchange::now()),
                                       own.empty() ? "-" : own.front().address.text(), what, reason);
  exchange::write_all(fd.get(), exchange::as_view(line), file.string());
  if (::fsync(fd.get()) != 0) exchange::fail_errno(file.string(), errno);
}

std::set<std::string> visible_groups(const exchange::Home& home, const repat::Tables& tables) {
  std::set<std::string> groups, readers;
  for (const auto& key : home.own_keys())
    if (key.endorsement)
      for (const std::string& usage : key.endorsement->usages)
        readers.insert(usage == "custody" || usage == "supervisor" ? "host_police" : usage);
  for (const repat::FieldType& f : tables.fields())
    for (const std::string& reader : readers)
      if (tables.visible(f.group, Track::assisted_return, reader)) groups.insert(f.group);
  for (const std::string& reader : readers)
    for (const char* group : {"note", "asylum"})
      if (tables.visible(group, Track::assisted_return, reader)) groups.insert(group);
  return groups;
}

const char* minor_text(const Person& person) {
  switch (person.minor()) {
    case repat::Minor::yes:
      return "yes";
    case repat::Minor::no:
      return "no";
    case repat::Minor::unknown:
      break;
  }
  return "unknown";
}

Json due_json(const repat::Tables& tables, const Person& person, Track track, const Standing& standing,
              exchange::Instant now) {
  Json list = Json::array();
  for (const repat::Due& due : standing.due) {
    Json item = {{"rule", due.rule},
                 {"at", exchange::to_utc(due.at)},
                 {"local", repat::local_text(due.at, person.fact("host"))},
                 {"overdue", due.at < now}};
    for (const auto* rule : tables.deadlines(track, person.fact("host")))
      if (rule->name == due.rule) {
        item["text"] = rule->text;
        item["source"] = rule->source.text;
        item["checked_on"] = rule->source.checked_on.empty() ? Json() : Json(rule->source.checked_on);
      }
    list.push_back(std::move(item));
  }
  return list;
}

Json record_json(const repat::Tables& tables, const Person& person, Track track, const Standing& standing,
                 exchange::Instant now) {
  Json gates = Json::object();
  for (const auto& gate : standing.gates) gates[gate.name] = gate.value;
  return {{"id", person.id},
          {"track", repat::name_of(track)},
          {"state", standing.state},
          {"since", standing.since.text()},
          {"nationality", person.fact("nationality")},
          {"host", person.fact("host")},
          {"site", person.fact("site")},
          {"sex", person.fact("sex")},
          {"minor", minor_text(person)},
          {"batch", person.fact("batch")},
          {"gates", gates},
          {"due", due_json(tables, person, track, standing, now)},
          {"contradictions", standing.contradictions.size() + person.contradictions.size()}};
}

void set_up_repat(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  set_up_repat_people(app, context);
  set_up_repat_list(app, context);
  set_up_repat_show(app, context);
  set_up_repat_act(app, context);
  set_up_repat_batch(app, context);
  set_up_repat_board(app, context);
  set_up_repat_stats(app, context);
  set_up_repat_exchange(app, context);
}

}  // namespace valise
