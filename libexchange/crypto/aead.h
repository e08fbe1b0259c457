// ChaCha20-Poly1305 (RFC 8439) by OpenSSL.
#pragma once
#include <memory>

#include "libexchange/base/secret.h"

struct evp_cipher_ctx_st;

namespace exchange {

struct AeadKeyTag;
using AeadKey = Secret<AeadKeyTag, 32>;
using Nonce = std::array<std::uint8_t, 12>;
constexpr std::size_t kTagSize = 16;

// A cipher bound to one key. Cheap to call many times; one thread at a time.
class Aead {
 public:
  explicit Aead(const AeadKey& key) : Aead(key.expose_secret()) {}
  explicit Aead(std::span<const std::uint8_t, 32> key);  // copied; the caller keeps `key` secret
  Aead(Aead&&) noexcept;
  Aead& operator=(Aead&&) noexcept;
  ~Aead();

  // out.size() must be plain.size() + kTagSize. `out` may begin where `plain` begins (in place).
  void seal(MutableView out, const Nonce& nonce, View aad, View plain);

  // out.size() must be sealed.size() - kTagSize; in place allowed. False when the tag does not match:
  // then `out` is wiped and holds nothing of the plaintext.
  [[nodiscard]] bool open(MutableView out, const Nonce& nonce, View aad, View sealed);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* p) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> encrypt_, decrypt_;
};

}  // namespace exchange
