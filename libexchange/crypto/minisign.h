// Minisign signatures, prehashed ("ED"). https://jedisct1.github.io/minisign/
//
// The key id is the first 8 bytes of SHA-256 of the public key. Both comments are fixed texts, so that no
// byte of a signature file is free to change.
#pragma once
#include <string>
#include <string_view>

#include "libexchange/crypto/sign.h"

namespace exchange {

// The whole .minisig file over `message`: four lines.
std::string minisign(const SigningKey& key, View message);

// True only for exactly the four lines that minisign() would write, with both signatures good.
[[nodiscard]] bool minisign_verify(const PublicKey& key, View message, std::string_view minisig);

// What `minisign -P` takes.
std::string minisign_public_key(const PublicKey& key);

}  // namespace exchange
