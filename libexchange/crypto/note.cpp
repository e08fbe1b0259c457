#include "libexchange/crypto/note.h"

#include <algorithm>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

namespace {

constexpr std::size_t kMaxNote = 64 * 1024, kMaxSignatures = 16;
constexpr std::string_view kDash = "\xe2\x80\x94 ";  // EM DASH, space
constexpr std::uint8_t kEd25519 = 1;

bool good_name(std::string_view name) {
  return !name.empty() && is_utf8(name) && name.find_first_of(" +\t\r\n") == name.npos &&
         printable(name) == name;
}

std::uint32_t load_be32(View b) {
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

NoteSignature parse_signature(std::string_view line, const std::string& what) {
  const Failure malformed(Code::malformed, what + ": a signature line is malformed");
  if (!line.starts_with(kDash)) throw malformed;
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !good_name(line.substr(0, space))) throw malformed;
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() < 5) throw malformed;
  return {std::string(line.substr(0, space)), load_be32(*bytes), Bytes(bytes->begin() + 4, bytes->end())};
}

}  // namespace

std::uint32_t VerifierKey::id() const {
  const std::array<std::uint8_t, 2> middle = {'\n', kEd25519};
  return load_be32(sha256({as_view(name), middle, key}));
}

std::string VerifierKey::text() const {
  std::array<std::uint8_t, 4> hash{};
  store_be<std::uint32_t>(hash, id());
  Bytes typed = {kEd25519};
  append(typed, key);
  return name + "+" + to_hex(hash) + "+" + to_base64(typed);
}

std::optional<VerifierKey> VerifierKey::parse(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? first : text.find('+', first + 1);
  if (second == text.npos || !good_name(text.substr(0, first))) return std::nullopt;
  const auto typed = from_base64(text.substr(second + 1));
  if (!typed || typed->size() != 33 || (*typed)[0] != kEd25519) return std::nullopt;
  VerifierKey key{std::string(text.substr(0, first)), {}};
  std::copy(typed->begin() + 1, typed->end(), key.key.begin());
  if (key.text() != text) return std::nullopt;
  return key;
}

Note Note::parse(std::string_view whole, const std::string& what) {
  const auto malformed = [&](const char* why) { return Failure(Code::malformed, what + ": " + why); };
  if (whole.size() > kMaxNote) throw Failure(Code::limit, what + ": larger than 64 KiB");
  const bool control = std::any_of(whole.begin(), whole.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
  });
  if (control || !is_utf8(whole)) throw malformed("not plain UTF-8 text");
  const std::size_t blank = whole.rfind("\n\n");
  if (blank == whole.npos || blank == 0) throw malformed("no signature");
  Note note{std::string(whole.substr(0, blank + 1)), {}};
  std::string_view rest = whole.substr(blank + 2);
  if (rest.empty() || rest.back() != '\n') throw malformed("does not end in a line feed");
  rest.remove_suffix(1);
  for (std::string_view line : split(rest, '\n')) {
    if (note.signatures.size() == kMaxSignatures) throw Failure(Code::limit, what + ": over 16 signatures");
    note.signatures.push_back(parse_signature(line, what));
  }
  return note;
}

std::string Note::whole() const {
  std::string out = text + "\n";
  for (const auto& s : signatures) out += signature_line(s);
  return out;
}

std::string signature_line(const NoteSignature& s) {
  Bytes bytes(4);
  store_be<std::uint32_t>(bytes, s.id);
  append(bytes, s.signature);
  return std::string(kDash) + s.name + " " + to_base64(bytes) + "\n";
}

Note sign_note(std::string text, const std::string& name, const SigningKey& key) {
  ensure(!text.empty() && text.back() == '\n' && good_name(name), "a note's text or name");
  const Signature signature = key.sign(as_view(text));
  return {std::move(text), {{name, VerifierKey{name, key.public_key()}.id(), to_bytes(View(signature))}}};
}

bool verify_note(const Note& note, const VerifierKey& key) {
  const auto ours = [&](const NoteSignature& s) { return s.name == key.name && s.id == key.id(); };
  if (std::count_if(note.signatures.begin(), note.signatures.end(), ours) != 1) return false;
  const auto& line = *std::find_if(note.signatures.begin(), note.signatures.end(), ours);
  if (line.signature.size() != 64) return false;
  Signature signature{};
  std::copy(line.signature.begin(), line.signature.end(), signature.begin());
  return verify(key.key, as_view(note.text), signature);
}

}  // namespace exchange
