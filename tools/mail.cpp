#include "tools/mail.h"

#include <fmt/format.h>

#include "libexchange/base/text.h"
#include "tools/reading.h"

namespace valise {

using exchange::Session;

void add_line_options(CLI::App& app, LineOptions& o) {
  app.add_option("--limit-rate", o.limit_rate, "bytes a second at most, for instance 200k or 2M")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--until", o.until, "keep trying until this date or RFC 3339 time");
  app.add_option("--tries", o.tries, "give up after so many in a row without a byte getting through")
      ->check(CLI::Range(1, 1000));
  app.add_option("--timeout", o.timeout, "seconds without a byte after which the line counts as cut")
      ->check(CLI::Range(1, 3600));
  app.add_option("--connections", o.connections, "at once; each takes 8 MiB of memory")
      ->check(CLI::Range(1, 16));
}

exchange::SecretBytes secret_of(const exchange::Remote& remote) {
  return exchange::remote_secret(remote, [](const std::string& what) {
    return ask_secret(what, "give --password-file when adding the remote");
  });
}

Session open_session(const Context& context, const exchange::Home& home, const std::string& remote,
                     const LineOptions& o) {
  Session session;
  session.home = &home;
  session.remote = exchange::load_remote(home.folder(), remote);
  session.secret = secret_of(session.remote);
  session.patience.tries = o.tries;
  if (!o.until.empty()) {
    session.patience.until = exchange::from_rfc3339(o.until);
    if (!session.patience.until) session.patience.until = exchange::from_date(o.until);
    if (!session.patience.until)
      throw Failure(Code::usage, "--until \"" + exchange::printable(o.until) + "\" is no date or time",
                    "for instance 2026-12-31 or 2026-12-31T18:00:00+07:00");
  }
  session.timeout = std::chrono::seconds(o.timeout);
  session.bytes_per_second = o.limit_rate;
  session.connections = o.connections;
  (void)context;
  return session;
}

OwnKeys own_keys(const Context& context) {
  OwnKeys own{keys_at_hand(context, true)(), {}, {}};
  for (const exchange::PrivateKeys& k : own.keys) {
    own.addresses.insert(k.name);
    if (k.receiving) own.identities.push_back(&*k.receiving);
  }
  if (own.identities.empty())
    throw Failure(
        Code::usage, "this home has no key that can be used now",
        "make one with: valise key new AGENCY/NAME; for one under a passphrase give --passphrase-file");
  return own;
}

std::vector<exchange::Mail> trusted_mail(const Context& context, const Session& session, const OwnKeys& own) {
  std::size_t unreadable = 0, untrusted = 0;
  auto mail =
      exchange::look_into(session, exchange::Whose::others, own.identities, own.addresses, &unreadable);
  for (const auto& m : mail) untrusted += !m.chain.trusted;
  std::erase_if(mail, [](const auto& m) { return !m.chain.trusted; });
  if (untrusted > 0)
    context.warn(fmt::format("{} announced by senders who are not trusted here: left out", untrusted),
                 "see: valise trust list");
  if (unreadable > 0) context.warn(fmt::format("{} with a damaged announcement: left out", unreadable));
  return mail;
}

std::vector<exchange::AgeRecipient> readers_for(const exchange::Home& home,
                                                const std::vector<exchange::Address>& to) {
  std::vector<exchange::AgeRecipient> readers;
  const auto now = exchange::now();
  for (const auto& address : to) readers.push_back(home.recipient(address, now).receiving);
  if (to.empty())
    for (const auto& e : home.partners(now)) readers.push_back(e.receiving);
  if (readers.size() > exchange::kMaxAddressees)
    throw Failure(Code::usage, "over 512 partners are known here", "say with --to for whom it is");
  return readers;
}

}  // namespace valise
