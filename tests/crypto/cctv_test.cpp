#include "libexchange/crypto/age.h"
#include "libexchange/crypto/digest.h"
#include "libexchange/crypto/sign.h"
#include "tests/catch.h"
#include "tests/crypto/vectors.h"

using namespace exchange;

// Accepted: what no flag speaks against. A small order or non-canonical A or R, or a signature that holds
// only when multiplied by the cofactor, is refused.
TEST_CASE("Ed25519 judges the C2SP edge cases as docs/format.md says") {
  std::size_t accepted = 0, count = 0;
  for (const auto& v : read_json("cctv/ed25519vectors.json")) {
    ++count;
    bool refuse = false;
    if (v["flags"].is_array())
      for (const std::string flag : v["flags"])
        refuse = refuse || flag == "low_order_A" || flag == "low_order_R" || flag == "non_canonical_A" ||
                 flag == "non_canonical_R" || flag == "low_order_residue";
    const bool ok = verify(array_of<32>(hex(v["key"])), as_view(v["msg"].get_ref<const std::string&>()),
                           array_of<64>(hex(v["sig"])));
    INFO("vector " << v["number"] << " " << v["flags"].dump());
    CHECK(ok == !refuse);
    accepted += ok;
  }
  CHECK(count == 914);
  CHECK(accepted == 43);
}

namespace {

struct AgeVector {
  std::string expect, payload, identity, passphrase;
  Bytes file;
};

AgeVector read_vector(const fs::path& path) {
  AgeVector v;
  const Bytes bytes = read_file(path, 1 << 20);
  std::string_view rest = as_text(bytes);
  for (;;) {
    const std::size_t end = rest.find('\n');
    const std::string line(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (line.empty()) break;
    const std::size_t colon = line.find(": ");
    const std::string key = line.substr(0, colon), value = line.substr(colon + 2);
    if (key == "expect") v.expect = value;
    if (key == "payload") v.payload = value;
    if (key == "identity" && v.identity.empty()) v.identity = value;
    if (key == "passphrase" && v.passphrase.empty()) v.passphrase = value;
  }
  v.file = to_bytes(rest);
  return v;
}

// The outcome in the words of the vectors.
std::string outcome(const AgeVector& v) {
  try {
    std::optional<SecretBytes> plain;
    age_stanza_count(v.file);
    if (!v.passphrase.empty()) {
      plain = age_decrypt_passphrase(v.passphrase, v.file, {32 << 20, 65536});
    } else {
      const auto identity = AgeIdentity::parse(v.identity);
      if (!identity) return "bad identity";
      const AgeIdentity* identities[] = {&*identity};
      plain = age_decrypt(identities, v.file, {32 << 20, 65536});
    }
    if (!plain) return "no match";
    return to_hex(sha256(plain->expose_secret())) == v.payload ? "success" : "wrong payload";
  } catch (const Failure& f) {
    return std::string(name_of(f.code()));
  }
}

bool fits(const std::string& expect, const std::string& outcome) {
  if (expect == "success") return outcome == "success";
  if (expect == "no match") return outcome == "no match" || outcome == "bad identity";
  if (expect == "HMAC failure" || expect == "payload failure")
    return outcome == "key" || outcome == "malformed";
  return outcome == "malformed" || outcome == "key" || outcome == "limit";  // header failure
}

}  // namespace

TEST_CASE("age files agree with the C2SP vectors") {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(std::string(TEST_SOURCE_DIR) + "/vectors/cctv/age")) {
    const AgeVector v = read_vector(entry.path());
    INFO(entry.path().filename() << " expects " << v.expect);
    const std::string got = outcome(v);
    INFO("got " << got);
    CHECK(fits(v.expect, got));
    ++count;
  }
  CHECK(count == 73);  // all but hybrid, armored and megabyte ones
}

TEST_CASE("age: low order shares and long file keys are doubtful keys, armour is refused") {
  const std::string folder = std::string(TEST_SOURCE_DIR) + "/vectors/cctv/age/";
  CHECK(outcome(read_vector(folder + "x25519_low_order")) == "key");
  CHECK(outcome(read_vector(folder + "x25519_long_file_key")) == "key");
  CHECK(outcome(read_vector(folder + "hmac_bad")) == "key");
  CHECK(outcome(read_vector(folder + "stanza_not_canonical")) == "malformed");
  CHECK_THROWS_AS(age_stanza_count(as_view("-----BEGIN AGE ENCRYPTED FILE-----\n")), Failure);
}
