#include <cstdlib>

#include "libexchange/crypto/age.h"
#include "libexchange/crypto/merkle.h"
#include "libexchange/crypto/minisign.h"
#include "libexchange/crypto/note.h"
#include "tests/catch.h"
#include "tests/crypto/vectors.h"

using namespace exchange;

namespace {

SigningKey key_of(const nlohmann::json& answers) {
  return SigningKey::from_seed(SigningSeed::copy_of(array_of<32>(hex(answers["seed"]))));
}

Hash hash(const nlohmann::json& text) { return array_of<32>(hex(text)); }

std::vector<Hash> leaves(std::size_t n) {
  std::vector<Hash> out;
  for (std::uint32_t i = 0; i < n; ++i) out.push_back(merkle_leaf(le(i)));
  return out;
}

}  // namespace

TEST_CASE("notes, minisign and age keys are as an independent program makes them") {
  const auto a = read_json("known_answers.json");
  const SigningKey key = key_of(a);
  const VerifierKey vkey{"xa-police/desk", key.public_key()};
  CHECK(vkey.text() == text_of(a["vkey"]));
  CHECK(VerifierKey::parse(a["vkey"].get<std::string>()) == vkey);
  CHECK(sign_note(a["text"], vkey.name, key).whole() == text_of(a["note"]));
  CHECK(verify_note(Note::parse(a["note"].get<std::string>(), "note"), vkey));
  const std::string text = a["text"];
  CHECK(minisign(key, as_view(text)) == text_of(a["minisig"]));
  CHECK(minisign_public_key(key.public_key()) == text_of(a["minisign_key"]));
  const auto identity = AgeIdentity::parse(a["age_identity"].get<std::string>());
  REQUIRE(identity);
  CHECK(identity->recipient().text() == text_of(a["age_recipient"]));
  CHECK(identity->text().expose_text() == text_of(a["age_identity"]));
}

TEST_CASE("Merkle roots and proofs are as an independent program makes them") {
  const auto answers = read_json("known_answers.json");
  for (const auto& tree : answers["trees"]) {
    const std::size_t n = tree["size"];
    const auto all = leaves(n);
    MerkleRoot root;
    for (const Hash& leaf : all) root.add_leaf_hash(leaf);
    const Hash expected = hash(tree["root"]);
    CHECK(root.root() == expected);
    for (std::size_t i = 0; i < n; ++i) {
      const auto proof = merkle_inclusion_proof(all, i);
      REQUIRE(proof.size() == tree["paths"][i].size());
      for (std::size_t j = 0; j < proof.size(); ++j) CHECK(proof[j] == hash(tree["paths"][i][j]));
      CHECK(merkle_verify_inclusion(all[i], i, n, proof, expected));
      CHECK_FALSE(merkle_verify_inclusion(all[i], (i + 1) % n, n, proof, n == 1 ? Hash{} : expected));
      CHECK_FALSE(merkle_verify_inclusion(all[i], i, i, proof, expected));
      auto longer = proof;
      longer.push_back(expected);
      CHECK_FALSE(merkle_verify_inclusion(all[i], i, n, longer, expected));
    }
  }
}

TEST_CASE("consistency proofs hold between all sizes, and only for the right roots") {
  const auto all = leaves(20);
  const auto root_of = [&](std::size_t n) {
    MerkleRoot r;
    for (std::size_t i = 0; i < n; ++i) r.add_leaf_hash(all[i]);
    return r.root();
  };
  for (std::size_t n = 1; n <= all.size(); ++n)
    for (std::size_t m = 1; m <= n; ++m) {
      const auto proof = merkle_consistency_proof(std::span(all).first(n), m);
      CHECK(merkle_verify_consistency(m, root_of(m), n, root_of(n), proof));
      Hash other = root_of(m);
      other[0] ^= 1;
      CHECK_FALSE(merkle_verify_consistency(m, other, n, root_of(n), proof));
      auto longer = proof;
      longer.push_back(other);
      CHECK_FALSE(merkle_verify_consistency(m, root_of(m), n, root_of(n), longer));
    }
}

TEST_CASE("the test tree of RFC 6962 implementations") {
  const char* inputs[] = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  MerkleRoot root;
  for (int i = 0; i < 8; ++i) {
    root.add(from_hex(inputs[i]).value());
    CHECK(to_hex(root.root()) == roots[i]);
  }
}

TEST_CASE("notes are strict") {
  const auto a = read_json("known_answers.json");
  const std::string good = a["note"];
  const VerifierKey key = *VerifierKey::parse(a["vkey"].get<std::string>());
  const auto refused = [&](const std::string& text) { CHECK_THROWS_AS(Note::parse(text, "note"), Failure); };
  refused("");
  refused(a["text"]);
  refused(good.substr(0, good.size() - 1));
  refused(good + "\n");
  refused("a\rb" + good);
  refused("\xff" + good);
  std::string changed = good;
  changed[2] ^= 1;
  CHECK_FALSE(verify_note(Note::parse(changed, "note"), key));
  const std::string line = good.substr(good.find("\xe2\x80\x94"));
  CHECK_FALSE(verify_note(Note::parse(good + line, "note"), key));  // the same name and id twice
  CHECK(verify_note(Note::parse(good + "\xe2\x80\x94 other AAAAAAAAAA==\n", "note"), key));
}

TEST_CASE("a minisign signature has no byte that is free to change") {
  const auto a = read_json("known_answers.json");
  const std::string text = a["text"], good = a["minisig"];
  const PublicKey key = key_of(a).public_key();
  REQUIRE(minisign_verify(key, as_view(text), good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_FALSE(minisign_verify(key, as_view(text), bad));
  }
}
