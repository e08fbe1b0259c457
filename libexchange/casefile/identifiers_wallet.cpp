// Bitcoin (Base58Check, BIP 173, BIP 350), EVM (EIP-55) and Tron addresses; transactions.
#include <nettle/sha3.h>

#include <algorithm>
#include <array>
#include <optional>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"
#include "libexchange/crypto/digest.h"

namespace exchange {

using enum IdentifierStatus;

namespace {

constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

// The 25 bytes of a Base58Check address, checksum included; nothing if it cannot be one.
std::optional<std::array<std::uint8_t, 25>> from_base58(std::string_view text) {
  if (text.size() < 25 || text.size() > 35) return std::nullopt;
  std::array<std::uint8_t, 25> out{};
  for (char c : text) {
    const std::size_t value = kBase58.find(c);
    if (value == kBase58.npos) return std::nullopt;
    std::size_t carry = value;
    for (auto byte = out.rbegin(); byte != out.rend(); ++byte) {
      carry += *byte * std::size_t{58};
      *byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) return std::nullopt;
  }
  // Leading ones are leading zero bytes, one for one.
  const auto ones = text.find_first_not_of('1') == text.npos ? text.size() : text.find_first_not_of('1');
  const auto zeros =
      static_cast<std::size_t>(std::ranges::find_if(out, [](auto b) { return b != 0; }) - out.begin());
  if (ones != zeros) return std::nullopt;
  return out;
}

bool base58_sum(const std::array<std::uint8_t, 25>& bytes) {
  const Hash once = sha256(View(bytes).first(21)), twice = sha256(once);
  return std::equal(bytes.begin() + 21, bytes.end(), twice.begin());
}

// BIP 173: the constant that the checksum leaves (1 for bech32, 0x2bc830a3 for bech32m), and the data values.
std::uint32_t bech32_rest(std::string_view hrp, const Bytes& values) {
  constexpr std::array<std::uint32_t, 5> generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                      0x2a1462b3};
  std::uint32_t rest = 1;
  const auto add = [&](unsigned value) {
    const std::uint32_t top = rest >> 25;
    rest = (rest & 0x1ffffff) << 5 ^ value;
    for (std::size_t i = 0; i < 5; ++i)
      if (top >> i & 1) rest ^= generator[i];
  };
  for (char c : hrp) add(static_cast<unsigned>(c) >> 5);
  add(0);
  for (char c : hrp) add(static_cast<unsigned>(c) & 31);
  for (std::uint8_t v : values) add(v);
  return rest;
}

// Length in bytes of a witness program of 5-bit values; nothing when the padding is wrong.
std::optional<std::size_t> program_length(View values) {
  const std::size_t bits = values.size() * 5, padding = bits % 8;
  if (padding >= 5) return std::nullopt;
  if (padding > 0 && (values.back() & ((1u << padding) - 1)) != 0) return std::nullopt;
  return bits / 8;
}

void check_segwit(Candidate& c) {
  const bool mixed = lower(c.text) != c.text && upper(c.text) != c.text;
  const std::string text = lower(c.text);
  const std::size_t one = text.rfind('1');
  const std::string_view hrp = std::string_view(text).substr(0, one),
                         data = std::string_view(text).substr(one + 1);
  Bytes values;
  for (char x : data) {
    const std::size_t value = kBech32.find(x);
    if (value == kBech32.npos) return c.malformed("holds letters that Bech32 does not use");
    values.push_back(static_cast<std::uint8_t>(value));
  }
  if (mixed || text.size() > 90 || values.size() < 7)
    return c.malformed("mixes upper and lower case, or has a wrong length");
  const auto length = program_length(View(values).subspan(1, values.size() - 7));
  const unsigned version = values[0];
  if (!length || version > 16 || *length < 2 || *length > 40 ||
      (version == 0 && *length != 20 && *length != 32))
    return c.malformed("holds no witness program");
  c.is(bech32_rest(hrp, values) == (version == 0 ? 1 : 0x2bc830a3) ? valid : checksum_failed, text);
  if (hrp != "bc") c.note("not of the main network");
}

// Keccak-256 of a text of one block, as Ethereum has it: the padding is of before FIPS 202 (0x01, not 0x06),
// so that no SHA3-256 of a library gives it. The Keccak reference, version 3.0, sections 1.1.2 and 4.
std::string keccak_256(std::string_view text) {
  std::array<std::uint8_t, 136> block{};
  ensure(text.size() < block.size(), "one block");
  std::copy(text.begin(), text.end(), block.begin());
  block[text.size()] ^= 0x01;
  block.back() ^= 0x80;
  sha3_state state{};
  for (std::size_t i = 0; i < block.size() / 8; ++i)
    state.a[i] = load_le<std::uint64_t>(View(block).subspan(8 * i));
  sha3_permute(&state);
  std::array<std::uint8_t, 32> out{};
  for (std::size_t i = 0; i < 4; ++i) store_le<std::uint64_t>(MutableView(out).subspan(8 * i), state.a[i]);
  return to_hex(out);
}

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos; }

}  // namespace

void check_btc(Candidate& c) {
  const std::string start = lower(c.text.substr(0, 6));
  if (start.starts_with("bc1") || start.starts_with("tb1") || start.starts_with("bcrt1"))
    return check_segwit(c);
  const auto bytes = from_base58(c.text);
  if (!bytes) return c.malformed("is neither Base58Check nor Bech32");
  const unsigned version = (*bytes)[0];
  if (version != 0x00 && version != 0x05 && version != 0x6f && version != 0xc4)
    return c.malformed("its version byte is not Bitcoin's");
  c.is(base58_sum(*bytes) ? valid : checksum_failed, c.text);
  if (version == 0x6f || version == 0xc4) c.note("not of the main network");
}

void check_eth(Candidate& c) {
  std::string_view hex = c.text;
  if (hex.starts_with("0x") || hex.starts_with("0X")) hex.remove_prefix(2);
  if (hex.size() != 40 || !is_hex(hex)) return c.malformed("has 0x and 40 hexadecimal digits");
  const std::string low = lower(hex);
  const std::string sum = keccak_256(low);
  std::string spelled = low;  // EIP-55
  for (std::size_t i = 0; i < spelled.size(); ++i)
    if (spelled[i] >= 'a' && sum[i] >= '8') spelled[i] = static_cast<char>(spelled[i] - 'a' + 'A');
  const bool one_case = hex == low || hex == upper(hex);
  c.is(one_case || hex == spelled ? valid : checksum_failed, "0x" + low);
  if (one_case && low.find_first_of("abcdef") != low.npos) c.note("written without EIP-55 checksum");
  c.id.display = "0x" + spelled;
  c.id.also.push_back("key20:" + low);
}

void check_tron(Candidate& c) {
  if (c.text.size() == 42 && is_hex(c.text) && c.text.starts_with("41")) {
    const std::string low = lower(c.text);
    const Bytes payload = *from_hex(low);
    const Hash once = sha256(payload), twice = sha256(once);
    Bytes whole = payload;
    append(whole, View(twice).first(4));
    std::string text;  // to Base58
    for (int i = 0; i < 34; ++i) {
      unsigned rest = 0;
      for (std::uint8_t& byte : whole) {
        rest = rest * 256 + byte;
        byte = static_cast<std::uint8_t>(rest / 58);
        rest %= 58;
      }
      text.insert(text.begin(), kBase58[rest]);
    }
    c.is(valid, text);
    c.note("written in hexadecimal");
    c.id.also.push_back("key20:" + low.substr(2));
    return;
  }
  const auto bytes = from_base58(c.text);
  if (c.text.size() != 34 || c.text[0] != 'T' || !bytes || (*bytes)[0] != 0x41)
    return c.malformed("has 34 characters and begins with T, or is 41 and 40 hexadecimal digits");
  c.is(base58_sum(*bytes) ? valid : checksum_failed, c.text);
  if (c.id.status == valid) c.id.also.push_back("key20:" + to_hex(View(*bytes).subspan(1, 20)));
}

void check_txid(Candidate& c) {
  std::string text = lower(c.text);
  if (text.starts_with("0x")) text.erase(0, 2);
  if (text.size() != 64 || !is_hex(text)) return c.malformed("has 64 hexadecimal digits");
  const std::string chain = lower(c.hints.chain);
  c.is(format_only, text, chain.empty() ? text : chain + "/" + text);
  if (chain.empty()) c.note("does not say of which chain: fill the chain column");
}

}  // namespace exchange
