// valise-announcement/v1: the sender says what is coming. A C2SP signed note, stored as a whole inside an age
// file for those who may know of it; docs/mailbox.md has the lines.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libexchange/bundle/envelope.h"
#include "libexchange/crypto/age.h"
#include "libexchange/trust/address.h"
#include "libexchange/trust/statements.h"

namespace exchange {

struct Announcement {
  Hash seal{};               // seal id of the bundle
  std::uint64_t length = 0;  // of the file
  std::uint64_t sealed = 0;  // of its sealed bytes: where the tail (SLICES, SEAL, footer) begins
  Hash tail{};               // SHA-256 of the bytes from there to the end; they hold the slices' digests
  std::vector<Address> to;   // addressees, ascending; empty: whoever the bundle opens for
  VerifierKey sender;
  Hash endorsement{};  // SHA-256 of the text of the sender's endorsement
  Instant time;

  std::string text() const;
  // Strict, form only. Failure{malformed}, {limit} for a bundle over 16 TiB.
  static Announcement parse(std::string_view text);
};

constexpr std::size_t kMaxAnnouncement = 256 * 1024;  // as stored
constexpr std::size_t kMaxAddressees = 512;

// An announcement whose signature fits the key that it names, with that key's endorsement. Whether to trust
// it is check_chain()'s to say.
struct SignedAnnouncement {
  Announcement announcement;
  Endorsement endorsement;
  Hash stored{};  // SHA-256 of the age file: another one each time it is announced
};

Bytes seal_announcement(const Announcement& announcement, const PrivateKeys& sender,
                        const Endorsement& endorsement, std::span<const AgeRecipient> readers);
// Nothing when no key here opens it. Failure{malformed}, {signature}, {integrity} (the endorsement is
// another), {key}, {limit}.
std::optional<SignedAnnouncement> open_announcement(View stored,
                                                    std::span<const AgeIdentity* const> identities);

}  // namespace exchange
