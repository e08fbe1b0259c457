#include "libexchange/custody/tree.h"

#include <algorithm>
#include <bit>

#include "libexchange/base/failure.h"

namespace exchange {

std::uint64_t stored_count(std::uint64_t leaves) {
  return 2 * leaves - static_cast<std::uint64_t>(std::popcount(leaves));
}

std::uint64_t stored_position(unsigned level, std::uint64_t n) {
  // The subtree is complete with leaf (n + 1) * 2^level - 1, whose own hash comes `level` places before.
  return stored_count(((n + 1) << level) - 1) + level;
}

std::vector<Hash> StoredTree::hashes_for(std::uint64_t index, const Hash& leaf) const {
  std::vector<Hash> out = {leaf};
  for (unsigned level = 0; (index >> level) & 1; ++level)
    out.push_back(merkle_node(read_(stored_position(level, (index >> level) - 1)), out.back()));
  return out;
}

// The tree hash of leaves [begin, end), where `begin` is a multiple of the smallest power of two >= its size.
Hash StoredTree::subtree(std::uint64_t begin, std::uint64_t end) const {
  const std::uint64_t size = end - begin;
  if (std::has_single_bit(size)) {
    const auto level = static_cast<unsigned>(std::countr_zero(size));
    return read_(stored_position(level, begin >> level));
  }
  const std::uint64_t middle = begin + std::bit_floor(size);
  return merkle_node(subtree(begin, middle), subtree(middle, end));
}

Hash StoredTree::root(std::uint64_t size) const { return size == 0 ? MerkleRoot().root() : subtree(0, size); }

std::vector<Hash> StoredTree::inclusion_proof(std::uint64_t index, std::uint64_t size) const {
  ensure(index < size, "an inclusion proof beyond the tree");
  std::vector<Hash> proof;  // from the root down, turned at the end
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + std::bit_ceil(end - begin) / 2;
    const bool left = index < middle;
    proof.push_back(left ? subtree(middle, end) : subtree(begin, middle));
    (left ? end : begin) = middle;
  }
  std::ranges::reverse(proof);
  return proof;
}

std::vector<Hash> StoredTree::consistency_proof(std::uint64_t old_size, std::uint64_t size) const {
  ensure(old_size >= 1 && old_size <= size, "a consistency proof beyond the tree");
  std::vector<Hash> proof;
  std::uint64_t begin = 0, end = size;
  while (end != old_size) {
    const std::uint64_t middle = begin + std::bit_ceil(end - begin) / 2;
    const bool left = old_size <= middle;
    proof.push_back(left ? subtree(middle, end) : subtree(begin, middle));
    (left ? end : begin) = middle;
  }
  if (begin != 0) proof.push_back(subtree(begin, end));  // else the old root is known to who checks
  std::ranges::reverse(proof);
  return proof;
}

}  // namespace exchange
