#include "tools/receipt_of.h"

#include <fcntl.h>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/custody/record.h"

namespace valise {

using exchange::CustodyLog;
using exchange::Receipt;
using exchange::SignedStatement;

namespace {

constexpr std::size_t kMaxReason = 1000;

exchange::Hash hash_of(const std::string& file) {
  const auto fd = exchange::open_file(file, O_RDONLY);
  exchange::Sha256 digest;
  exchange::Bytes buffer(1 << 20);
  while (const std::size_t n = exchange::read_some(fd.get(), buffer, exchange::printable(file)))
    digest.update(exchange::View(buffer).first(n));
  return digest.finish();
}

// Records the arrival, or finds it recorded: the place in the log that the receipt names.
void take_in(const exchange::Home& home, const exchange::Signer& signer, exchange::VerifiedBundle& bundle,
             Receipt& r) {
  record(home, signer, act_on("bundle_received", bundle));
  const CustodyLog log(CustodyLog::folder_of(home));
  const std::string seal = exchange::to_hex(*r.seal);
  r.event = log.index().acts(seal, "bundle_received").front();
  r.received = log.at(*r.event, false).event.recorded;
  if (const auto ingested = log.index().acts(seal, "ingested"); !ingested.empty()) {
    r.state = Receipt::State::ingested;
    r.event = ingested.front();
  }
}

}  // namespace

SignedStatement receipt_of(const exchange::Home& home, const exchange::Signer& signer,
                           exchange::VerifiedBundle& bundle, const std::string& file) {
  Receipt r = receipt_for(bundle.verdict());
  r.received = exchange::now();
  if (!r.seal) r.file = hash_of(file);
  if (r.verdict == exchange::Code::ok) take_in(home, signer, bundle, r);
  return make_receipt(home, signer, r, CustodyLog(CustodyLog::folder_of(home)));
}

SignedStatement refusal_of(const exchange::Home& home, const exchange::Signer& signer,
                           const exchange::Hash& seal, const exchange::Failure& why) {
  Receipt r;
  r.seal = seal;
  r.verdict = why.code();
  r.state = Receipt::State::refused;
  r.reason = std::string(why.what()).substr(0, kMaxReason);
  while (!exchange::is_utf8(r.reason)) r.reason.pop_back();  // cut within a character
  r.received = exchange::now();
  return make_receipt(home, signer, r, CustodyLog(CustodyLog::folder_of(home)));
}

}  // namespace valise
