// Sends a sealed file into a mailbox: announcement, then parts. Run again it goes on; what was acknowledged
// is not sent again; nothing is ever sealed anew.
#pragma once
#include "libexchange/transport/session.h"

namespace exchange {

struct SendJob {
  fs::path file;
  const PrivateKeys* sender = nullptr;
  Endorsement endorsement;            // of the sender
  std::vector<Address> to;            // may be empty: docs/mailbox.md, "Who may know"
  std::vector<AgeRecipient> readers;  // of the announcement; the sender is added
};

struct SendResult {
  Hash seal{};
  std::uint64_t bytes = 0;                       // of the file
  std::uint64_t parts = 0;                       // that the mailbox holds of it now
  std::uint64_t sent_parts = 0, sent_bytes = 0;  // in this run
  std::uint64_t repaired = 0;                    // parts that were damaged there and were sent again
};

// Failure{integrity}: the file is not what was sealed, or other mail stands under its seal; {unavailable}:
// patience is at an end, the remote refuses; and read_envelope()'s.
SendResult send_bundle(const Session& session, const SendJob& job);

}  // namespace exchange
