#include "libexchange/custody/tree.h"

#include "libexchange/base/text.h"
#include "tests/catch.h"

using namespace exchange;

namespace {

struct Grown {
  std::vector<Hash> leaves, stored;
  StoredTree tree{[this](std::uint64_t at) { return stored.at(at); }};
  void add(View data) {
    leaves.push_back(merkle_leaf(data));
    for (const Hash& h : tree.hashes_for(leaves.size() - 1, leaves.back())) stored.push_back(h);
  }
};

}  // namespace

// The eight inputs and roots of the reference tests of Certificate Transparency (RFC 6962).
TEST_CASE("known tree heads") {
  const std::vector<std::string> inputs = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Grown g;
  CHECK(to_hex(g.tree.root(0)) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    g.add(*from_hex(inputs[i]));
    CHECK(to_hex(g.tree.root(i + 1)) == roots[i]);
    CHECK(g.stored.size() == stored_count(i + 1));
  }
  for (std::size_t i = 0; i < roots.size(); ++i) CHECK(to_hex(g.tree.root(i + 1)) == roots[i]);
}

TEST_CASE("stored proofs are those of a whole tree, at every size") {
  Grown g;
  for (std::uint64_t size = 1; size <= 70; ++size) {
    g.add(as_view(std::to_string(size)));
    const Hash root = g.tree.root(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto proof = g.tree.inclusion_proof(i, size);
      CHECK(proof == merkle_inclusion_proof(g.leaves, i));
      CHECK(merkle_verify_inclusion(g.leaves[i], i, size, proof, root));
      const auto consistent = g.tree.consistency_proof(i + 1, size);
      CHECK(consistent == merkle_consistency_proof(g.leaves, i + 1));
      CHECK(merkle_verify_consistency(i + 1, g.tree.root(i + 1), size, root, consistent));
    }
  }
}

TEST_CASE("appending and proving read few stored hashes") {
  std::vector<Hash> stored;
  std::size_t reads = 0;
  StoredTree tree([&](std::uint64_t at) {
    ++reads;
    return stored.at(at);
  });
  const std::uint64_t size = (1 << 16) - 1;
  for (std::uint64_t i = 0; i < size; ++i)
    for (const Hash& h : tree.hashes_for(i, Hash{})) stored.push_back(h);
  CHECK(reads <= size);
  reads = 0;
  tree.inclusion_proof(12345, size);
  CHECK(reads <= 16 * 17 / 2);
}
