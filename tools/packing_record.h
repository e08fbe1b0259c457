// What pack leaves behind in the home: the custody event `packed` and the outbox entry.
#pragma once
#include "libexchange/bundle/plan.h"
#include "libexchange/custody/outbox.h"
#include "libexchange/custody/record.h"
#include "tools/command.h"

namespace valise {

// The event is recorded once the bundle is whole and on disk, and before it has a name: a crash between
// leaves an event without a bundle, never a bundle without an event.
class PackingRecord {
 public:
  // Finds out before the work begins whether it can be recorded: Failure{unavailable}, {integrity} … as of
  // LogWriter. A key that is not endorsed for custody packs with a warning, and without an event.
  PackingRecord(const Context& context, exchange::Signer signer, const exchange::Case& the_case,
                const exchange::Plan& plan);
  void sealed(const exchange::WriteResult& result, const std::string& file);
  // Takes the outbox entry back and records an anomaly. Throws nothing: another failure is on its way.
  void never_appeared(const std::string& why) noexcept;
  const std::optional<std::uint64_t>& event() const { return event_; }  // index in the log

 private:
  const Context* context_;
  exchange::Home home_;
  exchange::Signer signer_;
  exchange::BundleAct act_;
  std::vector<exchange::Address> recipients_;
  bool recording_ = false;
  std::optional<std::uint64_t> event_;
};

}  // namespace valise
