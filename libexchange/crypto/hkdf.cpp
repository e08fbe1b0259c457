#include "libexchange/crypto/hkdf.h"

#include <sodium.h>

#include <algorithm>

#include "libexchange/base/failure.h"

namespace exchange {

namespace {

// HMAC under one key, as often as is asked for. The key is gone with it.
class Hmac {
 public:
  explicit Hmac(View key) {
    const std::uint8_t none = 0;  // libsodium takes no null pointer, not even for nothing
    crypto_auth_hmacsha256_init(&keyed_, key.empty() ? &none : key.data(), key.size());
  }
  ~Hmac() { sodium_memzero(this, sizeof *this); }
  Hmac(const Hmac&) = delete;
  void compute(MutableView out, std::initializer_list<View> parts) {
    state_ = keyed_;
    for (View part : parts)
      if (!part.empty()) crypto_auth_hmacsha256_update(&state_, part.data(), part.size());
    crypto_auth_hmacsha256_final(&state_, out.data());
  }

 private:
  crypto_auth_hmacsha256_state keyed_, state_;
};

}  // namespace

Hash hmac_sha256(View key, View message) {
  Hash out{};
  Hmac(key).compute(out, {message});
  return out;
}

SecretBytes hkdf_extract(View salt, View input_key) {
  SecretBytes prk(32);
  Hmac(salt).compute(prk.expose_secret_for_writing(), {input_key});
  return prk;
}

void hkdf_expand_into(MutableView out, View prk, View info) {
  ensure(!out.empty() && out.size() <= 255 * 32, "HKDF length");
  Hmac hmac(prk);
  Hash block{};
  View previous;
  for (std::size_t done = 0, counter = 1; done < out.size(); ++counter) {
    const std::array<std::uint8_t, 1> last = {static_cast<std::uint8_t>(counter)};
    hmac.compute(block, {previous, info, last});
    previous = block;
    const std::size_t n = std::min<std::size_t>(32, out.size() - done);
    std::copy_n(block.begin(), n, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += n;
  }
  wipe(block);
}

SecretBytes hkdf_expand(View prk, View info, std::size_t length) {
  SecretBytes out(length);
  hkdf_expand_into(out.expose_secret_for_writing(), prk, info);
  return out;
}

}  // namespace exchange
