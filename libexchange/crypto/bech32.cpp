#include "libexchange/crypto/bech32.h"

#include <algorithm>
#include <cctype>

namespace exchange {

namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

std::uint32_t step(std::uint32_t chk, std::uint32_t value) {
  constexpr std::uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const std::uint32_t top = chk >> 25;
  chk = (chk & 0x1ffffff) << 5 ^ value;
  for (unsigned i = 0; i < 5; ++i)
    if (top >> i & 1) chk ^= generator[i];
  return chk;
}

std::uint32_t prefix_checksum(std::string_view prefix) {
  std::uint32_t chk = 1;
  for (char c : prefix) chk = step(chk, static_cast<std::uint32_t>(c) >> 5);
  chk = step(chk, 0);
  for (char c : prefix) chk = step(chk, static_cast<std::uint32_t>(c) & 31);
  return chk;
}

}  // namespace

SecretBytes bech32_encode(std::string_view prefix, View bytes) {
  const std::size_t groups = (bytes.size() * 8 + 4) / 5;
  SecretBytes out(prefix.size() + 1 + groups + 6);
  MutableView o = out.expose_secret_for_writing();
  std::ranges::copy(prefix, o.begin());
  o[prefix.size()] = '1';
  std::uint32_t chk = prefix_checksum(prefix), pool = 0;
  unsigned bits = 0;
  std::size_t at = prefix.size() + 1, next = 0;
  for (std::size_t i = 0; i < groups; ++i) {
    if (bits < 5) {
      pool = pool << 8 | (next < bytes.size() ? bytes[next] : 0u);
      ++next;
      bits += 8;
    }
    bits -= 5;
    const std::uint32_t value = pool >> bits & 31;
    chk = step(chk, value);
    o[at++] = static_cast<std::uint8_t>(kAlphabet[value]);
  }
  for (int i = 0; i < 6; ++i) chk = step(chk, 0);
  chk ^= 1;
  for (unsigned i = 0; i < 6; ++i) o[at++] = static_cast<std::uint8_t>(kAlphabet[chk >> (5 * (5 - i)) & 31]);
  return out;
}

std::optional<SecretBytes> bech32_decode(std::string_view prefix, std::string_view text) {
  const bool upper = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool lower = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if ((upper && lower) || text.size() < prefix.size() + 7) return std::nullopt;
  const auto fold = [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); };
  if (!std::equal(prefix.begin(), prefix.end(), text.begin(), [&](char a, char b) { return a == fold(b); }) ||
      text[prefix.size()] != '1')
    return std::nullopt;
  const std::string_view payload = text.substr(prefix.size() + 1);
  const std::size_t groups = payload.size() - 6;
  SecretBytes out(groups * 5 / 8);
  MutableView o = out.expose_secret_for_writing();
  std::uint32_t chk = prefix_checksum(prefix), pool = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const std::size_t value = kAlphabet.find(fold(payload[i]));
    if (value == kAlphabet.npos) return std::nullopt;
    chk = step(chk, static_cast<std::uint32_t>(value));
    if (i >= groups) continue;
    pool = pool << 5 | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      o[at++] = static_cast<std::uint8_t>(pool >> bits);
    }
  }
  if (chk != 1 || bits >= 5 || (pool & ((1u << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace exchange
