#include "libexchange/crypto/x25519.h"

#include <sodium.h>

namespace exchange {

std::optional<SecretBytes> x25519(std::span<const std::uint8_t, 32> scalar,
                                  std::span<const std::uint8_t, 32> point) {
  SecretBytes shared(32);
  if (crypto_scalarmult_curve25519(shared.expose_secret_for_writing().data(), scalar.data(), point.data()) !=
      0)
    return std::nullopt;
  return shared;
}

}  // namespace exchange
