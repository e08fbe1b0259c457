#include "tools/mail.h"

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

Session open_session(const Context& context, const exchange::Home& home, const std::string& remote,
                     const LineOptions& o) {
  Session session;
  session.home = &home;
  session.remote = exchange::load_remote(home.folder(), remote);
  session.secret = exchange::remote_secret(session.remote, [](const std::string& what) {
    return ask_secret(what, "give --password-file when adding the remote");
  });
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

exchange::PrivateKeys sending_key(const Context& context, const exchange::Home& home, const std::string& as,
                                  exchange::Endorsement& endorsement) {
  const exchange::OwnKey own = home.own_key(as.empty() ? std::nullopt : std::optional(parse_address(as)));
  if (!own.endorsement)
    throw Failure(Code::trust, own.address.text() + ": has no endorsement yet",
                  "valise key request, let the agency endorse it, then: valise key install");
  endorsement = *own.endorsement;
  const auto now = exchange::now();
  const auto chain = exchange::check_chain(home, endorsement, "seal", now, now);
  if (!chain.trusted) throw Failure(chain.code, chain.problem, "ask your agency for a valid endorsement");
  return exchange::read_key_file(own.file, context.ask_passphrase(), [&](const std::string& w) {
    if (context.verbose) context.warn(w);
  });
}

}  // namespace valise
