// age v1 files: X25519 recipients and passphrases. https://age-encryption.org/v1
//
// Binary files only. Written by this library, opened by stock `age`, and the other way round.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/base/secret.h"

namespace exchange {

struct AgeIdentityTag;

struct AgeRecipient {  // "age1…", lower-case bech32
  std::array<std::uint8_t, 32> key{};
  std::string text() const;
  static std::optional<AgeRecipient> parse(std::string_view text);
  bool operator==(const AgeRecipient&) const = default;
};

class AgeIdentity {  // "AGE-SECRET-KEY-1…"
 public:
  static AgeIdentity generate();
  static std::optional<AgeIdentity> parse(std::string_view text);
  AgeRecipient recipient() const;
  SecretBytes text() const;
  const Secret<AgeIdentityTag, 32>& expose_scalar() const { return scalar_; }

 private:
  explicit AgeIdentity(Secret<AgeIdentityTag, 32> scalar) : scalar_(std::move(scalar)) {}
  Secret<AgeIdentityTag, 32> scalar_;
};

// An age file for 1 .. 65,536 recipients.
Bytes age_encrypt(std::span<const AgeRecipient> recipients, View plain);

// An age file under a passphrase (one scrypt stanza; work factor 2^18, refused above 2^20 when read).
Bytes age_encrypt_passphrase(std::string_view passphrase, View plain, int log_n = 18);

// The number of stanzas, from the header alone. Failure{malformed}.
std::size_t age_stanza_count(View file);

struct AgeLimits {
  std::size_t plain = 1 << 20;  // largest payload
  std::size_t stanzas = 65536;
};

// The payload for the first identity that fits; nothing when no stanza is for any of them.
// Failure{malformed} for a header or payload that breaks the format, {key} for a bad header MAC, a low
// order share or a file key of wrong length, {limit} beyond `limits`.
std::optional<SecretBytes> age_decrypt(std::span<const AgeIdentity* const> identities, View file,
                                       const AgeLimits& limits = {});

// Nothing when the passphrase is wrong.
std::optional<SecretBytes> age_decrypt_passphrase(std::string_view passphrase, View file,
                                                  const AgeLimits& limits = {});

// True for a file that one passphrase opens.
bool age_is_passphrase_file(View file);

}  // namespace exchange
