// Ed25519 (RFC 8032). A signature counts only if libsodium and OpenSSL both accept it.
//
// Accepted: A and R canonical and not of small order, S < L, and encode(SB - hA) = R bytewise
// (cofactorless). docs/format.md says the same for other implementers.
#pragma once
#include <array>
#include <string>

#include "libexchange/base/secret.h"

namespace exchange {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

struct SigningSeedTag;
using SigningSeed = Secret<SigningSeedTag, 32>;  // RFC 8032 private key

class SigningKey {
 public:
  static SigningKey generate();
  static SigningKey from_seed(SigningSeed seed);
  const PublicKey& public_key() const { return public_; }
  const SigningSeed& expose_seed() const { return seed_; }
  Signature sign(View message) const;

 private:
  SigningKey(SigningSeed seed, PublicKey pub) : seed_(std::move(seed)), public_(pub) {}
  SigningSeed seed_;
  PublicKey public_;
};

[[nodiscard]] bool verify(const PublicKey& key, View message, const Signature& signature);

}  // namespace exchange
