#include "libexchange/bundle/seal.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/trust/usage.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxSealText = 4096;

bool is_word(std::string_view s) {
  return !s.empty() && s.size() <= 64 && std::all_of(s.begin(), s.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Takes "word value" lines off a seal's text, in order.
class SealLines {
 public:
  explicit SealLines(std::string_view text) : rest_(text) {}

  std::string_view line() {
    const std::size_t end = rest_.find('\n');
    if (end == rest_.npos) bad("it ends early");
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return out;
  }
  std::string_view value(std::string_view word) {
    const std::string_view l = line();
    if (l.size() <= word.size() + 1 || !l.starts_with(word) || l[word.size()] != ' ')
      bad(fmt::format("\"{}\" is missing", word));
    return l.substr(word.size() + 1);
  }
  Hash hash(std::string_view word) { return hash_of(value(word), word); }
  static Hash hash_of(std::string_view text, std::string_view word) {
    const auto bytes = from_base64(text);
    if (!bytes || bytes->size() != 32) bad(fmt::format("\"{}\" is no hash", word));
    Hash h{};
    std::copy(bytes->begin(), bytes->end(), h.begin());
    return h;
  }
  std::uint64_t number(std::string_view word) { return number_of(value(word), word); }
  static std::uint64_t number_of(std::string_view text, std::string_view word) {
    const auto n = from_decimal(text);
    if (!n) bad(fmt::format("\"{}\" is no number", word));
    return *n;
  }
  std::pair<std::string_view, std::string_view> two(std::string_view word) {
    const std::string_view v = value(word);
    const std::size_t space = v.find(' ');
    if (space == v.npos) bad(fmt::format("\"{}\" needs two values", word));
    return {v.substr(0, space), v.substr(space + 1)};
  }
  bool at_end() const { return rest_.empty(); }

  [[noreturn]] static void bad(const std::string& why) { throw Failure(Code::malformed, "seal: " + why); }

 private:
  std::string_view rest_;
};

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
  if (std::any_of(text.begin(), text.end(), [](char c) { return c != '\n' && (c < 0x20 || c > 0x7e); }))
    SealLines::bad("not plain ASCII");
  SealLines lines(text);
  Seal s;
  if (lines.line() != "valise-seal/v1") SealLines::bad("the first line is not \"valise-seal/v1\"");
  const auto id = from_hex(lines.value("bundle"));
  if (!id || id->size() != 32) SealLines::bad("\"bundle\" is no id");
  std::copy(id->begin(), id->end(), s.bundle_id.begin());
  if (lines.number("suite") != 1) throw Failure(Code::unsupported, "seal: a suite not known here");
  s.header = lines.hash("header");
  s.length = lines.number("length");
  s.slices = lines.hash("slices");
  s.streams = lines.number("exhibits");
  s.content = lines.hash("content");
  const auto signer = VerifierKey::parse(lines.value("signer"));
  if (!signer) SealLines::bad("\"signer\" is no key");
  s.signer = *signer;
  s.endorsement = lines.hash("endorsement");
  const auto [policy, policy_hash] = lines.two("policy");
  if (!is_word(policy)) SealLines::bad("\"policy\" has no name");
  s.policy = policy;
  s.policy_hash = SealLines::hash_of(policy_hash, "policy");
  const auto [needed, usage] = lines.two("approvals");
  s.approvals = SealLines::number_of(needed, "approvals");
  s.approval_usage = usage;
  if ((usage == "-") != (s.approvals == 0) || (usage != "-" && !is_usage(usage)))
    SealLines::bad("\"approvals\" does not fit its usage");
  const std::string_view parent = lines.value("parent");
  s.has_parent = parent != "-";
  if (s.has_parent) s.parent = SealLines::hash_of(parent, "parent");
  const auto time = from_utc(lines.value("time"));
  if (!time) SealLines::bad("\"time\" is no UTC time");
  s.time = *time;
  if (!lines.at_end() || s.text() != text) SealLines::bad("more lines than there should be");
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
