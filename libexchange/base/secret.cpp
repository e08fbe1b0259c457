#include "libexchange/base/secret.h"

#include <sodium.h>
#include <sys/resource.h>

#include "libexchange/base/failure.h"

namespace exchange {

void initialise_secrets() {
  ensure(sodium_init() >= 0, "libsodium does not start");
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

void SecretBytes::Free::operator()(std::uint8_t* p) const { sodium_free(p); }

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  data_.reset(static_cast<std::uint8_t*>(sodium_malloc(size)));
  if (!data_)
    throw Failure(Code::unavailable, "no memory for a secret", "close other programs and try again");
  sodium_memzero(data_.get(), size);
}

SecretBytes SecretBytes::copy_of(View bytes) {
  SecretBytes copy(bytes.size());
  if (!bytes.empty()) std::memcpy(copy.data_.get(), bytes.data(), bytes.size());
  return copy;
}

bool SecretBytes::operator==(const SecretBytes& other) const {
  return size_ == other.size_ && (size_ == 0 || sodium_memcmp(data_.get(), other.data_.get(), size_) == 0);
}

void fill_random(MutableView out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

void wipe(MutableView secret) {
  if (!secret.empty()) sodium_memzero(secret.data(), secret.size());
}

}  // namespace exchange
