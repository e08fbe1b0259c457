// The Merkle tree of a log (RFC 6962 section 2.1) over stored hashes, so that appending and proving read
// O(log n) of them.
//
// Every complete subtree has a stored hash; they stand in the order in which they became known: each leaf
// hash, then the hashes of the subtrees that it completes, from small to large.
#pragma once
#include <functional>
#include <vector>

#include "libexchange/crypto/merkle.h"

namespace exchange {

// Where the hash of the subtree of 2^level leaves that begins at leaf n * 2^level is stored.
std::uint64_t stored_position(unsigned level, std::uint64_t n);
// How many hashes are stored for `leaves` leaves: 2 * leaves minus its number of one bits.
std::uint64_t stored_count(std::uint64_t leaves);

class StoredTree {
 public:
  using Read = std::function<Hash(std::uint64_t position)>;
  explicit StoredTree(Read read) : read_(std::move(read)) {}

  // What to store when leaf `index` is added to a tree of that many leaves; subtrees of the same leaf are
  // not read back.
  std::vector<Hash> hashes_for(std::uint64_t index, const Hash& leaf) const;
  Hash root(std::uint64_t size) const;                                               // SHA-256("") when 0
  std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size) const;  // index < size
  std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t size) const;  // 1 .. size

 private:
  Hash subtree(std::uint64_t begin, std::uint64_t end) const;
  Read read_;
};

}  // namespace exchange
