// valise outbox: what was packed here, and what became of it.
#include "libexchange/custody/outbox.h"

#include <fmt/format.h>

#include <memory>

#include "libexchange/base/text.h"
#include "tools/commands.h"
#include "tools/receipt_json.h"
#include "tools/table.h"

namespace valise {

namespace {

using exchange::Delivery;
using exchange::OutboxEntry;

Json delivery_json(const Delivery& d) {
  Json earlier = Json::array();
  for (const auto& r : d.superseded) earlier.push_back(receipt_json(r));
  return {{"to", d.to.text()},
          {"state", d.state()},
          {"overdue", d.overdue},
          {"sent", d.sent ? Json(exchange::to_utc(*d.sent)) : Json()},
          {"via", d.via.empty() ? Json() : Json(d.via)},
          {"reason", d.receipt && d.receipt->reason != "-" ? Json(d.receipt->reason) : Json()},
          {"receipt", d.receipt ? receipt_json(*d.receipt) : Json()},
          {"earlier_receipts", earlier}};
}

Json entry_json(const OutboxEntry& e) {
  Json deliveries = Json::array();
  for (const Delivery& d : e.deliveries) deliveries.push_back(delivery_json(d));
  return {{"seal", exchange::to_hex(e.packed.seal)},
          {"bundle", exchange::to_hex(e.packed.bundle)},
          {"case", {{"reference", e.packed.the_case.reference}, {"agency", e.packed.the_case.agency}}},
          {"file", e.packed.file},
          {"bytes", e.packed.bytes},
          {"packed", exchange::to_utc(e.packed.time)},
          {"deliveries", deliveries}};
}

std::string when(const Delivery& d) {
  if (d.receipt) return exchange::to_utc(d.receipt->time);
  return d.sent ? exchange::to_utc(*d.sent) : "-";
}

std::string reason(const Delivery& d) {
  if (!d.receipt || d.receipt->verdict == Code::ok) return "";
  return std::string(exchange::name_of(d.receipt->verdict)) + ": " + d.receipt->reason;
}

void run(const Context& context) {
  const auto entries = exchange::Outbox(context.home()).list(exchange::now());
  Json list = Json::array();
  Table table({"packed", "case", "file", "seal", "to", "state", "since", "reason"});
  for (const OutboxEntry& e : entries) {
    list.push_back(entry_json(e));
    for (const Delivery& d : e.deliveries)
      table.add({exchange::to_utc(e.packed.time), e.packed.the_case.reference, e.packed.file,
                 exchange::to_hex(e.packed.seal).substr(0, 16), d.to.text(),
                 std::string(d.state()) + (d.overdue ? ", OVERDUE" : ""), when(d), reason(d)});
  }
  if (context.json)
    context.print(list);
  else
    context.print(table.empty() ? "nothing was packed here yet\n" : table.text());
}

}  // namespace

void set_up_outbox(CLI::App& app, Context& context) {
  app.callback([&context] { run(context); });
}

}  // namespace valise
