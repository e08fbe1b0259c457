#include "libexchange/crypto/merkle.h"

#include <bit>

#include "libexchange/base/failure.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

Hash merkle_leaf(View data) {
  const std::array<std::uint8_t, 1> prefix = {0};
  return sha256({prefix, data});
}

Hash merkle_node(const Hash& left, const Hash& right) {
  const std::array<std::uint8_t, 1> prefix = {1};
  return sha256({prefix, left, right});
}

void MerkleRoot::add_leaf_hash(const Hash& leaf) {
  Hash top = leaf;
  for (std::uint64_t n = size_; n & 1; n >>= 1) {
    top = merkle_node(stack_.back(), top);
    stack_.pop_back();
  }
  stack_.push_back(top);
  ++size_;
}

Hash MerkleRoot::root() const {
  if (stack_.empty()) return sha256(View{});
  Hash top = stack_.back();
  for (std::size_t i = stack_.size() - 1; i-- > 0;) top = merkle_node(stack_[i], top);
  return top;
}

namespace {

std::size_t split_at(std::size_t n) { return std::bit_floor(n - 1); }  // largest power of two below n

Hash root_of(std::span<const Hash> leaves) {
  MerkleRoot root;
  for (const Hash& leaf : leaves) root.add_leaf_hash(leaf);
  return root.root();
}

void inclusion(std::span<const Hash> leaves, std::size_t index, std::vector<Hash>& proof) {
  if (leaves.size() <= 1) return;
  const std::size_t k = split_at(leaves.size());
  if (index < k) {
    inclusion(leaves.first(k), index, proof);
    proof.push_back(root_of(leaves.subspan(k)));
  } else {
    inclusion(leaves.subspan(k), index - k, proof);
    proof.push_back(root_of(leaves.first(k)));
  }
}

// SUBPROOF of RFC 6962 section 2.1.2.
void consistency(std::span<const Hash> leaves, std::size_t old_size, bool known, std::vector<Hash>& proof) {
  if (old_size == leaves.size()) {
    if (!known) proof.push_back(root_of(leaves));
    return;
  }
  const std::size_t k = split_at(leaves.size());
  if (old_size <= k) {
    consistency(leaves.first(k), old_size, known, proof);
    proof.push_back(root_of(leaves.subspan(k)));
  } else {
    consistency(leaves.subspan(k), old_size - k, false, proof);
    proof.push_back(root_of(leaves.first(k)));
  }
}

}  // namespace

std::vector<Hash> merkle_inclusion_proof(std::span<const Hash> leaf_hashes, std::uint64_t index) {
  ensure(index < leaf_hashes.size(), "a leaf outside the tree");
  std::vector<Hash> proof;
  inclusion(leaf_hashes, index, proof);
  return proof;
}

std::vector<Hash> merkle_consistency_proof(std::span<const Hash> leaf_hashes, std::uint64_t old_size) {
  ensure(old_size >= 1 && old_size <= leaf_hashes.size(), "an old size outside the tree");
  std::vector<Hash> proof;
  consistency(leaf_hashes, old_size, true, proof);
  return proof;
}

bool merkle_verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                             std::span<const Hash> proof, const Hash& root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  Hash r = leaf;
  for (const Hash& p : proof) {
    if (sn == 0) return false;
    if ((fn & 1) || fn == sn) {
      r = merkle_node(p, r);
      while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      r = merkle_node(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && r == root;
}

bool merkle_verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                               const Hash& root, std::span<const Hash> proof) {
  if (old_size == 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  std::vector<Hash> path(proof.begin(), proof.end());
  if (std::has_single_bit(old_size)) path.insert(path.begin(), old_root);
  if (path.empty()) return false;
  std::uint64_t fn = old_size - 1, sn = size - 1;
  while (fn & 1) fn >>= 1, sn >>= 1;
  Hash fr = path[0], sr = path[0];
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) || fn == sn) {
      fr = merkle_node(path[i], fr);
      sr = merkle_node(path[i], sr);
      while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      sr = merkle_node(sr, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == old_root && sr == root;
}

}  // namespace exchange
