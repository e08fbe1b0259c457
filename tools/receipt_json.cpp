#include "tools/receipt_json.h"

#include "libexchange/base/text.h"

namespace valise {

Json receipt_json(const exchange::Receipt& r) {
  const auto hex = [](const std::optional<exchange::Hash>& h) {
    return h ? Json(exchange::to_hex(*h)) : Json();
  };
  Json log = nullptr;
  if (r.log != "-")
    log = {{"origin", r.log}, {"size", r.log_size}, {"root", exchange::to_base64(r.log_root)}};
  return {{"seal", hex(r.seal)},
          {"bundle", hex(r.bundle)},
          {"file_sha256", hex(r.file)},
          {"checked", r.checked},
          {"verdict", exchange::name_of(r.verdict)},
          {"exit", exchange::exit_code(r.verdict)},
          {"state", name_of(r.state)},
          {"reason", r.reason == "-" ? Json() : Json(r.reason)},
          {"received", exchange::to_utc(r.received)},
          {"time", exchange::to_utc(r.time)},
          {"receiver", r.receiver.text()},
          {"log", log},
          {"event", r.event ? Json(*r.event) : Json()},
          {"signer", r.signer.text()}};
}

}  // namespace valise
