// C2SP signed notes: a text, an empty line, signature lines. https://c2sp.org/signed-note
//
// The text of every note this project signs ends in LF and is refused over 64 KiB or 16 signature lines.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/crypto/sign.h"

namespace exchange {

// A verifier key, "NAME+HASH8+BASE64(0x01 || 32 bytes)". NAME is not empty and has no space or plus.
struct VerifierKey {
  std::string name;
  PublicKey key{};
  std::uint32_t id() const;  // first 4 bytes of SHA-256(name || LF || 0x01 || key), big-endian
  std::string text() const;
  static std::optional<VerifierKey> parse(std::string_view text);  // id must match
  bool operator==(const VerifierKey&) const = default;
};

struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  Bytes signature;  // whatever the algorithm of that key makes
};

struct Note {
  std::string text;  // up to and including the LF before the empty line
  std::vector<NoteSignature> signatures;

  // Strict: UTF-8 without control characters but LF, one blank line before the signatures, each line
  // "— NAME BASE64", at least one. Failure{malformed} or {limit} names `what`.
  static Note parse(std::string_view whole, const std::string& what);
  std::string whole() const;
};

// `text` must end in LF. Signs as `name`.
Note sign_note(std::string text, const std::string& name, const SigningKey& key);
std::string signature_line(const NoteSignature& s);  // with its LF

// True if exactly one line carries the key's name and id, and it verifies. Lines of other keys are ignored.
[[nodiscard]] bool verify_note(const Note& note, const VerifierKey& key);

}  // namespace exchange
