// HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).
#pragma once
#include "libexchange/base/secret.h"

namespace exchange {

Hash hmac_sha256(View key, View message);
SecretBytes hkdf_extract(View salt, View input_key);  // 32 bytes
SecretBytes hkdf_expand(View prk, View info, std::size_t length);
// The same into `out`: for what is no secret, since guarded memory is slow to get.
void hkdf_expand_into(MutableView out, View prk, View info);  // length 1 .. 8160

}  // namespace exchange
