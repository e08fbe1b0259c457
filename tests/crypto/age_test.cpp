#include "libexchange/crypto/age.h"

#include "libexchange/base/failure.h"
#include "tests/catch.h"

using namespace exchange;

TEST_CASE("an age file opens for each recipient and nobody else") {
  const AgeIdentity a = AgeIdentity::generate(), b = AgeIdentity::generate(),
                    stranger = AgeIdentity::generate();
  const AgeRecipient recipients[] = {a.recipient(), b.recipient()};
  for (std::size_t size : {0u, 1u, 32u, 65535u, 65536u, 65537u, 200000u}) {
    const Bytes plain(size, 7);
    const Bytes file = age_encrypt(recipients, plain);
    CHECK(age_stanza_count(file) == 2);
    for (const AgeIdentity* id : {&a, &b}) {
      const AgeIdentity* ids[] = {&stranger, id};
      const auto opened = age_decrypt(ids, file);
      REQUIRE(opened);
      CHECK(to_bytes(opened->expose_secret()) == plain);
    }
    const AgeIdentity* nobody[] = {&stranger};
    CHECK_FALSE(age_decrypt(nobody, file).has_value());
  }
}

TEST_CASE("any changed byte of an age file is refused or fits nobody") {
  const AgeIdentity a = AgeIdentity::generate();
  const AgeRecipient recipients[] = {a.recipient()};
  const AgeIdentity* ids[] = {&a};
  const Bytes good = age_encrypt(recipients, Bytes(32, 1));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 1;
    bool refused = false;
    try {
      refused = !age_decrypt(ids, bad).has_value();
    } catch (const Failure& f) {
      refused = f.code() == Code::malformed || f.code() == Code::key;
    }
    INFO("byte " << i);
    CHECK(refused);
  }
}

TEST_CASE("a passphrase file opens with its passphrase only") {
  const Bytes file = age_encrypt_passphrase("open sesame", as_view("secret"), 10);
  CHECK(age_is_passphrase_file(file));
  CHECK(age_decrypt_passphrase("open sesame", file)->expose_text() == "secret");
  CHECK_FALSE(age_decrypt_passphrase("open sesam", file).has_value());
}

TEST_CASE("payloads beyond the limit are refused before they are opened") {
  const AgeIdentity a = AgeIdentity::generate();
  const AgeRecipient recipients[] = {a.recipient()};
  const AgeIdentity* ids[] = {&a};
  const Bytes file = age_encrypt(recipients, Bytes(100));
  CHECK_THROWS_AS(age_decrypt(ids, file, {99, 10}), Failure);
  CHECK(age_decrypt(ids, file, {100, 10}).has_value());
}
