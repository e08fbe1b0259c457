// Shared by the commands that use a mailbox.
#pragma once
#include "libexchange/transport/fetch.h"
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

// Asks on the terminal where the remote names no file for it.
exchange::SecretBytes secret_of(const exchange::Remote& remote);

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

// Mail from others whom this home trusts; what was left out is said.
std::vector<exchange::Mail> trusted_mail(const Context& context, const exchange::Session& session,
                                         const OwnKeys& own);

// Who may read what is put into the mailbox for these addressees; without any: everyone whom this home could
// address. Failure{trust}: one cannot be addressed; {usage}: over 512.
std::vector<exchange::AgeRecipient> readers_for(const exchange::Home& home,
                                                const std::vector<exchange::Address>& to);

}  // namespace valise
