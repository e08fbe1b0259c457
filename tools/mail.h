// Shared by the commands that use a mailbox.
#pragma once
#include "libexchange/transport/send.h"
#include "tools/command.h"

namespace valise {

// --limit-rate, --until, --tries, --timeout, --connections.
struct LineOptions {
  std::uint64_t limit_rate = 0;
  std::string until;
  unsigned tries = 10, timeout = 60, connections = 3;
};
void add_line_options(CLI::App& app, LineOptions& options);

// The home must outlive it.
exchange::Session open_session(const Context& context, const exchange::Home& home, const std::string& remote,
                               const LineOptions& options);

// The keys of this home with what mail needs of them.
struct OwnKeys {
  std::vector<exchange::PrivateKeys> keys;
  std::vector<const exchange::AgeIdentity*> identities;  // into `keys`
  std::set<std::string> addresses;
};
OwnKeys own_keys(const Context& context);

// The endorsed key that sends, and its endorsement. Failure{trust} when it may not seal now.
exchange::PrivateKeys sending_key(const Context& context, const exchange::Home& home, const std::string& as,
                                  exchange::Endorsement& endorsement);

}  // namespace valise
