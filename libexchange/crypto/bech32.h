// Bech32 (BIP 173) without its length limit, as age uses it. Not a public header.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "libexchange/base/secret.h"

namespace exchange {

// Lower case. `prefix` is the human-readable part.
SecretBytes bech32_encode(std::string_view prefix, View bytes);
// Nothing for mixed case, a wrong prefix (compared in lower case), bad characters, checksum or padding.
std::optional<SecretBytes> bech32_decode(std::string_view prefix, std::string_view text);

}  // namespace exchange
