// The keys of a bundle: compartment key, exhibit keys, commitments, leaves. docs/format.md, "Keys".
#pragma once
#include <optional>

#include "libexchange/crypto/aead.h"
#include "libexchange/crypto/hkdf.h"

namespace exchange {

struct CompartmentKeyTag;
using CompartmentKey = Secret<CompartmentKeyTag, 32>;
using Salt = std::array<std::uint8_t, 16>;

// H = SHA-256("valise/v1/header\0" || preamble || header)
Hash header_hash(View preamble, View header);

// commit_c: binds the compartment's key to this bundle.
Hash commitment(const CompartmentKey& key, const Hash& header, std::uint32_t compartment);

// The six keys of one stream (ordinal 0: the manifest).
class ExhibitKeys {
 public:
  ExhibitKeys(const CompartmentKey& key, const Hash& header, std::uint32_t compartment, std::uint64_t ordinal,
              const Salt& salt);
  Aead content() const { return Aead(part(0)); }  // CHUNK and MANIFEST
  Aead files() const { return Aead(part(1)); }    // FILES
  Hash commitment() const;                        // kc, stored in the EXHIBIT frame

  // The salts of file j's leaf: (s1, s2).
  struct LeafSalts {
    Hash content, meta;
  };
  LeafSalts leaf_salts(std::uint64_t j) const;

  // sealedMeta: 16 + Padmé(max(4 + length, 512)) bytes.
  Bytes seal_meta(const Hash& header, std::uint64_t ordinal, View meta) const;
  // Failure{integrity} when the tag is wrong, {malformed} for a wrong length or padding.
  Bytes open_meta(const Hash& header, std::uint64_t ordinal, View sealed) const;

  // The salted hash of the metadata that stands in C_i.
  Hash meta_leaf(View meta) const;

 private:
  std::span<const std::uint8_t, 32> part(std::size_t i) const {
    return std::span<const std::uint8_t, 32>(keys_.expose_secret().data() + 32 * i, 32);
  }
  SecretBytes keys_;  // k_enc || k_files || k_meta || s_files || s_meta || kc
};

// C_i, from the root over the file leaves.
Hash exhibit_leaf(std::uint64_t ordinal, std::uint64_t files, const Hash& files_root, const Hash& meta_leaf);

// F_j. `sha256_of_content` and `size` are zero for what is not a regular file.
Hash file_leaf(const ExhibitKeys::LeafSalts& salts, std::uint64_t size, const Hash& sha256_of_content,
               View entry);

}  // namespace exchange
