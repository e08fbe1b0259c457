// Appending to a custody log: one writer at a time, all or nothing.
#pragma once
#include "libexchange/custody/log.h"

namespace exchange {

// Holds the log's lock while it lives. What was added is part of the log for this object at once, for all
// others from commit() on, and never without it. May be used after a Failure only to be destroyed.
class LogWriter : public CustodyLog {
 public:
  // Waits for the lock. Makes the folder when it is not there: its origin is then AGENCY/NAME/custody of the
  // signer. Drops an unfinished append, and brings the index up to date.
  // Failure{trust}: the signer may not sign events now, or the log is of another agency; {signature}: nobody
  // that this home trusts signed the last checkpoint; {integrity}, {malformed}: the log is damaged: nothing
  // is ever appended to a damaged log; {unavailable}: disk.
  LogWriter(const Home& home, const Signer& signer);
  ~LogWriter();

  // Fills in `recorded`, the previous events, `signer` and `endorsement`, signs and writes. Returns what was
  // logged. Failure{policy}: incomplete; the log is unchanged then.
  LoggedEvent add(CustodyEvent event);
  // After it returns the events survive a power failure. Without new events it does nothing.
  const Checkpoint& commit();

 private:
  void take_lock();
  void open_for_append();
  void drop_unfinished() noexcept;
  void drop_temporary() const;
  void keep_endorsement();
  void put_head();

  const Signer* signer_;
  Fd lock_;
  std::uint64_t committed_ = 0;
  std::uint64_t end_ = 0;  // of the entries
};

// Whether this signer may add to this log, and would not sign over what nobody trusted has signed. Changes
// nothing. Failure{trust}, {signature} as of LogWriter.
void require_own_log(const Home& home, const Signer& signer, const CustodyLog& log);

}  // namespace exchange
