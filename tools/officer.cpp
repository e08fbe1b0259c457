#include "tools/officer.h"

namespace valise {

OfficerKey officer_key(const Context& context, const std::string& as, exchange::Act act) {
  const exchange::Home home = context.home();
  const exchange::OwnKey own = home.own_key(as.empty() ? std::nullopt : std::optional(parse_address(as)));
  if (!own.endorsement)
    throw Failure(Code::trust, own.address.text() + ": has no endorsement yet",
                  "valise key request, let the agency endorse it, then: valise key install");
  for (const std::string& w : require_usage(home, *own.endorsement, act, exchange::now())) context.warn(w);
  return {exchange::read_key_file(own.file, context.ask_passphrase(),
                                  [&](const std::string& w) {
                                    if (context.verbose) context.warn(w);
                                  }),
          *own.endorsement};
}

}  // namespace valise
