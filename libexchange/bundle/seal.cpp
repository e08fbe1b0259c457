#include "libexchange/bundle/seal.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/trust/fields.h"
#include "libexchange/trust/usage.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxSealText = 4096;

bool is_word(std::string_view s) {
  return !s.empty() && s.size() <= 64 && std::all_of(s.begin(), s.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::optional<Hash> parse_hash(std::string_view text) {
  const auto bytes = from_base64(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  Hash h{};
  std::copy(bytes->begin(), bytes->end(), h.begin());
  return h;
}

std::optional<Hash> parse_id(std::string_view text) {
  const auto bytes = from_hex(text);
  return bytes ? parse_hash(to_base64(*bytes)) : std::nullopt;
}

// The two values of a line.
std::pair<std::string, std::string> two(Fields& fields, std::string_view word) {
  const std::string value = fields.value(word);
  const std::size_t space = value.find(' ');
  if (space == value.npos) fields.bad("\"" + std::string(word) + "\" needs two values");
  return {value.substr(0, space), value.substr(space + 1)};
}

}  // namespace

std::string Seal::text() const {
  return fmt::format(
      "valise-seal/v1\nbundle {}\nsuite 1\nheader {}\nlength {}\nslices {}\nexhibits {}\ncontent {}\nsigner "
      "{}\n"
      "endorsement {}\npolicy {} {}\napprovals {} {}\nparent {}\ntime {}\n",
      to_hex(bundle_id), to_base64(header), length, to_base64(slices), streams, to_base64(content),
      signer.text(), to_base64(endorsement), policy, to_base64(policy_hash), approvals, approval_usage,
      has_parent ? to_base64(parent) : "-", to_utc(time));
}

Seal Seal::parse(std::string_view text) {
  if (text.size() > kMaxSealText) throw Failure(Code::limit, "seal: larger than 4 KiB");
  Fields fields(text, "valise-seal/v1");
  if (std::any_of(text.begin(), text.end(), [](char c) { return c != '\n' && (c < 0x20 || c > 0x7e); }))
    fields.bad("it is not plain ASCII");
  Seal s;
  s.bundle_id = fields.parsed("bundle", parse_id);
  if (fields.number("suite") != 1) throw Failure(Code::unsupported, "seal: a suite not known here");
  s.header = fields.parsed("header", parse_hash);
  s.length = fields.number("length");
  s.slices = fields.parsed("slices", parse_hash);
  s.streams = fields.number("exhibits");
  s.content = fields.parsed("content", parse_hash);
  s.signer = fields.key("signer");
  s.endorsement = fields.parsed("endorsement", parse_hash);
  const auto [policy, policy_hash] = two(fields, "policy");
  const auto hash = parse_hash(policy_hash);
  if (!is_word(policy) || !hash) fields.bad("\"policy\" is not a name and a hash");
  s.policy = policy;
  s.policy_hash = *hash;
  const auto [needed, usage] = two(fields, "approvals");
  const auto count = from_decimal(needed);
  if (!count || (usage == "-") != (*count == 0) || (usage != "-" && !is_usage(usage)))
    fields.bad("\"approvals\" does not fit its usage");
  s.approvals = *count;
  s.approval_usage = usage;
  const std::string parent = fields.value("parent");
  s.has_parent = parent != "-";
  if (s.has_parent) {
    const auto id = parse_hash(parent);
    if (!id) fields.bad("\"parent\" is no seal id");
    s.parent = *id;
  }
  s.time = fields.time("time");
  fields.require_same(text, s.text());
  return s;
}

Hash seal_id(std::string_view seal_text) { return sha256(as_view(seal_text)); }

Bytes SealBody::encode() const {
  Bytes out;
  for (const std::string* part : {&note, &endorsement, &minisignature}) {
    append(out, le(static_cast<std::uint32_t>(part->size())));
    append(out, as_view(*part));
  }
  return out;
}

SealBody SealBody::parse(View body) {
  SealBody parts;
  for (std::string* part : {&parts.note, &parts.endorsement, &parts.minisignature}) {
    if (body.size() < 4 || load_le<std::uint32_t>(body) > body.size() - 4)
      throw Failure(Code::malformed, "seal frame: its parts do not fit");
    const std::size_t length = load_le<std::uint32_t>(body);
    *part = to_text(body.subspan(4, length));
    body = body.subspan(4 + length);
  }
  if (!body.empty()) throw Failure(Code::malformed, "seal frame: bytes after its parts");
  return parts;
}

}  // namespace exchange
