// Private keys at rest. With a passphrase a key file is a binary age passphrase file, which stock `age -d`
// opens; without one it is the same text in the clear. Mode 0600.
//
// The text: comment lines with the public halves, then "PRIVATE+KEY+NAME+HASH8+BASE64" (signing) and, for
// officers, "AGE-SECRET-KEY-1…" (receiving).
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "libexchange/crypto/age.h"
#include "libexchange/crypto/note.h"
#include "libexchange/crypto/sign.h"

namespace exchange {

struct PrivateKeys {
  std::string name;  // AGENCY or AGENCY/NAME
  SigningKey signing;
  std::optional<AgeIdentity> receiving;  // none for an agency root
  bool example = false;
  VerifierKey verifier() const { return {name, signing.public_key()}; }
};

// Asks for a passphrase; the argument names the key. Called only when one is needed.
using AskPassphrase = std::function<SecretBytes(const std::string& key_name)>;

SecretBytes key_text(const PrivateKeys& keys);
PrivateKeys parse_key_text(std::string_view text, const std::string& where);

// Empty passphrase: in the clear. Refuses to replace unless `replace`.
void write_key_file(const std::filesystem::path& path, const PrivateKeys& keys, std::string_view passphrase,
                    bool replace = false);

// Failure{key}: wrong passphrase, or readable by group or others (for a key marked EXAMPLE: `warn` gets a
// line instead). Failure{unavailable}: not there.
PrivateKeys read_key_file(const std::filesystem::path& path, const AskPassphrase& ask,
                          const std::function<void(const std::string&)>& warn);
bool key_file_needs_passphrase(const std::filesystem::path& path);

}  // namespace exchange
