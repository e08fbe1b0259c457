#include "tools/custody_json.h"

#include "libexchange/base/text.h"

namespace valise {

using exchange::printable;
using exchange::to_hex;

Json event_json(const exchange::LoggedEvent& logged, const std::string& exhibit) {
  const exchange::CustodyEvent& e = logged.event;
  Json exhibits = Json::array(), fields = Json::object();
  if (e.list_size > 0)
    exhibits.push_back(exhibit);
  else
    for (const auto& x : e.exhibits) exhibits.push_back(x.exhibit);
  for (const auto& [name, value] : e.fields) fields[name] = value;
  return {{"id", to_hex(logged.id)},
          {"index", logged.index},
          {"event", e.type},
          {"case", {{"reference", e.the_case.reference}, {"agency", e.the_case.agency}}},
          {"exhibits", exhibits},
          {"exhibit_count", e.list_size > 0 ? e.list_size : e.exhibits.size()},
          {"at", e.at},
          {"at_utc", exchange::to_utc(e.instant())},
          {"recorded", exchange::to_utc(e.recorded)},
          {"by", {{"name", e.by.name}, {"role", e.by.role}, {"agency", e.by.agency}}},
          {"place", e.place},
          {"fields", fields},
          {"note", e.note},
          {"signer", e.signer.name}};
}

Json finding_json(const exchange::ChainFinding& f) {
  return {{"rule", f.rule->name}, {"event", f.event}, {"message", f.message}, {"explained", f.explained}};
}

Json checkpoint_json(const std::optional<exchange::Checkpoint>& c) {
  if (!c) return nullptr;
  return {{"origin", c->origin}, {"size", c->size}, {"root", exchange::to_base64(c->root)}};
}

exchange::ExhibitId find_exhibit(const exchange::CustodyLog& log, const std::string& exhibit,
                                 const std::string& reference) {
  const auto found = log.index().exhibits(exhibit, reference);
  if (found.size() == 1) return found.front();
  if (found.empty())
    throw Failure(Code::usage,
                  "the custody log knows no " + printable(exhibit) +
                      (reference.empty() ? "" : " of case " + printable(reference)),
                  "see what it knows with: valise custody show");
  std::string hint = "say which with --case:";
  for (const auto& x : found)
    hint += " \"" + printable(x.the_case.reference) + "\" (" + printable(x.the_case.agency) + ")";
  throw Failure(Code::usage, printable(exhibit) + " stands in more than one case", hint);
}

}  // namespace valise
