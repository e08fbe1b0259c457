#include "libexchange/custody/record.h"

#include <algorithm>

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

}  // namespace

CaseId case_of(const std::string& reference, const std::string& requesting) {
  const std::string agency = requesting.substr(0, requesting.find('/'));
  return {reference, is_agency_id(agency) ? agency : "-"};
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
