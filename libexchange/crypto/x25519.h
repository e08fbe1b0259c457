// X25519 (RFC 7748) by libsodium. Not a public header.
#pragma once
#include <optional>

#include "libexchange/base/secret.h"

namespace exchange {

// Nothing when the shared secret would be all zero (a point of low order).
std::optional<SecretBytes> x25519(std::span<const std::uint8_t, 32> scalar,
                                  std::span<const std::uint8_t, 32> point);

}  // namespace exchange
