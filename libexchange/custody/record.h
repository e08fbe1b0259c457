// What the program does with bundles, recorded by itself.
#pragma once
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

// The case of a request, for events.
CaseId case_of(const std::string& reference, const std::string& requesting);

}  // namespace exchange
