#include "libexchange/bundle/keys.h"

#include <algorithm>
#include <initializer_list>

#include "libexchange/base/failure.h"
#include "libexchange/bundle/layout.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

// A label with its closing 0x00.
template <std::size_t N>
View label(const char (&text)[N]) {
  return {reinterpret_cast<const std::uint8_t*>(text), N};
}

Bytes joined(std::initializer_list<View> parts) {
  Bytes out;
  for (View part : parts) append(out, part);
  return out;
}

constexpr Nonce kZeroNonce{};
constexpr std::size_t kMinMeta = 512;

}  // namespace

Hash header_hash(View preamble, View header) { return sha256({label("valise/v1/header"), preamble, header}); }

Hash commitment(const CompartmentKey& key, const Hash& header, std::uint32_t compartment) {
  const SecretBytes out =
      hkdf_expand(key.expose_secret(), joined({label("valise/v1/commit"), header, le(compartment)}), 32);
  Hash hash{};
  std::copy_n(out.expose_secret().begin(), 32, hash.begin());
  return hash;
}

ExhibitKeys::ExhibitKeys(const CompartmentKey& key, const Hash& header, std::uint32_t compartment,
                         std::uint64_t ordinal, const Salt& salt) {
  const SecretBytes x =
      hkdf_expand(key.expose_secret(),
                  joined({label("valise/v1/exhibit"), header, le(compartment), le(ordinal), salt}), 32);
  keys_ = hkdf_expand(x.expose_secret(), label("valise/v1/exhibit-keys"), 192);
}

Hash ExhibitKeys::commitment() const {
  Hash kc{};
  std::ranges::copy(part(5), kc.begin());
  return kc;
}

ExhibitKeys::LeafSalts ExhibitKeys::leaf_salts(std::uint64_t j) const {
  std::array<std::uint8_t, 64> both{};
  hkdf_expand_into(both, part(3), le(j));
  LeafSalts salts{};
  std::copy_n(both.begin(), 32, salts.content.begin());
  std::copy_n(both.begin() + 32, 32, salts.meta.begin());
  return salts;
}

namespace {
Bytes meta_aad(const Hash& header, std::uint64_t ordinal) {
  return joined({label("valise/v1/seal-meta"), header, le(ordinal)});
}
}  // namespace

Bytes ExhibitKeys::seal_meta(const Hash& header, std::uint64_t ordinal, View meta) const {
  const std::size_t padded = padme(std::max(4 + meta.size(), kMinMeta));
  Bytes out(padded + kTagSize);
  const MutableView plain = MutableView(out).first(padded);
  store_le<std::uint32_t>(plain, static_cast<std::uint32_t>(meta.size()));
  std::ranges::copy(meta, plain.begin() + 4);
  Aead(part(2)).seal(out, kZeroNonce, meta_aad(header, ordinal), plain);
  return out;
}

Bytes ExhibitKeys::open_meta(const Hash& header, std::uint64_t ordinal, View sealed) const {
  if (sealed.size() < kMinMeta + kTagSize) throw Failure(Code::malformed, "sealed metadata is too short");
  Bytes plain(sealed.size() - kTagSize);
  if (!Aead(part(2)).open(plain, kZeroNonce, meta_aad(header, ordinal), sealed))
    throw Failure(Code::integrity, "sealed metadata does not open");
  const std::size_t length = load_le<std::uint32_t>(plain);
  if (length > plain.size() - 4 || padme(std::max(4 + length, kMinMeta)) != plain.size() ||
      std::any_of(plain.begin() + 4 + static_cast<std::ptrdiff_t>(length), plain.end(),
                  [](auto b) { return b; }))
    throw Failure(Code::malformed, "sealed metadata has wrong padding");
  return {plain.begin() + 4, plain.begin() + 4 + static_cast<std::ptrdiff_t>(length)};
}

Hash ExhibitKeys::meta_leaf(View meta) const {
  return sha256({label("valise/v1/meta-exhibit"), part(4), meta});
}

Hash exhibit_leaf(std::uint64_t ordinal, std::uint64_t files, const Hash& files_root, const Hash& meta_leaf) {
  return sha256({label("valise/v1/leaf-exhibit"), le(ordinal), le(files), files_root, meta_leaf});
}

Hash file_leaf(const ExhibitKeys::LeafSalts& salts, std::uint64_t size, const Hash& sha256_of_content,
               View entry) {
  const Hash content = sha256({label("valise/v1/content"), salts.content, le(size), sha256_of_content});
  const Hash meta = sha256({label("valise/v1/meta-file"), salts.meta, entry});
  return sha256({label("valise/v1/leaf-file"), content, meta});
}

}  // namespace exchange
