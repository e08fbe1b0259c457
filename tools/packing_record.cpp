#include "tools/packing_record.h"

#include "libexchange/base/text.h"
#include "libexchange/trust/roles.h"

namespace valise {

PackingRecord::PackingRecord(const Context& context, exchange::Signer signer, const exchange::Case& the_case,
                             const exchange::Plan& plan)
    : context_(&context),
      home_(context.home()),
      signer_(std::move(signer)),
      recipients_(plan.compartments.at(0)) {
  act_.type = "packed";
  act_.the_case = exchange::case_of(the_case.request.reference, the_case.request.requesting.id);
  for (const auto& e : plan.exhibits) act_.exhibits.push_back(the_case.exhibits[e.row].id);
  for (const auto& to : recipients_) act_.parties += (act_.parties.empty() ? "" : ", ") + to.text();
  if (act_.exhibits.empty()) return;
  const auto now = exchange::now();
  const auto chain =
      check_chain(home_, signer_.endorsement, permission(exchange::Act::record).usage, now, now);
  recording_ = chain.trusted;
  if (recording_)
    require_recordable(home_, signer_);
  else
    context.warn("not recorded in the custody log: " + chain.problem,
                 "ask your agency to endorse the key with the usage custody");
}

void PackingRecord::sealed(const exchange::WriteResult& result, const std::string& file) {
  act_.seal = result.seal;
  try {
    if (recording_) event_ = record(home_, signer_, act_).index;
    exchange::Outbox(home_).add({result.seal, result.bundle_id, act_.the_case,
                                 file == "-" ? file : exchange::printable(file), result.bundle_bytes,
                                 result.time, recipients_});
  } catch (const Failure& f) {
    if (file != "-") throw;
    throw Failure(f.code(), std::string("the bundle went out, but it could not be recorded: ") + f.what(),
                  "do not hand it on; make room, and pack again");
  }
}

void PackingRecord::never_appeared(const std::string& why) noexcept {
  try {
    exchange::Outbox(home_).remove(act_.seal);
    if (!event_) return;
    exchange::LogWriter log(home_, signer_);
    exchange::CustodyEvent e = log.at(*event_).event;
    e.type = "anomaly";
    e.fields = {{"what", "the bundle was packed and never appeared"},
                {"seal", exchange::to_hex(act_.seal)},
                {"about", exchange::to_hex(log.at(*event_, false).id)}};
    e.note = exchange::printable(why).substr(0, 500);
    e.at = exchange::local_now();
    log.add(std::move(e));
    log.commit();
  } catch (const std::exception& e) {
    context_->warn(std::string("that it never appeared could not be recorded: ") + e.what());
  }
}

}  // namespace valise
