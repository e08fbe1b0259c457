#include "libexchange/crypto/aead.h"

#include "libexchange/crypto/openssl.h"

namespace exchange {

namespace {

const EVP_CIPHER* algorithm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  return cipher;
}

EVP_CIPHER_CTX* new_context(View key, int encrypt) {
  EVP_CIPHER_CTX* c = EVP_CIPHER_CTX_new();
  ensure(c != nullptr, "no memory for a cipher");
  openssl_ok(EVP_CipherInit_ex2(c, algorithm(), key.data(), nullptr, encrypt, nullptr));
  return c;
}

void begin(EVP_CIPHER_CTX* c, const Nonce& nonce, View aad, int encrypt) {
  int n = 0;
  openssl_ok(EVP_CipherInit_ex2(c, nullptr, nullptr, nonce.data(), encrypt, nullptr));
  if (!aad.empty()) openssl_ok(EVP_CipherUpdate(c, nullptr, &n, aad.data(), static_cast<int>(aad.size())));
}

}  // namespace

void Aead::Free::operator()(evp_cipher_ctx_st* p) const { EVP_CIPHER_CTX_free(p); }  // wipes the key
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;
Aead::~Aead() = default;

Aead::Aead(std::span<const std::uint8_t, 32> key)
    : encrypt_(new_context(key, 1)), decrypt_(new_context(key, 0)) {}

void Aead::seal(MutableView out, const Nonce& nonce, View aad, View plain) {
  ensure(out.size() == plain.size() + kTagSize, "sealed length");
  EVP_CIPHER_CTX* c = encrypt_.get();
  int n = 0;
  begin(c, nonce, aad, 1);
  if (!plain.empty())
    openssl_ok(EVP_CipherUpdate(c, out.data(), &n, plain.data(), static_cast<int>(plain.size())));
  openssl_ok(EVP_CipherFinal_ex(c, out.data() + n, &n));
  openssl_ok(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, kTagSize, out.data() + plain.size()));
}

bool Aead::open(MutableView out, const Nonce& nonce, View aad, View sealed) {
  ensure(sealed.size() >= kTagSize && out.size() == sealed.size() - kTagSize, "opened length");
  EVP_CIPHER_CTX* c = decrypt_.get();
  std::array<std::uint8_t, kTagSize> tag{};  // a copy: OpenSSL 3.0 takes it as writable
  std::memcpy(tag.data(), sealed.data() + out.size(), kTagSize);
  int n = 0;
  begin(c, nonce, aad, 0);
  openssl_ok(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()));
  if (!out.empty())
    openssl_ok(EVP_CipherUpdate(c, out.data(), &n, sealed.data(), static_cast<int>(out.size())));
  std::uint8_t none = 0;
  if (EVP_CipherFinal_ex(c, &none, &n) == 1) return true;
  wipe(out);
  return false;
}

}  // namespace exchange
