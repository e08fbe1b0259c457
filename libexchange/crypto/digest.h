// SHA-256 (FIPS 180-4) by OpenSSL, which uses the processor's SHA instructions.
#pragma once
#include <initializer_list>
#include <memory>

#include "libexchange/base/bytes.h"

struct evp_md_ctx_st;

namespace exchange {

// A digest in progress. Reusable after finish(). One thread at a time.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void update(View bytes);
  Hash finish();  // and starts anew

 private:
  struct Free {
    void operator()(evp_md_ctx_st* p) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Hash sha256(View bytes);
Hash sha256(std::initializer_list<View> parts);  // of the parts joined

}  // namespace exchange
