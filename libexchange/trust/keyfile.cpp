#include "libexchange/trust/keyfile.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "libexchange/base/file.h"
#include "libexchange/base/text.h"
#include "libexchange/trust/address.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxKeyFile = 16 * 1024;
constexpr std::string_view kPrivate = "PRIVATE+KEY+";
constexpr std::string_view kExampleLine = "# EXAMPLE: nothing that this key signs is evidence\n";

void put(SecretBytes& out, std::size_t& at, std::string_view text) {
  std::ranges::copy(as_view(text), out.expose_secret_for_writing().begin() + static_cast<std::ptrdiff_t>(at));
  at += text.size();
}

// base64(0x01 || seed) without leaving copies in ordinary memory: 33 bytes are 44 characters without padding.
SecretBytes encoded_seed(const SigningKey& key) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  SecretBytes typed(33), out(44);
  typed.expose_secret_for_writing()[0] = 1;
  std::ranges::copy(key.expose_seed().expose_secret(), typed.expose_secret_for_writing().begin() + 1);
  const View b = typed.expose_secret();
  for (std::size_t i = 0; i < 11; ++i) {
    const std::uint32_t bits =
        std::uint32_t{b[3 * i]} << 16 | std::uint32_t{b[3 * i + 1]} << 8 | b[3 * i + 2];
    for (std::size_t j = 0; j < 4; ++j)
      out.expose_secret_for_writing()[4 * i + j] =
          static_cast<std::uint8_t>(alphabet[bits >> (18 - 6 * j) & 63]);
  }
  return out;
}

}  // namespace

SecretBytes key_text(const PrivateKeys& keys) {
  const std::string head =
      fmt::format("# valise private key of {}\n{}# signing {}\n{}", keys.name,
                  keys.example ? kExampleLine : "", keys.verifier().text(),
                  keys.receiving ? "# receiving " + keys.receiving->recipient().text() + "\n" : "");
  const std::string vkey = keys.verifier().text();
  const std::size_t key_at = keys.name.size() + 1 + 8 + 1;  // after NAME+HASH8+; base64 may hold more of them
  const std::string start = std::string(kPrivate) + vkey.substr(0, key_at);
  const SecretBytes seed = encoded_seed(keys.signing);
  const SecretBytes receiving = keys.receiving ? keys.receiving->text() : SecretBytes();
  const std::size_t receiving_size = keys.receiving ? receiving.size() + 1 : 0;
  SecretBytes out(head.size() + start.size() + seed.size() + 1 + receiving_size);
  std::size_t at = 0;
  put(out, at, head);
  put(out, at, start);
  put(out, at, seed.expose_text());
  put(out, at, "\n");
  if (keys.receiving) {
    put(out, at, receiving.expose_text());
    put(out, at, "\n");
  }
  return out;
}

PrivateKeys parse_key_text(std::string_view text, const std::string& where) {
  const Failure bad(Code::key, where + ": is not a private key of valise", "restore it from a backup");
  std::optional<SigningKey> signing;
  std::optional<AgeIdentity> receiving;
  std::string name;
  for (std::string_view line : split(text, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with(kPrivate)) {
      const std::string_view rest = line.substr(kPrivate.size());
      const std::size_t first = rest.find('+'),
                        second = first == rest.npos ? first : rest.find('+', first + 1);
      if (second == rest.npos || signing) throw bad;
      auto bytes = from_base64(rest.substr(second + 1));
      if (!bytes || bytes->size() != 33 || bytes->front() != 1) throw bad;
      signing = SigningKey::from_seed(
          SigningSeed::copy_of(std::span<const std::uint8_t, 32>(bytes->data() + 1, 32)));
      wipe(*bytes);
      name = rest.substr(0, first);
      if (!VerifierKey{name, signing->public_key()}.text().starts_with(rest.substr(0, second + 1))) throw bad;
    } else if (!receiving) {
      receiving = AgeIdentity::parse(line);
      if (!receiving) throw bad;
    } else {
      throw bad;
    }
  }
  const bool officer = Address::parse(name).has_value();
  if (!signing || (!officer && !is_agency_id(name)) || officer != receiving.has_value()) throw bad;
  return {name, std::move(*signing), std::move(receiving), text.find(kExampleLine) != text.npos};
}

void write_key_file(const fs::path& path, const PrivateKeys& keys, std::string_view passphrase,
                    bool replace) {
  const SecretBytes text = key_text(keys);
  OutputFile out(path, replace ? OutputFile::Existing::replace : OutputFile::Existing::refuse, 0600);
  if (passphrase.empty())
    out.write(text.expose_secret());
  else
    out.write(age_encrypt_passphrase(passphrase, text.expose_secret()));
  out.commit();
}

bool key_file_needs_passphrase(const fs::path& path) {
  return age_is_passphrase_file(read_file(path, kMaxKeyFile));
}

PrivateKeys read_key_file(const fs::path& path, const AskPassphrase& ask,
                          const std::function<void(const std::string&)>& warn) {
  const std::string shown = printable(path.native());
  const Fd fd = open_file(path, O_RDONLY | O_NOCTTY);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) fail_errno(shown, errno);
  Bytes bytes = read_file(path, kMaxKeyFile);
  std::optional<SecretBytes> text;
  if (age_is_passphrase_file(bytes)) {
    const std::string key_name = path.parent_path().filename().native() + "/" + path.stem().native();
    const SecretBytes passphrase = ask(key_name);
    text = age_decrypt_passphrase(passphrase.expose_text(), bytes);
    if (!text)
      throw Failure(Code::key, shown + ": the passphrase is wrong",
                    "try again; nobody else can open this key");
  } else {
    text = SecretBytes::copy_of(bytes);
    wipe(bytes);
  }
  PrivateKeys keys = parse_key_text(text->expose_text(), shown);
  if (status.st_mode & 077) {
    if (!keys.example)
      throw Failure(Code::key, shown + ": others can read this private key", "run: chmod 600 " + shown);
    warn(shown + ": others can read this EXAMPLE key");
  }
  return keys;
}

}  // namespace exchange
