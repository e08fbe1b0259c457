#include "libexchange/crypto/minisign.h"

#include <sodium.h>

#include <algorithm>

#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr std::string_view kUntrusted = "untrusted comment: valise seal\n";
constexpr std::string_view kTrusted = "valise/v1";
constexpr std::string_view kTrustedPrefix = "trusted comment: ";

Bytes key_id(const PublicKey& key) {
  const Hash hash = sha256(key);
  return {hash.begin(), hash.begin() + 8};
}

Bytes prehash(View message) {
  Bytes hash(64);
  crypto_generichash(hash.data(), hash.size(), message.data(), message.size(), nullptr, 0);
  return hash;
}

std::string file(const PublicKey& key, View signature, View global) {
  Bytes first = {'E', 'D'};
  append(first, key_id(key));
  append(first, signature);
  return std::string(kUntrusted) + to_base64(first) + "\n" + std::string(kTrustedPrefix) +
         std::string(kTrusted) + "\n" + to_base64(global) + "\n";
}

Bytes signed_globally(View signature) {
  Bytes message = to_bytes(signature);
  append(message, as_view(kTrusted));
  return message;
}

std::optional<Signature> signature_in(std::string_view line, std::size_t skip) {
  const auto bytes = from_base64(line);
  if (!bytes || bytes->size() != skip + 64) return std::nullopt;
  Signature s{};
  std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(skip), 64, s.begin());
  return s;
}

}  // namespace

std::string minisign(const SigningKey& key, View message) {
  const Signature signature = key.sign(prehash(message));
  return file(key.public_key(), signature, key.sign(signed_globally(signature)));
}

bool minisign_verify(const PublicKey& key, View message, std::string_view minisig) {
  const auto lines = split(minisig, '\n');
  if (lines.size() != 5) return false;
  const auto signature = signature_in(lines[1], 10), global = signature_in(lines[3], 0);
  if (!signature || !global || file(key, *signature, *global) != minisig) return false;
  return verify(key, prehash(message), *signature) && verify(key, signed_globally(*signature), *global);
}

std::string minisign_public_key(const PublicKey& key) {
  Bytes bytes = {'E', 'd'};
  append(bytes, key_id(key));
  append(bytes, key);
  return to_base64(bytes);
}

}  // namespace exchange
