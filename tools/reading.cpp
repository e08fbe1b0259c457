#include "tools/reading.h"

#include <fmt/format.h>
#include <unistd.h>

#include <thread>

#include "libexchange/base/text.h"

namespace valise {

using exchange::printable;
using exchange::Verdict;

exchange::KeysAtHand keys_at_hand(const Context& context, bool optional) {
  return [&context, optional] {
    std::vector<exchange::PrivateKeys> keys;
    for (const exchange::OwnKey& own : context.home().own_keys()) {
      if (optional && own.has_passphrase && context.passphrase_file.empty() && ::isatty(2) != 1) {
        context.warn(own.address.text() + " is under a passphrase and was not used",
                     "give --passphrase-file FILE");
        continue;
      }
      keys.push_back(exchange::read_key_file(own.file, context.ask_passphrase(), [&](const std::string& w) {
        if (context.verbose) context.warn(w);
      }));
    }
    return keys;
  };
}

Json verdict_json(const Verdict& v) {
  Json problems = Json::array(), signer = nullptr;
  for (const auto& p : v.problems)
    problems.push_back({{"code", exchange::name_of(p.code)}, {"where", p.where}, {"message", p.message}});
  if (v.endorsement && v.seal)
    signer = {{"key", v.seal->signer.text()},
              {"name", v.endorsement->officer.text()},
              {"agency", v.endorsement->agency_name},
              {"country", v.endorsement->country},
              {"endorsed_until", exchange::to_utc(v.endorsement->not_after)}};
  else if (v.seal)
    signer = {{"key", v.seal->signer.text()},
              {"name", v.seal->signer.name},
              {"agency", nullptr},
              {"country", nullptr},
              {"endorsed_until", nullptr}};
  return {{"file", v.file},
          {"verdict", exchange::name_of(v.code)},
          {"exit", exchange::exit_code(v.code)},
          {"checked", v.contents_checked ? "contents" : "seal"},
          {"bundle", v.seal ? Json(exchange::to_hex(v.seal->bundle_id)) : Json()},
          {"seal", v.seal_id ? Json(exchange::to_hex(*v.seal_id)) : Json()},
          {"parent", v.seal && v.seal->has_parent ? Json(exchange::to_hex(v.seal->parent)) : Json()},
          {"signer", signer},
          {"time", v.seal ? Json(exchange::to_utc(v.seal->time)) : Json()},
          {"exhibits", v.exhibits},
          {"recipients", v.recipients},
          {"approvals", {{"needed", v.seal ? v.seal->approvals : 0}, {"have", 0}}},
          {"warnings", v.warnings},
          {"problems", problems}};
}

std::string verdict_text(const Verdict& v, bool verbose) {
  std::string text =
      v.file + ": " + std::string(v.good() ? "valid" : "REFUSED: " + std::string(exchange::name_of(v.code))) +
      (v.good() ? v.contents_checked ? ", seal and contents checked" : ", seal checked" : "") + "\n";
  if (v.seal && v.endorsement) {
    const auto& e = *v.endorsement;
    text += fmt::format("  {} {} ({}, {})\n", v.good() ? "sealed by" : "claims to be sealed by",
                        e.officer.text(), e.agency_name, e.country);
    text += fmt::format("  sealed at  {}   key endorsed until {}\n", exchange::to_utc(v.seal->time),
                        exchange::to_utc(e.not_after));
  }
  if (v.seal) text += fmt::format("  exhibits   {}\n", v.exhibits);
  if (v.seal_id) text += "  seal       " + exchange::to_hex(*v.seal_id) + "\n";
  if (v.seal && verbose)
    text += "  bundle     " + exchange::to_hex(v.seal->bundle_id) + "\n  key        " +
            v.seal->signer.text() + "\n";
  for (const std::string& r : v.recipients) text += "  recipient  " + printable(r) + "\n";
  for (const auto& p : v.problems)
    text += fmt::format("  problem    {} ({}): {}\n", exchange::name_of(p.code), p.where, p.message);
  for (const std::string& w : v.warnings) text += "  warning    " + w + "\n";
  return text;
}

std::string cell_of(const exchange::Row& row, std::string_view column) {
  for (const auto& [name, value] : row)
    if (name == column) return value;
  return {};
}

std::string hash_status(exchange::Contents& contents, std::size_t i) {
  const auto* exhibit = contents.streams()[i].exhibit();
  if (!exhibit || cell_of(exhibit->row, "acquisition_sha256").empty()) return "none";
  bool match = false;
  contents.check_files(i, {}, [&](const exchange::FileEntry& f) { match = match || f.acquisition_match; });
  return match ? "match" : "explained";
}

unsigned default_threads() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace valise
