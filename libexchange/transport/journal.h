// What this home remembers of its dealings with a remote. Only to save work: the server and the seal decide.
//
//   HOME/transport/REMOTE/lock             held by whoever talks to the remote
//   HOME/transport/REMOTE/line             the part size that the line last carried
//   HOME/transport/REMOTE/out/SEAL         parts acknowledged: "OFFSET LENGTH STAMP" lines
//   HOME/transport/REMOTE/in/SEAL.partial  a bundle on its way in
//   HOME/transport/REMOTE/done/SEAL        what became of a mail: one word, and the mailbox's state then
//   HOME/transport/REMOTE/seen/SEAL        names of sidecars taken in
#pragma once
#include <mutex>

#include "libexchange/transport/mailbox.h"

namespace exchange {

// Held while it lives. Failure{unavailable}: another run holds it.
class RemoteLock {
 public:
  RemoteLock(const fs::path& home, const Remote& remote);

 private:
  Fd file_;
};

fs::path remote_folder(const fs::path& home, const Remote& remote);

// Acknowledged parts of one mail. Safe to use from several threads.
class Acknowledged {
 public:
  Acknowledged(const fs::path& home, const Remote& remote, const Hash& seal);
  // A part was stored; its stamp is not known yet.
  void add(const Part& part);
  // The server's listing after that: the stamps from which a later run knows that nothing changed.
  void settle(const Stored& stored);
  // True if this part was acknowledged and the server's stamp is still the same.
  bool knows(const Part& part, const std::string& stamp) const;
  bool empty() const { return parts_.empty(); }
  void forget();  // the mail is gone

 private:
  fs::path path_;
  std::map<Part, std::string> parts_;  // empty stamp: not settled
  mutable std::mutex mutex_;
  Fd file_;
};

std::uint64_t remembered_part_size(const fs::path& home, const Remote& remote);
void remember_part_size(const fs::path& home, const Remote& remote, std::uint64_t size);

// What sync made of a mail; empty: nothing yet.
std::string noted_outcome(const fs::path& home, const Remote& remote, const Hash& seal);
void note_outcome(const fs::path& home, const Remote& remote, const Hash& seal, const std::string& outcome);

std::set<std::string> seen_notes(const fs::path& home, const Remote& remote, const Hash& seal);
void remember_notes(const fs::path& home, const Remote& remote, const Hash& seal,
                    const std::set<std::string>& names);

}  // namespace exchange
