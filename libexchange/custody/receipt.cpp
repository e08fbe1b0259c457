#include "libexchange/custody/receipt.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/crypto/digest.h"
#include "libexchange/trust/fields.h"
#include "libexchange/trust/roles.h"

namespace exchange {

namespace {

constexpr std::string_view kTitle = "valise-receipt/v1";
constexpr std::string_view kStates[] = {"received", "ingested", "refused"};
constexpr std::size_t kMostReason = 1000;

constexpr Code kClasses[] = {Code::ok,        Code::malformed, Code::limit,        Code::unsupported,
                             Code::truncated, Code::integrity, Code::key,          Code::signature,
                             Code::trust,     Code::policy,    Code::no_recipient, Code::unsafe};

template <class Encode>
std::string or_none(const std::optional<Hash>& hash, Encode encode) {
  return hash ? encode(View(*hash)) : std::string("-");
}
std::string hex(View v) { return to_hex(v); }
std::string base64(View v) { return to_base64(v); }

std::optional<Hash> optional_hash(Fields& fields, std::string_view word,
                                  std::optional<Hash> (*parse)(std::string_view)) {
  const std::string v = fields.value(word);
  if (v == "-") return std::nullopt;
  const auto hash = parse(v);
  if (!hash) fields.bad("\"" + std::string(word) + "\" has an impossible value");
  return hash;
}

Code parse_class(Fields& fields) {
  const std::string v = fields.value("verdict");
  const auto* it =
      std::ranges::find(kClasses, v, [](Code c) { return fmt::format("{} {}", name_of(c), exit_code(c)); });
  if (it == std::end(kClasses)) fields.bad("\"verdict\" has an impossible value");
  return *it;
}

void parse_log(Fields& fields, Receipt& r) {
  const std::string v = fields.value("log");
  if (v == "-") return;
  const auto parts = split(v, ' ');
  const auto size = parts.size() == 3 ? from_decimal(parts[1]) : std::nullopt;
  const auto root = parts.size() == 3 ? hash_from_base64(parts[2]) : std::nullopt;
  if (!size || !root || !Fields::is_phrase(parts[0])) fields.bad("\"log\" has an impossible value");
  r.log = parts[0];
  r.log_size = *size;
  r.log_root = *root;
}

// A line that a signed text can hold: what others wrote is cut and made harmless.
std::string as_line(const std::string& text, std::size_t most) {
  std::string line = printable(text).substr(0, most);
  while (!line.empty() && !Fields::is_line(line, most)) line.pop_back();  // a cut character
  return line.empty() ? "-" : line;
}

}  // namespace

std::string_view name_of(Receipt::State state) { return kStates[static_cast<std::size_t>(state)]; }
Hash receipt_id(const SignedStatement& s) { return sha256(as_view(s.note.text)); }

std::string Receipt::text() const {
  return fmt::format(
      "{}\nseal {}\nbundle {}\nfile {}\nchecked {}\nverdict {} {}\nstate {}\nreason {}\nreceived {}\ntime "
      "{}\n"
      "receiver {}\nlog {}\nevent {}\nsigner {}\nendorsement {}\n",
      kTitle, or_none(seal, base64), or_none(bundle, hex), or_none(file, base64), checked, name_of(verdict),
      exit_code(verdict), name_of(state), reason, to_utc(received), to_utc(time), receiver.text(),
      log == "-" ? log : fmt::format("{} {} {}", log, log_size, to_base64(log_root)),
      event ? std::to_string(*event) : "-", signer.text(), to_base64(endorsement));
}

Receipt Receipt::parse(std::string_view text) {
  Fields fields(text, kTitle);
  Receipt r;
  r.seal = optional_hash(fields, "seal", hash_from_base64);
  r.bundle = optional_hash(fields, "bundle", hash_from_hex);
  r.file = optional_hash(fields, "file", hash_from_base64);
  r.checked = fields.checked(
      "checked", [](const std::string& v) { return v == "contents" || v == "seal" || v == "nothing"; });
  r.verdict = parse_class(fields);
  const std::string state = fields.value("state");
  const auto* it = std::ranges::find(kStates, state);
  if (it == std::end(kStates)) fields.bad("\"state\" has an impossible value");
  r.state = static_cast<State>(it - std::begin(kStates));
  r.reason = fields.checked("reason", [](const std::string& v) { return Fields::is_line(v, kMostReason); });
  r.received = fields.time("received");
  r.time = fields.time("time");
  r.receiver = fields.parsed("receiver", Address::parse);
  parse_log(fields, r);
  if (const std::string v = fields.value("event"); v != "-") {
    r.event = from_decimal(v);
    if (!r.event || *r.event >= r.log_size) fields.bad("\"event\" has an impossible value");
  }
  r.signer = fields.key("signer");
  r.endorsement = fields.parsed("endorsement", hash_from_base64);
  fields.require_same(text, r.text());
  const bool good = r.verdict == Code::ok;
  if (good != (r.state != State::refused) || (good && (r.checked != "contents" || !r.seal || !r.event)) ||
      r.seal.has_value() == r.file.has_value())
    fields.bad("its state does not fit its verdict");
  return r;
}

Receipt receipt_for(const Verdict& v) {
  Receipt r;
  r.seal = v.seal_id;
  if (v.seal) r.bundle = v.seal->bundle_id;
  r.checked = v.contents_checked ? "contents" : v.seal ? "seal" : "nothing";
  r.verdict = v.good() && !v.contents_checked ? Code::no_recipient : v.code;
  r.state = r.verdict == Code::ok ? Receipt::State::received : Receipt::State::refused;
  if (!v.problems.empty()) r.reason = as_line(v.problems.front().message, kMostReason);
  if (r.verdict == Code::no_recipient) r.reason = "it is not addressed to any key here";
  return r;
}

SignedStatement make_receipt(const Home& home, const Signer& signer, Receipt r, const CustodyLog& log) {
  r.time = now();
  require_usage(home, signer.endorsement, Act::receipt, r.time);
  r.receiver = signer.endorsement.officer;
  r.signer = signer.verifier();
  r.endorsement = signer.endorsement.text_hash;
  if (const auto& checkpoint = log.checkpoint()) {
    r.log = checkpoint->origin;
    r.log_size = checkpoint->size;
    r.log_root = checkpoint->root;
  }
  const std::string text = r.text();
  Receipt::parse(text);  // what cannot be read again is never signed
  return {signer.sign(text), signer.endorsement};
}

StatementCheck check_receipt(const Home& home, const SignedStatement& s, const Receipt& r, Instant now) {
  if (r.receiver != s.endorsement.officer)
    return {Code::trust, "the receipt is of " + r.receiver.text() + " and signed by another", {}};
  return check_statement(home, s.note, s.endorsement, r.signer, r.endorsement,
                         permission(Act::accept_receipt).usage, r.time, now);
}

}  // namespace exchange
