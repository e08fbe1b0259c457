// The custody log: an append-only list of signed events with a Merkle tree over them. docs/custody.md, "Log".
//
//   checkpoint           the signed head: what it covers is in the log, nothing else is
//   entries              the events' notes, each followed by its list of exhibits where it has one
//   ends                 for each entry two u64: where its note ends in `entries`, and where the entry ends
//   hashes               the stored hashes of the tree (tree.h)
//   endorsements/HASH    of every key that signed here, named by the hex of its text's SHA-256
//   index.db             derived (index.h)
//   lock                 held by the one who appends
//
// The checkpoint is replaced atomically after everything that it covers is on disk: that is the commit. Bytes
// beyond it are an unfinished append, not seen by readers and dropped by the next one who appends. Readers
// need no lock. One object, one thread; any number of processes.
#pragma once
#include <functional>
#include <optional>

#include "libexchange/custody/checkpoint.h"
#include "libexchange/custody/event.h"
#include "libexchange/custody/index.h"
#include "libexchange/custody/statement.h"
#include "libexchange/custody/tree.h"

namespace exchange {

struct LoggedEvent {
  std::uint64_t index = 0;  // its leaf in the tree
  Hash id{};                // event_id() of its text
  CustodyEvent event;
  std::string note;  // whole, as signed: the leaf's data
};

class CustodyLog {
 public:
  // As of now. A folder that is not there is a log without events. Failure{malformed}, {integrity}.
  explicit CustodyLog(fs::path folder);
  // HOME/custody, or the folder that `custody` of HOME/config.toml names (relative to HOME).
  static fs::path folder_of(const Home& home);

  const fs::path& folder() const { return folder_; }
  const std::optional<Checkpoint>& checkpoint() const { return checkpoint_; }  // none: never used
  std::uint64_t size() const { return size_; }

  // Entry `index` < size(). `with_list`: also the exhibits that do not stand in the text. Failure{integrity}.
  LoggedEvent at(std::uint64_t index, bool with_list = true) const;
  // The chain of an exhibit, oldest first; empty when the log does not know it. Reads only its own events.
  std::vector<LoggedEvent> history(const ExhibitId& exhibit) const;
  const CustodyIndex& index() const;  // made from the entries in memory where the file cannot be used

  Hash root(std::uint64_t size) const;
  Hash stored_hash(std::uint64_t position) const;  // of tree.h, below stored_count(size())
  std::vector<Hash> inclusion_proof(std::uint64_t index) const;
  std::vector<Hash> consistency_proof(std::uint64_t old_size) const;

  // Failure{integrity}: not there, or another one.
  Endorsement endorsement(const Hash& text_hash) const;
  // Of the key that signed a checkpoint of this log: more than one where it was renewed for the same key.
  // None of those here: Failure{signature}.
  std::vector<Endorsement> signers_of(const Checkpoint& checkpoint) const;

 protected:
  void load();  // checkpoint and files
  void fill(CustodyIndex& index) const;
  StoredTree tree() const;
  std::pair<std::uint64_t, std::uint64_t> ends(std::uint64_t index) const;
  std::string name(const char* file) const;

  fs::path folder_;
  std::optional<Checkpoint> checkpoint_;
  std::uint64_t size_ = 0;  // events that can be read
  Fd entries_, ends_, hashes_;
  mutable std::optional<CustodyIndex> index_;
};

}  // namespace exchange
