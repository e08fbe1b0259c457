#include "libexchange/crypto/digest.h"

#include "libexchange/crypto/openssl.h"

namespace exchange {

namespace {

const EVP_MD* algorithm() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // fetched once: fetching is slow
  return md;
}

Hash end(EVP_MD_CTX* context) {
  Hash hash{};
  unsigned length = 0;
  openssl_ok(EVP_DigestFinal_ex(context, hash.data(), &length));
  return hash;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* p) const { EVP_MD_CTX_free(p); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  ensure(context_ != nullptr, "no memory for a digest");
  openssl_ok(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr));
}

void Sha256::update(View bytes) { openssl_ok(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

Hash Sha256::finish() {
  const Hash hash = end(context_.get());
  openssl_ok(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr));
  return hash;
}

Hash sha256(View bytes) { return sha256({bytes}); }

Hash sha256(std::initializer_list<View> parts) {
  thread_local Sha256 digest;
  for (View part : parts) digest.update(part);
  return digest.finish();
}

}  // namespace exchange
