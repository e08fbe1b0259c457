// Merkle trees of RFC 6962 section 2.1, over SHA-256. Leaves are given as data; the tree hashes them with
// the 0x00 prefix.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "libexchange/base/bytes.h"

namespace exchange {

Hash merkle_leaf(View data);                            // SHA-256(0x00 || data)
Hash merkle_node(const Hash& left, const Hash& right);  // SHA-256(0x01 || left || right)

// The root of a growing list in O(log n) memory.
class MerkleRoot {
 public:
  void add(View data) { add_leaf_hash(merkle_leaf(data)); }
  void add_leaf_hash(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  Hash root() const;  // SHA-256("") when empty

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> stack_;  // roots of full subtrees, largest first
};

// Proofs from all leaf hashes. `index` < size; `old_size` 1 .. size.
std::vector<Hash> merkle_inclusion_proof(std::span<const Hash> leaf_hashes, std::uint64_t index);
std::vector<Hash> merkle_consistency_proof(std::span<const Hash> leaf_hashes, std::uint64_t old_size);

// RFC 9162 section 2.1.3.2 and 2.1.4.2. False for any wrong index, size, length or hash.
[[nodiscard]] bool merkle_verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                                           std::span<const Hash> proof, const Hash& root);
[[nodiscard]] bool merkle_verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                                             const Hash& root, std::span<const Hash> proof);

}  // namespace exchange
