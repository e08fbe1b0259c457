#include "libexchange/transport/announcement.h"

#include <fmt/format.h>

#include <algorithm>

#include "libexchange/crypto/digest.h"
#include "libexchange/trust/fields.h"

namespace exchange {

namespace {

constexpr std::string_view kTitle = "valise-announcement/v1";

template <class Decode>
std::optional<Hash> hash_by(Decode decode, std::string_view text) {
  const auto bytes = decode(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  Hash hash{};
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

std::optional<Hash> from_b64(std::string_view text) {
  return hash_by([](std::string_view t) { return from_base64(t); }, text);
}
std::optional<Hash> from_id(std::string_view text) { return hash_by(from_hex, text); }

}  // namespace

std::string Announcement::text() const {
  std::string out = fmt::format("{}\nseal {}\nlength {}\nsealed {}\ntail {}\n", kTitle, to_hex(seal), length,
                                sealed, to_base64(tail));
  for (const Address& address : to) out += "to " + address.text() + "\n";
  return out + fmt::format("sender {}\nendorsement {}\ntime {}\n", sender.text(), to_base64(endorsement),
                           to_utc(time));
}

Announcement Announcement::parse(std::string_view text) {
  Fields fields(text, kTitle);
  Announcement a;
  a.seal = fields.parsed("seal", from_id);
  a.length = fields.number("length");
  a.sealed = fields.number("sealed");
  a.tail = fields.parsed("tail", from_b64);
  while (fields.next_is("to")) {
    a.to.push_back(fields.parsed("to", Address::parse));
    if (a.to.size() > 1 && a.to[a.to.size() - 2] >= a.to.back())
      fields.bad("its addressees are not in order");
    if (a.to.size() > kMaxAddressees) fields.bad("it has over 512 addressees");
  }
  a.sender = fields.key("sender");
  a.endorsement = fields.parsed("endorsement", from_b64);
  a.time = fields.time("time");
  fields.require_same(text, a.text());
  if (a.sealed > kMaxSealed) throw Failure(Code::limit, "announcement: a bundle over 16 TiB");
  const std::uint64_t slices = (a.sealed + kSlice - 1) / kSlice;
  if (a.sealed == 0 || a.length <= a.sealed || a.length - a.sealed > 32 * slices + kMaxSealBody + 1024)
    fields.bad("its lengths are not those of a bundle");
  return a;
}

Bytes seal_announcement(const Announcement& announcement, const PrivateKeys& sender,
                        const Endorsement& endorsement, std::span<const AgeRecipient> readers) {
  const Note note = sign_note(announcement.text(), sender.name, sender.signing);
  return age_encrypt(readers, SealBody{note.whole(), endorsement.whole, ""}.encode());
}

std::optional<SignedAnnouncement> open_announcement(View stored,
                                                    std::span<const AgeIdentity* const> identities) {
  const auto plain = age_decrypt(identities, stored, {kMaxAnnouncement, kMaxAddressees + 16});
  if (!plain) return std::nullopt;
  const SealBody body = SealBody::parse(plain->expose_secret());
  const Note note = Note::parse(body.note, "announcement");
  SignedAnnouncement out{Announcement::parse(note.text), Endorsement::parse(body.endorsement),
                         sha256(stored)};
  if (out.endorsement.text_hash != out.announcement.endorsement ||
      out.endorsement.signing != out.announcement.sender)
    throw Failure(Code::integrity, "announcement: it comes with another key's endorsement");
  if (!verify_note(note, out.announcement.sender))
    throw Failure(Code::signature, "announcement: the signature is not good");
  return out;
}

}  // namespace exchange
