#include "libexchange/custody/record.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "libexchange/base/text.h"
#include "libexchange/custody/event_types.h"

namespace exchange {

namespace {

// The name of the field that says who is on the other side.
std::string parties_field(const std::string& type) {
  const EventType* known = find_event_type(type);
  ensure(known && known->writer == EventWriter::program, "an act that the program does not record");
  return std::string(known->required.back());
}

CustodyEvent event_of(const Signer& signer, const BundleAct& act) {
  CustodyEvent e;
  e.type = act.type;
  e.the_case = act.the_case;
  for (const std::string& id : act.exhibits) e.exhibits.push_back({id, std::nullopt});
  std::ranges::sort(e.exhibits, {}, &ExhibitLink::exhibit);
  const auto same = std::ranges::unique(e.exhibits, {}, &ExhibitLink::exhibit);
  e.exhibits.erase(same.begin(), same.end());
  e.at = local_now();
  const Address& officer = signer.endorsement.officer;
  e.by = {officer.name, "program", officer.agency};
  e.fields = act.more;
  e.fields["seal"] = to_hex(act.seal);
  // The seal covers the addressees; here they are for people.
  const auto count = std::ranges::count(act.parties, ',') + 1;
  e.fields[parties_field(act.type)] =
      act.parties.size() <= 1000 ? act.parties : std::to_string(count) + " recipients";
  e.note = act.note;
  return e;
}

// The id of the one event of `chain` that begins with these digits, or happened at this time.
std::string resolve(const std::vector<LoggedEvent>& chain, const std::string& named) {
  std::vector<std::string> ids;
  for (const LoggedEvent& e : chain)
    if (const std::string id = to_hex(e.id);
        e.event.at == named || (named.size() >= 8 && id.starts_with(named)))
      ids.push_back(id);
  if (ids.size() == 1) return ids.front();
  throw Failure(Code::policy,
                "\"" + printable(named) +
                    (ids.empty() ? "\" is no earlier event of " : "\" is more than one event of ") +
                    (chain.empty() ? std::string("it") : chain.front().event.exhibits.front().exhibit),
                "give the id as custody show prints it");
}

Chain chain_of(const std::vector<LoggedEvent>& history, const std::string& exhibit) {
  Chain chain(exhibit);
  for (const LoggedEvent& e : history) chain.take(e.index, e.id, e.event);
  return chain;
}

}  // namespace

void require_recordable(const Home& home, const Signer& signer) {
  fs::path folder = CustodyLog::folder_of(home);
  require_own_log(home, signer, CustodyLog(folder));
  while (!fs::exists(folder) && folder.has_parent_path() && folder != folder.parent_path())
    folder = folder.parent_path();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK) != 0)
    fail_errno(printable(folder.native()), errno);
}

ChainOptions chain_options(const Home& home) {
  return {static_cast<std::int64_t>(home.number_setting("custody_transit_hours", 72))};
}

LoggedEvent add_event(LogWriter& log, CustodyEvent e) {
  const EventType* type = find_event_type(e.type);
  if (type && type->writer == EventWriter::program)
    throw Failure(Code::policy, e.type + ": is recorded by the program itself",
                  "it happens when you pack, send, receive, ingest or disclose a bundle");
  if (const std::string output = e.field("output"); !output.empty() && !e.has(output)) {
    e.exhibits.push_back({output, std::nullopt});
    std::ranges::sort(e.exhibits, {}, &ExhibitLink::exhibit);
  }
  for (const ExhibitLink& x : e.exhibits) {
    const auto history = log.history({e.the_case, x.exhibit});
    for (const char* name : {"corrects", "about"})
      if (const auto it = e.fields.find(name); it != e.fields.end())
        it->second = resolve(history, it->second);
    e.require_complete();
    if (const auto broken = chain_of(history, x.exhibit).refusals(e); !broken.empty())
      throw Failure(Code::policy, broken.front().message, std::string(broken.front().rule->meaning));
  }
  if (e.instant().seconds > now().seconds + 300)
    throw Failure(Code::policy, e.type + ": " + e.at + " lies in the future",
                  "correct the time, or the clock");
  if (const auto used = reused_seal(log.index(), e))
    throw Failure(Code::policy,
                  "seal " + printable(used->first) + " was used before by " + printable(e.by.agency) +
                      ", in event " + std::to_string(used->second),
                  "a seal number is used once: look at the seal again");
  return log.add(std::move(e));
}

CaseId case_of(const std::string& reference, const std::string& requesting) {
  const std::string agency = requesting.substr(0, requesting.find('/'));
  return {reference, is_agency_id(agency) ? agency : "-"};
}

BundleAct act_on(const std::string& type, VerifiedBundle& bundle) {
  BundleAct act;
  act.type = type;
  act.seal = *bundle.verdict().seal_id;
  act.parties = bundle.verdict().seal->signer.name;
  bool found = false;
  for (const OpenStream& s : bundle.contents().streams()) {
    if (const ExhibitInfo* exhibit = s.exhibit()) act.exhibits.push_back(exhibit->id);
    if (const CaseViewInfo* view = s.case_view(); view && !found) {
      act.the_case = case_of(view->reference, view->request ? view->request->requesting.id : "-");
      found = true;
    }
  }
  if (!found) throw Failure(Code::policy, "the bundle says of no case", "see: valise list FILE");
  return act;
}

Recorded record(const Home& home, const Signer& signer, const BundleAct& act) {
  if (act.exhibits.empty())
    throw Failure(Code::policy, act.type + ": the bundle holds no exhibit to record",
                  "see: valise list FILE");
  const CustodyEvent event = event_of(signer, act);
  LogWriter log(home, signer);
  for (const std::uint64_t i : log.index().acts(event.field("seal"), act.type)) {
    const LoggedEvent logged = log.at(i, false);
    if (logged.event.fields == event.fields) return {i, logged.id, *log.checkpoint(), true};
  }
  const LoggedEvent logged = log.add(event);
  return {logged.index, logged.id, log.commit(), false};
}

}  // namespace exchange
