// Fetches mail: nothing stands under its name before every slice was compared with the seal, and the seal's
// signer is trusted. What has arrived of an unfinished file waits in HOME/transport/REMOTE/in.
#pragma once
#include "libexchange/bundle/verify.h"
#include "libexchange/transport/session.h"

namespace exchange {

// One mail as the recipient sees it.
struct Mail {
  Announcement announcement;
  Endorsement endorsement;                    // of the announcement's sender
  ChainCheck chain;                           // whether that sender is trusted here
  std::uint64_t blocks = 0, blocks_here = 0;  // parts announced, and of these complete in the mailbox
  std::string state;                          // changes when what the mailbox holds of it does
  bool complete() const { return blocks_here == blocks; }
};

enum class Whose { others, own };
// Mail that these keys may know of, from others or from these addresses, by time. What cannot be read, or
// lies about itself, is left out and counted in `unreadable` (may be null).
std::vector<Mail> look_into(const Session& session, Whose whose,
                            std::span<const AgeIdentity* const> identities,
                            const std::set<std::string>& own_addresses, std::size_t* unreadable);

struct FetchResult {
  fs::path file;
  std::uint64_t bytes = 0, fetched_bytes = 0;
  bool was_there = false;  // fetched by an earlier run
};

// The whole file as DIR/SEAL.valise. Failure{integrity}, {malformed} and the like for a bundle that is not
// what was sealed; {trust}, {signature} for its signer; {unavailable} when parts are missing yet: those that
// are there have been fetched then.
FetchResult fetch_bundle(const Session& session, const Mail& mail, const fs::path& folder);

// Only what `use` reads of the bundle: a sparse file DIR/SEAL.partial.valise that holds the slices it
// touched. `use` gets the bundle after verification of its seal (Depth::on_demand).
FetchResult fetch_some(const Session& session, const Mail& mail, const fs::path& folder,
                       const KeysAtHand& keys, const std::function<void(VerifiedBundle&)>& use);

}  // namespace exchange
