#include "libexchange/crypto/sign.h"

#include <sodium.h>

#include <algorithm>

#include "libexchange/crypto/openssl.h"

namespace exchange {

SigningKey SigningKey::generate() { return from_seed(SigningSeed::random()); }

SigningKey SigningKey::from_seed(SigningSeed seed) {
  PublicKey pub{};
  SecretBytes pair(crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(pub.data(), pair.expose_secret_for_writing().data(), seed.expose_secret().data());
  return {std::move(seed), pub};
}

Signature SigningKey::sign(View message) const {
  SecretBytes pair(crypto_sign_SECRETKEYBYTES);  // seed || public key
  std::ranges::copy(seed_.expose_secret(), pair.expose_secret_for_writing().begin());
  std::ranges::copy(public_, pair.expose_secret_for_writing().begin() + 32);
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                       pair.expose_secret().data());
  return signature;
}

namespace {

bool openssl_accepts(const PublicKey& key, View message, const Signature& signature) {
  struct Free {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  };
  const std::unique_ptr<EVP_PKEY, Free> pkey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  ensure(context != nullptr, "no memory for a signature");
  return pkey && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

// A canonical encoding of a point that is not of small order: y < p, and x not 0 with the sign bit set.
// libsodium refuses both for R and A by itself; its verdicts have differed between versions, so it is asked
// here.
bool acceptable_point(View encoded) {
  // p = 2^255 - 19, little-endian, compared without the sign bit
  bool below = false;
  for (std::size_t i = 32; i-- > 0 && !below;) {
    const std::uint8_t p = i == 31 ? 0x7f : i == 0 ? 0xed : 0xff;
    const std::uint8_t y = i == 31 ? encoded[i] & 0x7f : encoded[i];
    if (y > p) return false;
    below = y < p;
  }
  if (!below) return false;
  // Multiplying by the cofactor must not give the identity; X25519's small order list is not enough here.
  std::array<std::uint8_t, 32> eight{}, point{};
  std::copy(encoded.begin(), encoded.end(), point.begin());
  for (int i = 0; i < 3; ++i) {
    if (crypto_core_ed25519_add(eight.data(), point.data(), point.data()) != 0) return false;
    point = eight;
  }
  std::array<std::uint8_t, 32> identity{};
  identity[0] = 1;
  return point != identity;
}

}  // namespace

bool verify(const PublicKey& key, View message, const Signature& signature) {
  return acceptable_point(key) && acceptable_point(View(signature).first(32)) &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0 &&
         openssl_accepts(key, message, signature);
}

}  // namespace exchange
