#include "libexchange/crypto/age.h"

#include <sodium.h>

#include <algorithm>
#include <functional>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"
#include "libexchange/crypto/aead.h"
#include "libexchange/crypto/bech32.h"
#include "libexchange/crypto/hkdf.h"
#include "libexchange/crypto/openssl.h"
#include "libexchange/crypto/x25519.h"

namespace exchange {

namespace {

constexpr std::string_view kVersion = "age-encryption.org/v1";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kScryptLabel = "age-encryption.org/v1/scrypt";
constexpr std::size_t kFileKey = 16, kPayloadChunk = 64 * 1024, kMaxWork = std::size_t{1} << 20;
constexpr Nonce kZeroNonce{};

struct FileKeyTag;
using FileKey = Secret<FileKeyTag, kFileKey>;

Failure malformed(const char* why) { return Failure(Code::malformed, std::string("age file: ") + why); }

// ---- header text
// -------------------------------------------------------------------------------------------

struct Stanza {
  std::vector<std::string_view> arguments;  // the first is the type
  Bytes body;
};

struct ParsedFile {
  std::vector<Stanza> stanzas;
  View mac_input;  // up to and including "---"
  Bytes mac;
  View nonce, payload;
};

bool is_vchar_string(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= 33 && c <= 126; });
}

// Takes lines off the front of a header.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text), rest_(text) {}
  std::string_view next() {
    const std::size_t end = rest_.find('\n');
    if (end == rest_.npos) throw malformed("the header is cut");
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }
  std::size_t position() const { return text_.size() - rest_.size(); }

 private:
  std::string_view text_, rest_;
};

Stanza parse_stanza(std::string_view line, Lines& lines) {
  if (!line.starts_with("-> ")) throw malformed("a stanza is malformed");
  Stanza stanza{split(line.substr(3), ' '), {}};
  if (!std::all_of(stanza.arguments.begin(), stanza.arguments.end(), is_vchar_string))
    throw malformed("a stanza's arguments are malformed");
  for (;;) {  // full lines of 64, then one shorter, maybe empty
    const std::string_view body = lines.next();
    const auto bytes = from_base64(body, false);
    if (!bytes || body.size() > 64) throw malformed("a stanza's body is malformed");
    append(stanza.body, *bytes);
    if (body.size() < 64) return stanza;
  }
}

ParsedFile parse_file(View file, std::size_t max_stanzas) {
  const std::string_view text = as_text(file);
  Lines lines(text);
  if (lines.next() != kVersion) throw malformed("not an age file");
  ParsedFile parsed;
  for (;;) {
    const std::size_t at = lines.position();
    const std::string_view line = lines.next();
    if (line.starts_with("---")) {
      const auto mac = line.starts_with("--- ") ? from_base64(line.substr(4), false) : std::nullopt;
      if (!mac || mac->size() != 32 || parsed.stanzas.empty())
        throw malformed("the header's end is malformed");
      parsed.mac_input = file.first(at + 3);
      parsed.mac = *mac;
      break;
    }
    if (parsed.stanzas.size() == max_stanzas) throw Failure(Code::limit, "age file: too many recipients");
    parsed.stanzas.push_back(parse_stanza(line, lines));
  }
  const View rest = file.subspan(lines.position());
  if (rest.size() < 16) throw malformed("the payload is cut");
  parsed.nonce = rest.first(16);
  parsed.payload = rest.subspan(16);
  return parsed;
}

std::string stanza_text(std::initializer_list<std::string_view> arguments, View body) {
  std::string out = "->";
  for (std::string_view a : arguments) out += " " + std::string(a);
  out += "\n";
  const std::string encoded = to_base64(body, false);
  for (std::size_t i = 0; i < encoded.size(); i += 64) out += encoded.substr(i, 64) + "\n";
  if (encoded.size() % 64 == 0) out += "\n";
  return out;
}

Hash header_mac(const FileKey& key, View input) {
  const SecretBytes mac_key =
      hkdf_expand(hkdf_extract({}, key.expose_secret()).expose_secret(), as_view("header"), 32);
  return hmac_sha256(mac_key.expose_secret(), input);
}

// ---- payload
// -----------------------------------------------------------------------------------------------

AeadKey as_aead_key(const SecretBytes& bytes) {
  return AeadKey::copy_of(std::span<const std::uint8_t, 32>(bytes.expose_secret().data(), 32));
}

Aead payload_cipher(const FileKey& key, View nonce) {
  return Aead(as_aead_key(
      hkdf_expand(hkdf_extract(nonce, key.expose_secret()).expose_secret(), as_view("payload"), 32)));
}

Nonce chunk_nonce(std::uint64_t counter, bool last) {
  Nonce nonce{};
  store_be<std::uint64_t>(MutableView(nonce).subspan(3), counter);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

SecretBytes open_payload(const FileKey& key, View nonce, View payload, std::size_t limit) {
  const auto bad = [](const char* why) { return Failure(Code::key, std::string("age file: ") + why); };
  constexpr std::size_t kSealedChunk = kPayloadChunk + kTagSize;
  const std::size_t chunks = std::max<std::size_t>(1, (payload.size() + kSealedChunk - 1) / kSealedChunk);
  if (payload.size() < chunks * kTagSize) throw bad("the payload is cut");
  const std::size_t size = payload.size() - chunks * kTagSize;
  if (size > limit) throw Failure(Code::limit, "age file: the payload is too large");
  if (chunks > 1 && size == (chunks - 1) * kPayloadChunk) throw bad("the payload ends in an empty chunk");
  Aead cipher = payload_cipher(key, nonce);
  SecretBytes plain(size);
  MutableView out = plain.expose_secret_for_writing();
  for (std::size_t i = 0; i < chunks; ++i) {
    const View sealed = payload.first(std::min(payload.size(), kSealedChunk));
    if (!cipher.open(out.first(sealed.size() - kTagSize), chunk_nonce(i, i + 1 == chunks), {}, sealed))
      throw bad("the payload does not open");
    out = out.subspan(sealed.size() - kTagSize);
    payload = payload.subspan(sealed.size());
  }
  return plain;
}

Bytes finish_file(const FileKey& key, std::string header, View plain) {
  header += "---";
  const Hash mac = header_mac(key, as_view(header));
  Bytes file = to_bytes(header + " " + to_base64(mac, false) + "\n");
  std::array<std::uint8_t, 16> nonce{};
  fill_random(nonce);
  append(file, nonce);
  Aead cipher = payload_cipher(key, nonce);
  std::uint64_t counter = 0;
  do {
    const View chunk = plain.first(std::min(plain.size(), kPayloadChunk));
    plain = plain.subspan(chunk.size());
    const std::size_t at = file.size();
    file.resize(at + chunk.size() + kTagSize);
    cipher.seal(MutableView(file).subspan(at), chunk_nonce(counter++, plain.empty()), {}, chunk);
  } while (!plain.empty());
  return file;
}

// ---- stanzas
// -----------------------------------------------------------------------------------------------

SecretBytes wrap_key_x25519(const SecretBytes& shared, View share, View recipient) {
  Bytes salt = to_bytes(share);
  append(salt, recipient);
  return hkdf_expand(hkdf_extract(salt, shared.expose_secret()).expose_secret(), as_view(kX25519Info), 32);
}

Bytes seal_file_key(const SecretBytes& wrap_key, const FileKey& key) {
  Bytes body(kFileKey + kTagSize);
  Aead(as_aead_key(wrap_key)).seal(body, kZeroNonce, {}, key.expose_secret());
  return body;
}

std::optional<FileKey> open_file_key(const SecretBytes& wrap_key, View body) {
  if (body.size() != kFileKey + kTagSize) throw Failure(Code::key, "age file: a file key of wrong length");
  FileKey key;
  if (!Aead(as_aead_key(wrap_key)).open(key.expose_secret_for_writing(), kZeroNonce, {}, body))
    return std::nullopt;
  return key;
}

std::optional<FileKey> unwrap_x25519(const AgeIdentity& identity, const Stanza& stanza) {
  if (stanza.arguments.size() != 2) throw malformed("an X25519 stanza is malformed");
  const auto share = from_base64(stanza.arguments[1], false);
  if (!share || share->size() != 32) throw malformed("an X25519 share is malformed");
  if (stanza.body.size() != kFileKey + kTagSize)
    throw Failure(Code::key, "age file: a file key of wrong length");
  const auto shared =
      x25519(identity.expose_scalar().expose_secret(), std::span<const std::uint8_t, 32>(share->data(), 32));
  if (!shared) throw Failure(Code::key, "age file: an X25519 share of low order");
  return open_file_key(wrap_key_x25519(*shared, *share, identity.recipient().key), stanza.body);
}

SecretBytes scrypt_key(std::string_view passphrase, View salt, int log_n) {
  Bytes labelled = to_bytes(kScryptLabel);
  append(labelled, salt);
  SecretBytes key(32);
  const std::uint64_t n = std::uint64_t{1} << log_n;
  openssl_ok(EVP_PBE_scrypt(passphrase.data(), passphrase.size(), labelled.data(), labelled.size(), n, 8, 1,
                            1024 * (n + 64), key.expose_secret_for_writing().data(), 32));
  return key;
}

bool is_scrypt(const Stanza& s) { return s.arguments[0] == "scrypt"; }

std::optional<SecretBytes> open_with(const ParsedFile& file, const FileKey& key, const AgeLimits& limits) {
  if (sodium_memcmp(header_mac(key, file.mac_input).data(), file.mac.data(), 32) != 0)
    throw Failure(Code::key, "age file: the header was changed");
  return open_payload(key, file.nonce, file.payload, limits.plain);
}

}  // namespace

std::string AgeRecipient::text() const {
  return std::string(bech32_encode("age", exchange::View(key)).expose_text());
}

std::optional<AgeRecipient> AgeRecipient::parse(std::string_view text) {
  const auto bytes = bech32_decode("age", text);
  if (!bytes || bytes->size() != 32 || text.front() != 'a') return std::nullopt;
  AgeRecipient recipient;
  std::ranges::copy(bytes->expose_secret(), recipient.key.begin());
  return recipient;
}

AgeIdentity AgeIdentity::generate() { return AgeIdentity(Secret<AgeIdentityTag, 32>::random()); }

std::optional<AgeIdentity> AgeIdentity::parse(std::string_view text) {
  const auto bytes = bech32_decode("age-secret-key-", text);
  if (!bytes || bytes->size() != 32 || text.front() != 'A') return std::nullopt;
  return AgeIdentity(Secret<AgeIdentityTag, 32>::copy_of(
      std::span<const std::uint8_t, 32>(bytes->expose_secret().data(), 32)));
}

AgeRecipient AgeIdentity::recipient() const {
  AgeRecipient recipient;
  crypto_scalarmult_curve25519_base(recipient.key.data(), scalar_.expose_secret().data());
  return recipient;
}

SecretBytes AgeIdentity::text() const {
  SecretBytes text = bech32_encode("age-secret-key-", scalar_.expose_secret());
  for (std::uint8_t& c : text.expose_secret_for_writing())
    if (c >= 'a' && c <= 'z') c = static_cast<std::uint8_t>(c - 'a' + 'A');
  return text;
}

Bytes age_encrypt(std::span<const AgeRecipient> recipients, View plain) {
  ensure(!recipients.empty() && recipients.size() <= AgeLimits{}.stanzas, "number of recipients");
  const FileKey key = FileKey::random();
  std::string header = std::string(kVersion) + "\n";
  for (const AgeRecipient& recipient : recipients) {
    const AgeIdentity ephemeral = AgeIdentity::generate();
    const auto share = ephemeral.recipient().key;
    const auto shared = x25519(ephemeral.expose_scalar().expose_secret(), recipient.key);
    if (!shared) throw Failure(Code::key, recipient.text() + ": not a usable recipient key");
    header += stanza_text({"X25519", to_base64(share, false)},
                          seal_file_key(wrap_key_x25519(*shared, share, recipient.key), key));
  }
  return finish_file(key, header, plain);
}

Bytes age_encrypt_passphrase(std::string_view passphrase, View plain, int log_n) {
  const FileKey key = FileKey::random();
  std::array<std::uint8_t, 16> salt{};
  fill_random(salt);
  const std::string header = std::string(kVersion) + "\n" +
                             stanza_text({"scrypt", to_base64(salt, false), std::to_string(log_n)},
                                         seal_file_key(scrypt_key(passphrase, salt, log_n), key));
  return finish_file(key, header, plain);
}

std::size_t age_stanza_count(View file) { return parse_file(file, AgeLimits{}.stanzas).stanzas.size(); }

std::optional<SecretBytes> age_decrypt(std::span<const AgeIdentity* const> identities, View file,
                                       const AgeLimits& limits) {
  const ParsedFile parsed = parse_file(file, limits.stanzas);
  if (std::any_of(parsed.stanzas.begin(), parsed.stanzas.end(), is_scrypt))
    throw malformed("a passphrase stanza where keys are due");
  if (identities.size() * parsed.stanzas.size() > kMaxWork)
    throw Failure(Code::limit, "age file: too many recipients for the keys at hand");
  for (const AgeIdentity* identity : identities)
    for (const Stanza& stanza : parsed.stanzas) {
      if (stanza.arguments[0] != "X25519") continue;  // plug-ins and GREASE
      if (const auto key = unwrap_x25519(*identity, stanza)) return open_with(parsed, *key, limits);
    }
  return std::nullopt;
}

std::optional<SecretBytes> age_decrypt_passphrase(std::string_view passphrase, View file,
                                                  const AgeLimits& limits) {
  const ParsedFile parsed = parse_file(file, limits.stanzas);
  if (std::none_of(parsed.stanzas.begin(), parsed.stanzas.end(), is_scrypt)) return std::nullopt;
  if (parsed.stanzas.size() != 1) throw malformed("a passphrase stanza beside others");
  const Stanza& stanza = parsed.stanzas[0];
  if (stanza.arguments.size() != 3) throw malformed("a passphrase stanza is malformed");
  const auto salt = from_base64(stanza.arguments[1], false);
  const std::uint64_t log_n = from_decimal(stanza.arguments[2]).value_or(0);
  if (!salt || salt->size() != 16 || log_n == 0) throw malformed("a passphrase stanza is malformed");
  if (log_n > 20) throw Failure(Code::limit, "age file: its passphrase costs too much work");
  if (stanza.body.size() != kFileKey + kTagSize)
    throw Failure(Code::key, "age file: a file key of wrong length");
  const auto key = open_file_key(scrypt_key(passphrase, *salt, static_cast<int>(log_n)), stanza.body);
  if (!key) return std::nullopt;
  return open_with(parsed, *key, limits);
}

bool age_is_passphrase_file(View file) {
  return as_text(file).starts_with(std::string(kVersion) + "\n-> scrypt ");
}

}  // namespace exchange
