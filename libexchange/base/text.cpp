#include "libexchange/base/text.h"

#include <fmt/format.h>
#include <sodium.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace exchange {

// libsodium takes no null pointer, so nothing is encoded as nothing here.

std::string to_hex(View bytes) {
  if (bytes.empty()) return {};
  std::string out(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes.data(), bytes.size());
  out.pop_back();
  return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  for (char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  Bytes out(text.size() / 2);
  if (text.empty()) return out;
  if (sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, nullptr, nullptr) != 0)
    return std::nullopt;
  return out;
}

namespace {
int variant(bool padded) {
  return padded ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
}
}  // namespace

std::string to_base64(View bytes, bool padded) {
  if (bytes.empty()) return {};
  std::string out(sodium_base64_encoded_len(bytes.size(), variant(padded)), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant(padded));
  out.pop_back();
  return out;
}

std::optional<Bytes> from_base64(std::string_view text, bool padded) {
  if (text.empty()) return Bytes();
  Bytes out(text.size() / 4 * 3 + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, &end,
                        variant(padded)) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  out.resize(length);
  if (to_base64(out, padded) != text) return std::nullopt;  // spare bits must be zero
  return out;
}

std::optional<std::uint64_t> from_decimal(std::string_view text) {
  if (text.empty() || text.size() > 19 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');  // 19 digits fit in 64 bits
  }
  if (value >> 63) return std::nullopt;
  return value;
}

namespace {

// Calls visit(code point or -1 for an invalid byte, the bytes) over all of `text`.
template <class Visit>
void each_code_point(std::string_view text, Visit visit) {
  const auto* s = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto length = static_cast<std::int64_t>(text.size());
  std::int64_t i = 0;
  while (i < length) {
    const std::int64_t start = i;
    UChar32 c = 0;
    U8_NEXT(s, i, length, c);
    if (c < 0) i = start + 1;  // one byte at a time, so that each is shown
    visit(c, text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(i - start)));
  }
}

// ASCII that a terminal shows as it is: most text of most tables.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
}
bool is_bidi_control(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL); }

}  // namespace

bool is_utf8(std::string_view text) {
  bool good = true;
  each_code_point(text, [&](UChar32 c, std::string_view) { good = good && c >= 0; });
  return good;
}

std::string printable(std::string_view raw) {
  if (is_plain(raw)) return std::string(raw);
  std::string out;
  out.reserve(raw.size());
  each_code_point(raw, [&](UChar32 c, std::string_view bytes) {
    if (c < 0 || c < 0x20 || c == 0x7f || c == '\\') {
      if (c == '\\') {
        out += "\\\\";
        return;
      }
      for (char b : bytes) out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(b));
    } else if ((c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029 || is_bidi_control(c)) {
      out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(c));
    } else {
      out += bytes;
    }
  });
  return out;
}

std::size_t display_width(std::string_view text) {
  if (is_plain(text)) return text.size();
  std::size_t columns = 0;
  each_code_point(text, [&](UChar32 c, std::string_view) {
    const int type = c < 0 ? int{U_UNASSIGNED} : int{u_charType(c)};
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return;
    const int width = c < 0 ? int{U_EA_NEUTRAL} : u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    columns += (width == U_EA_FULLWIDTH || width == U_EA_WIDE) ? 2 : 1;
  });
  return columns;
}

std::string pad_right(std::string_view text, std::size_t columns) {
  std::string out(text);
  const std::size_t width = display_width(text);
  if (width < columns) out.append(columns - width, ' ');
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  const char* units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace exchange
