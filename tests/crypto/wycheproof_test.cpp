#include "libexchange/crypto/aead.h"
#include "libexchange/crypto/hkdf.h"
#include "libexchange/crypto/sign.h"
#include "libexchange/crypto/x25519.h"
#include "tests/catch.h"
#include "tests/crypto/vectors.h"

using namespace exchange;

namespace {

// Calls check(group, test, expected to be valid) for every test of the file; returns how many there were.
template <class Check>
std::size_t each(const std::string& file, Check check) {
  const auto root = read_json("wycheproof/" + file);
  std::size_t count = 0;
  for (const auto& group : root["testGroups"])
    for (const auto& test : group["tests"]) {
      INFO(file << " " << test["tcId"] << " " << test["comment"]);
      check(group, test, test["result"] == "valid");
      ++count;
    }
  CHECK(count == root["numberOfTests"].get<std::size_t>());
  return count;
}

}  // namespace

TEST_CASE("ChaCha20-Poly1305 agrees with Wycheproof") {
  std::size_t other_nonces = 0;
  each("chacha20_poly1305_test.json", [&](const auto&, const auto& t, bool valid) {
    const Bytes iv = hex(t["iv"]), aad = hex(t["aad"]), msg = hex(t["msg"]);
    if (iv.size() != 12) {  // our nonces have 12 bytes by their type
      ++other_nonces;
      CHECK_FALSE(valid);
      return;
    }
    Bytes sealed = hex(t["ct"]);
    append(sealed, hex(t["tag"]));
    Aead aead(AeadKey::copy_of(array_of<32>(hex(t["key"]))));
    Bytes plain(sealed.size() - kTagSize, 0xaa);
    const bool opened = aead.open(plain, array_of<12>(iv), aad, sealed);
    CHECK(opened == valid);
    CHECK(plain == (valid ? msg : Bytes(plain.size(), 0)));
    if (!valid) return;
    Bytes out(msg.size() + kTagSize);
    aead.seal(out, array_of<12>(iv), aad, msg);
    CHECK(out == sealed);
  });
  CHECK(other_nonces > 0);
}

TEST_CASE("X25519 agrees with Wycheproof, and refuses a zero secret") {
  each("x25519_test.json", [&](const auto&, const auto& t, bool) {
    const Bytes expected = hex(t["shared"]);
    const auto shared = x25519(array_of<32>(hex(t["private"])), array_of<32>(hex(t["public"])));
    if (expected == Bytes(32, 0))
      CHECK_FALSE(shared.has_value());
    else
      CHECK((shared.has_value() && to_bytes(shared->expose_secret()) == expected));
  });
}

TEST_CASE("Ed25519 agrees with Wycheproof") {
  each("ed25519_test.json", [&](const auto& group, const auto& t, bool valid) {
    const Bytes signature = hex(t["sig"]);
    if (signature.size() != 64) {
      CHECK_FALSE(valid);
      return;
    }
    CHECK(verify(array_of<32>(hex(group["publicKey"]["pk"])), hex(t["msg"]), array_of<64>(signature)) ==
          valid);
  });
}

TEST_CASE("HKDF-SHA-256 agrees with Wycheproof") {
  each("hkdf_sha256_test.json", [&](const auto&, const auto& t, bool valid) {
    const std::size_t size = t["size"];
    if (!valid) {
      CHECK(size > 255 * 32);
      return;
    }
    const SecretBytes prk = hkdf_extract(hex(t["salt"]), hex(t["ikm"]));
    CHECK(to_bytes(hkdf_expand(prk.expose_secret(), hex(t["info"]), size).expose_secret()) == hex(t["okm"]));
  });
}

TEST_CASE("HMAC-SHA-256 agrees with Wycheproof") {
  each("hmac_sha256_test.json", [&](const auto&, const auto& t, bool valid) {
    const Hash tag = hmac_sha256(hex(t["key"]), hex(t["msg"]));
    const Bytes expected = hex(t["tag"]);
    CHECK(std::equal(expected.begin(), expected.end(), tag.begin()) == valid);
  });
}
