// What the program does with bundles, recorded by itself.
#pragma once
#include "libexchange/bundle/verify.h"
#include "libexchange/custody/chain.h"
#include "libexchange/custody/log_writer.h"

namespace exchange {

struct BundleAct {
  std::string type;  // packed, bundle_sent, bundle_received, ingested, disclosed
  CaseId the_case;
  std::vector<std::string> exhibits;  // ids of those that the bundle holds and this home may know; not empty
  Hash seal{};                        // seal id
  std::string parties;  // recipients (packed, bundle_sent, disclosed), or from whom: addresses, ", " between
  std::map<std::string, std::string> more;  // further fields
  std::string note = "-";
};

// The act on a bundle that was verified and opens here: its case, the exhibits that are readable, and, for
// bundle_received and ingested, from whom it is. Failure{policy}: it says of no case.
BundleAct act_on(const std::string& type, VerifiedBundle& bundle);

struct Recorded {
  std::uint64_t index = 0;  // of the event in the log
  Hash id{};
  Checkpoint checkpoint;  // that covers it
  bool already = false;   // the same act on the same seal with these exhibits was there
};

// Appends one signed event for all the exhibits and commits. Safe to call again after a crash: an equal act
// (type, seal, parties) is not recorded twice. Failure as of LogWriter; {policy}: no exhibit, or an
// impossible id.
Recorded record(const Home& home, const Signer& signer, const BundleAct& act);

// Finds out, and changes nothing, whether record() would work: before hours of other work. Failure as of
// record().
void require_recordable(const Home& home, const Signer& signer);

// Appends what a person did, after the rules of the chain (chain.h); commits nothing. `corrects` and `about`
// may be given as the first 8 or more digits of an event's id, or as the time of an event of the exhibit. The
// exhibit that `output` names becomes part of the event. Failure{policy}: a rule that it would break, a time
// in the future, a type that the program records by itself.
LoggedEvent add_event(LogWriter& log, CustodyEvent event);

// The hours that an exhibit may be on its way here.
ChainOptions chain_options(const Home& home);

// The case of a request, for events.
CaseId case_of(const std::string& reference, const std::string& requesting);

}  // namespace exchange
