// Secrets in guarded, locked memory (libsodium's sodium_malloc): wiped on release, never printed.
#pragma once
#include <memory>
#include <string_view>

#include "libexchange/base/bytes.h"

namespace exchange {

// Initialises libsodium and turns core dumps off. Call once, first thing in main and in tests.
void initialise_secrets();

// A run of secret bytes whose length is known at run time. Move-only. Not safe to share for writing.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);  // zero-filled
  static SecretBytes copy_of(View bytes);
  std::size_t size() const { return size_; }
  View expose_secret() const { return {data_.get(), size_}; }
  MutableView expose_secret_for_writing() { return {data_.get(), size_}; }
  std::string_view expose_text() const { return as_text(expose_secret()); }
  bool operator==(const SecretBytes& other) const;  // constant time for equal lengths

 private:
  struct Free {
    void operator()(std::uint8_t* p) const;
  };
  std::unique_ptr<std::uint8_t, Free> data_;
  std::size_t size_ = 0;
};

// A secret of exactly N bytes. `Tag` keeps kinds of keys apart at compile time.
template <class Tag, std::size_t N>
class Secret {
 public:
  Secret() : bytes_(N) {}
  static constexpr std::size_t length = N;
  // `bytes` must hold exactly N.
  static Secret copy_of(std::span<const std::uint8_t, N> bytes) {
    Secret s;
    std::memcpy(s.bytes_.expose_secret_for_writing().data(), bytes.data(), N);
    return s;
  }
  static Secret random() {
    Secret s;
    fill_random(s.bytes_);
    return s;
  }
  std::span<const std::uint8_t, N> expose_secret() const {
    return std::span<const std::uint8_t, N>(bytes_.expose_secret().data(), N);
  }
  std::span<std::uint8_t, N> expose_secret_for_writing() {
    return std::span<std::uint8_t, N>(bytes_.expose_secret_for_writing().data(), N);
  }
  bool operator==(const Secret& other) const { return bytes_ == other.bytes_; }

 private:
  static void fill_random(SecretBytes& out);
  SecretBytes bytes_;
};

void fill_random(MutableView out);  // from the operating system
void wipe(MutableView secret);      // zeros that the compiler keeps

template <class Tag, std::size_t N>
void Secret<Tag, N>::fill_random(SecretBytes& out) {
  exchange::fill_random(out.expose_secret_for_writing());
}

}  // namespace exchange
