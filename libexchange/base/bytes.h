// Byte containers, views and little-endian integers.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exchange {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;  // never owns; valid while its source lives
using MutableView = std::span<std::uint8_t>;
using Hash = std::array<std::uint8_t, 32>;  // SHA-256

inline View as_view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(View bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::string to_text(View bytes) { return std::string(as_text(bytes)); }
inline Bytes to_bytes(View bytes) { return {bytes.begin(), bytes.end()}; }
inline Bytes to_bytes(std::string_view text) { return to_bytes(as_view(text)); }

// The integer at the front of `bytes`, which must hold at least sizeof(T).
template <class T>
T load_le(View bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes[i]) << (8 * i)));
  return value;
}

// Writes `value` at the front of `out`, which must hold at least sizeof(T).
template <class T>
void store_le(MutableView out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

template <class T>
void store_be(MutableView out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out[sizeof(T) - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
}

template <class T>
std::array<std::uint8_t, sizeof(T)> le(T value) {
  std::array<std::uint8_t, sizeof(T)> out{};
  store_le<T>(out, value);
  return out;
}

inline void append(Bytes& out, View more) { out.insert(out.end(), more.begin(), more.end()); }

}  // namespace exchange
