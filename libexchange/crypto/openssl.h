// Shared by the implementations that call OpenSSL. Not a public header.
#pragma once
#include <openssl/evp.h>

#include "libexchange/base/failure.h"

namespace exchange {

// An OpenSSL call that fails only when memory or the library itself is broken.
inline void openssl_ok(int result) { ensure(result == 1, "an OpenSSL call failed"); }

}  // namespace exchange
