#include "tools/store_access.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "libexchange/base/text.h"
#include "libexchange/casefile/policy.h"
#include "libexchange/custody/record.h"
#include "libexchange/transport/remote_objects.h"
#include "tools/mail.h"
#include "tools/problems.h"

namespace valise {

using exchange::DueEvent;

namespace {

std::string account() {
  const passwd* user = ::getpwuid(::geteuid());
  return user ? user->pw_name : std::to_string(::geteuid());
}

// The chain of each exhibit ends: its last bundle here was deleted on its day.
void record_expiry(const exchange::Home& home, const exchange::Signer& signer, const DueEvent& due) {
  exchange::LogWriter log(home, signer);
  if (!log.index().acts(due.seal, due.event).empty()) return;
  exchange::CustodyEvent event;
  event.type = due.event;
  event.the_case = exchange::case_of(due.reference, due.requesting);
  for (const std::string& id : due.exhibits) event.exhibits.push_back({id, std::nullopt});
  event.at = exchange::local_now();
  const exchange::Address& officer = signer.endorsement.officer;
  event.by = {officer.name, "program", officer.agency};
  event.fields = {
      {"seal", due.seal}, {"order", "retention until " + due.parties}, {"witness", officer.text()}};
  log.add(std::move(event));
  log.commit();
}

}  // namespace

exchange::RecordEvent recorder(const Context& context, const OfficerKey& key) {
  return [home = context.home(), &key](const DueEvent& due) {
    if (due.event == "retention_expired") return record_expiry(home, key.signer(), due);
    exchange::BundleAct act;
    act.type = due.event;
    act.the_case = exchange::case_of(due.reference, due.requesting);
    act.exhibits = due.exhibits;
    act.seal = exchange::hash_from_hex(due.seal).value();
    act.parties = due.parties;
    exchange::record(home, key.signer(), act);
  };
}

exchange::StorePlace store_place(const Context& context) {
  const exchange::Home home = context.home();
  return exchange::StorePlace::of(home, [home](const std::string& name) {
    const exchange::Remote remote = exchange::load_remote(home.folder(), name);
    return exchange::remote_objects(remote, secret_of(remote), {});
  });
}

exchange::Store open_store(const Context& context) {
  exchange::Store store(store_place(context));
  const std::uint64_t due = store.settle({});
  if (due == 0) return store;
  try {
    if (context.home().own_key(std::nullopt).has_passphrase && context.passphrase_file.empty())
      throw Failure(Code::key, "its key is under a passphrase", "give --passphrase-file");
    const OfficerKey key = officer_key(context, "", exchange::Act::record);
    store.settle(recorder(context, key));
  } catch (const Failure& f) {
    context.warn(fmt::format("{} events are due in the custody log: {}", due, f.what()), f.hint());
  }
  return store;
}

void Purpose::add_to(CLI::App& app) {
  app.add_option("--for", for_case, "the reference of the case that it is for");
  app.add_option("--reason", reason, "why, in a few words");
  app.add_option("--as", as, "AGENCY/NAME of who looks, where this home has several keys");
}

void Purpose::add_reveal_to(CLI::App& app) {
  app.add_flag("--reveal", reveal, "names of victims too; needs --reason");
}

void Purpose::require(const Context& context) const {
  if (reveal && reason.empty())
    throw Failure(Code::usage, "--reveal needs --reason", "say why the names of victims must be shown");
  const auto level = policy_of(context.home()).level(exchange::rule("search-purpose"));
  if (for_case.empty() && reason.empty() && level == exchange::Rule::Level::refuse)
    throw Failure(Code::policy, "the policy of this home asks what a search is for",
                  "give --for CASE or --reason TEXT");
}

void Purpose::log(const Context& context, exchange::Store& store, const std::string& command,
                  const std::string& text, std::uint64_t hits) const {
  const exchange::OwnKey own =
      context.home().own_key(as.empty() ? std::nullopt : std::optional(parse_address(as)));
  exchange::SearchRecord record;
  record.at = exchange::to_utc(exchange::now());
  record.who = own.address.text() + " (" + exchange::printable(account()) + ")";
  record.command = command + (reveal ? " --reveal" : "");
  record.for_case = exchange::printable(for_case);
  record.reason = exchange::printable(reason);
  record.hits = hits;
  exchange::log_search(store, record, text);
}

std::string person_text(const std::string& person, const std::string& role) {
  return person.empty() || role.empty() ? person : person + " (" + role + ")";
}

std::string handling_text(const std::string& tlp, const std::string& code) {
  return code.empty() ? tlp : tlp + " " + code;
}

Json hit_json(const exchange::Hit& hit) {
  return {{"type", hit.type},
          {"value", hit.value},
          {"case", hit.reference},
          {"exhibit", hit.exhibit},
          {"person", hit.person},
          {"bundle", hit.bundle_id},
          {"seal", hit.seal},
          {"agency", hit.requesting},
          {"title", hit.title},
          {"role", hit.role},
          {"status", hit.status},
          {"tlp", hit.tlp},
          {"handling_code", hit.handling_code},
          {"sheet", hit.sheet},
          {"line", hit.line},
          {"notices", hit.notices}};
}

}  // namespace valise
