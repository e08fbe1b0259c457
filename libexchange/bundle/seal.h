// The seal: the one signed statement of a bundle, and the SEAL frame that carries it. docs/format.md, "Seal".
#pragma once
#include <string>
#include <string_view>

#include "libexchange/base/time.h"
#include "libexchange/crypto/note.h"

namespace exchange {

struct Seal {
  Hash bundle_id{};
  Hash header{};              // H
  std::uint64_t length = 0;   // sealed_len
  Hash slices{};              // root of the ciphertext tree
  std::uint64_t streams = 0;  // `exhibits` in the text: case views and exhibits
  Hash content{};             // root of the content tree
  VerifierKey signer;
  Hash endorsement{};  // SHA-256 of the endorsement's text
  std::string policy;  // name
  Hash policy_hash{};
  std::uint64_t approvals = 0;  // how many are needed
  std::string approval_usage = "-";
  bool has_parent = false;
  Hash parent{};  // seal id of the bundle that this one supplements
  Instant time;

  std::string text() const;
  // Strict: every line, in order, canonical values. Failure{malformed}; {unsupported} for another suite.
  static Seal parse(std::string_view text);
};

// SHA-256 of a seal's text: the name of a bundle in every other statement.
Hash seal_id(std::string_view seal_text);

// The body of the SEAL frame.
struct SealBody {
  std::string note, endorsement, minisignature;  // the last may be empty
  Bytes encode() const;
  static SealBody parse(View body);  // Failure{malformed}
};

}  // namespace exchange
