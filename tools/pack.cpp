// valise pack: seals a case folder.
#include "tools/pack.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <thread>

#include "libexchange/base/text.h"
#include "libexchange/bundle/envelope.h"
#include "libexchange/bundle/plan.h"
#include "libexchange/crypto/digest.h"
#include "tools/commands.h"
#include "tools/problems.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Endorsement;
using exchange::Plan;
using exchange::printable;
using exchange::PrivateKeys;
using exchange::Recipient;
using exchange::WritePlan;
using exchange::WriteResult;

using Options = PackOptions;

// The case, or a refusal that lists all its problems first.
exchange::CheckedCase checked_case(const Context& context, const Options& o) {
  exchange::CheckedCase checked = exchange::check_case(o.folder, policy_of(context.home()));
  const bool uncovered = checked.uncovered_count > 0 && !o.allow_uncovered;
  if (checked.refused() || uncovered) {
    if (!context.json) std::fputs(problems_text(checked, o.allow_uncovered).c_str(), stderr);
    std::string message = first_refusal(checked.problems);
    if (!checked.refused())
      message =
          printable(checked.uncovered.front()) + ": belongs to no exhibit" +
          (checked.uncovered_count > 1 ? fmt::format(" (and {} more files)", checked.uncovered_count - 1)
                                       : "");
    throw Failure(Code::policy, message, "see: valise case check " + printable(o.folder));
  }
  for (const auto& p : checked.problems.list()) context.warn(line_of(p));
  if (checked.uncovered_count > 0)
    context.warn(fmt::format("{} files that no exhibit covers stay here", checked.uncovered_count));
  return checked;
}

std::string names(const std::vector<exchange::Address>& readers) {
  std::string text;
  for (const auto& reader : readers) text += (text.empty() ? "" : "\n") + reader.text();
  return text;
}

// Who reads what, as tables for people.
std::string audience_table(const exchange::Case& the_case, const Plan& plan) {
  Table exhibits({"exhibit", "readers"});
  for (const auto& e : plan.exhibits)
    exhibits.add({the_case.exhibits[e.row].id, names(plan.compartments[e.compartment])});
  for (const std::string& id : plan.left_out) exhibits.add({id, "nobody: stays here"});
  Table rows({"reader", "exhibits", "sheets", "persons", "identifiers", "losses", "custody"});
  for (const auto& s : plan.sheets) {
    const auto counts = count_rows(the_case, s.reader);
    const auto count = [&](const char* sheet) {
      const auto found = counts.find(sheet);
      return found == counts.end() ? "-" : std::to_string(found->second);
    };
    rows.add({s.reader.address, fmt::format("{} of {}", s.reader.exhibits.size(), the_case.exhibits.size()),
              s.whole ? "whole" : "own rows", count("persons.csv"), count("identifiers.csv"),
              count("losses.csv"), count("custody.csv")});
  }
  std::string text = exhibits.text() + "\n" + rows.text();
  if (the_case.has_victims())
    text += "\nvictims are shown by name only to consular and protection desks that their row names\n";
  return text;
}

Json audience_json(const exchange::Case& the_case, const Plan& plan) {
  Json exhibits = Json::array(), readers = Json::array(), whole = Json::array();
  for (const auto& e : plan.exhibits) {
    Json list = Json::array();
    for (const auto& reader : plan.compartments[e.compartment]) list.push_back(reader.text());
    exhibits.push_back({{"id", the_case.exhibits[e.row].id}, {"readers", list}});
  }
  for (const auto& s : plan.sheets) {
    Json rows = Json::object();
    for (const auto& [sheet, count] : count_rows(the_case, s.reader)) rows[sheet] = count;
    readers.push_back(
        {{"reader", s.reader.address}, {"exhibits", s.reader.exhibits}, {"whole", s.whole}, {"rows", rows}});
    if (s.whole) whole.push_back(s.reader.address);
  }
  return {{"exhibits", exhibits}, {"left_out", plan.left_out}, {"readers", readers}, {"sheets", whole}};
}

// The officer's endorsed key. Failure{trust} when it may not seal now.
PrivateKeys sealing_key(const Context& context, const Options& o, Endorsement& endorsement) {
  const exchange::Home home = context.home();
  const auto as = o.as.empty() ? std::nullopt : std::optional(parse_address(o.as));
  const exchange::OwnKey own = home.own_key(as);
  if (!own.endorsement)
    throw Failure(Code::trust, own.address.text() + ": has no endorsement yet",
                  "valise key request, let the agency endorse it, then: valise key install");
  endorsement = *own.endorsement;
  const auto now = exchange::now();
  const auto chain = exchange::check_chain(home, endorsement, "seal", now, now);
  if (!chain.trusted) throw Failure(chain.code, chain.problem, "ask your agency for a valid endorsement");
  for (const std::string& w : chain.warnings) context.warn(w);
  return exchange::read_key_file(own.file, context.ask_passphrase(), [&](const std::string& w) {
    if (context.verbose) context.warn(w);
  });
}

using Keys = std::map<std::string, exchange::AgeRecipient>;

// What the endorsements of the recipients say: their keys, and whether they work with victims.
Keys look_up(const exchange::Home& home, std::vector<Recipient>& recipients) {
  Keys keys;
  for (Recipient& r : recipients) {
    const Endorsement endorsement = home.recipient(r.address, exchange::now());
    keys.emplace(r.address.text(), endorsement.receiving);
    r.knows_victims = endorsement.usages.contains("consular") || endorsement.usages.contains("protection");
  }
  return keys;
}

WritePlan write_plan(const Options& o, const exchange::Case& the_case, const Plan& plan, const Keys& keys,
                     const exchange::Policy& policy) {
  WritePlan write;
  write.case_folder = o.folder;
  for (const auto& readers : plan.compartments) {
    write.compartments.emplace_back();
    for (const auto& reader : readers) write.compartments.back().push_back(keys.at(reader.text()));
  }
  write.streams = plan_streams(the_case, plan);
  write.policy = policy.name();
  write.policy_hash = exchange::sha256(exchange::as_view(policy.text()));
  write.label = o.label;
  if (!o.supplement_to.empty()) {
    const auto earlier = exchange::read_envelope(exchange::Source::open(o.supplement_to));
    write.has_parent = true;
    write.parent = exchange::seal_id(earlier.note.text);
  }
  write.level = o.store ? 0 : o.level;
  write.threads = o.threads;
  return write;
}

void report(const Context& context, const Options& o, const WriteResult& r, const Plan& plan) {
  for (const std::string& w : r.warnings) context.warn(w);
  for (const std::string& name : r.not_restored) context.warn("recorded but not carried: " + name);
  if (r.not_restored_count > r.not_restored.size())
    context.warn(
        fmt::format("… and {} more links and special files", r.not_restored_count - r.not_restored.size()));
  const std::string seal = exchange::to_hex(r.seal);
  if (context.json && o.output != "-") {
    context.print(Json{{"file", printable(o.output)},
                       {"bundle", exchange::to_hex(r.bundle_id)},
                       {"seal", seal},
                       {"time", exchange::to_utc(r.time)},
                       {"exhibits", r.exhibits},
                       {"files", r.files},
                       {"bytes", r.input_bytes},
                       {"bundle_bytes", r.bundle_bytes},
                       {"left_out", plan.left_out}});
  }
  context.say(fmt::format("sealed {} exhibits, {} files, {} into {} of {}", r.exhibits, r.files,
                          exchange::human_size(r.input_bytes), exchange::human_size(r.bundle_bytes),
                          o.output == "-" ? "standard output" : printable(o.output)));
  context.say("seal " + seal);
}

void show_audience(const Context& context, const exchange::Case& the_case,
                   std::vector<Recipient> recipients) {
  look_up(context.home(), recipients);
  const Plan plan = plan_audiences(the_case, recipients);
  if (context.json)
    context.print(audience_json(the_case, plan));
  else
    context.print(audience_table(the_case, plan));
}

void run(const Context& context, const Options& o) {
  std::vector<Recipient> recipients;
  for (const std::string& text : o.to) recipients.push_back(recipient_option(text));
  if (!o.dry_run && o.output.empty())
    throw Failure(Code::usage, "no output named", "give -o FILE.valise, or -o - for a pipe");
  const auto checked = checked_case(context, o);
  if (o.dry_run) return show_audience(context, checked.the_case, std::move(recipients));
  const Packed packed =
      pack_case(context, o, checked.the_case, std::move(recipients), policy_of(context.home()));
  report(context, o, packed.result, packed.plan);
}

}  // namespace

Recipient recipient_option(const std::string& text) {
  const auto r = Recipient::parse(text);
  if (!r)
    throw Failure(Code::usage,
                  "--to \"" + printable(text) + "\" is not AGENCY/NAME or AGENCY/NAME:EX-01,EX-02",
                  "for instance kh-example-police/evidence-desk:EX-01");
  return *r;
}

Packed pack_case(const Context& context, const PackOptions& o, const exchange::Case& the_case,
                 std::vector<Recipient> recipients, const exchange::Policy& policy) {
  const Keys addressees = look_up(context.home(), recipients);
  Packed packed{{}, plan_audiences(the_case, recipients)};
  WritePlan write = write_plan(o, the_case, packed.plan, addressees, policy);
  for (const std::string& id : packed.plan.left_out)
    context.warn(id + " stays here: none of the recipients is in its audience");
  const PrivateKeys keys = sealing_key(context, o, write.endorsement);
  write.signer = &keys.signing;
  if (context.show_progress()) write.total_bytes = exchange::total_bytes(write);
  Progress progress(context, "packing");
  if (o.output == "-") {
    if (::isatty(1))
      throw Failure(Code::usage, "a bundle would go to the terminal", "give -o FILE, or send it into a pipe");
    packed.result = write_bundle(write, 1, {}, progress.callback());
    return packed;
  }
  exchange::OutputFile out(o.output, exchange::OutputFile::Existing::refuse);
  packed.result = write_bundle(write, out.fd(), o.output, progress.callback());
  out.commit();
  return packed;
}

void set_up_pack(CLI::App& app, Context& context) {
  auto o = std::make_shared<Options>();
  o->threads = std::max(1u, std::thread::hardware_concurrency());
  app.add_option("DIR", o->folder, "the case folder")->required();
  app.add_option("--to", o->to, "AGENCY/NAME, or AGENCY/NAME:EX-01,EX-03 for these exhibits only")
      ->required();
  app.add_option("-o,--output", o->output, "the bundle, or - for a pipe");
  app.add_option("--as", o->as, "the key that seals; the home's only one if not given");
  app.add_option("--level", o->level, "compression, 1 (fast) to 19 (small)")->check(CLI::Range(1, 19));
  app.add_flag("--store", o->store, "do not compress: sizes then say nothing about contents");
  app.add_option("--threads", o->threads, "all processors if not given")->check(CLI::Range(1, 256));
  app.add_option("--supplement-to", o->supplement_to, "an earlier bundle that this one adds to");
  app.add_option("--label", o->label, "an address that anyone can read on the sealed file");
  app.add_flag("--allow-uncovered", o->allow_uncovered, "files that no exhibit covers stay behind");
  app.add_flag("--dry-run", o->dry_run, "only show who would be able to read what");
  app.callback([o, &context] { run(context, *o); });
}

}  // namespace valise
