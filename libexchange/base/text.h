// Text encodings: hex, base64, UTF-8, and safe printing of names from hostile input.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libexchange/base/bytes.h"

namespace exchange {

std::string to_hex(View bytes);                        // lower case
std::optional<Bytes> from_hex(std::string_view text);  // lower case only, even length

std::string to_base64(View bytes, bool padded = true);  // RFC 4648 section 4
// Canonical only: right padding (none when `padded` is false), zero spare bits, no white space.
std::optional<Bytes> from_base64(std::string_view text, bool padded = true);

// A decimal without sign or leading zeros, below 2^63.
std::optional<std::uint64_t> from_decimal(std::string_view text);

bool is_utf8(std::string_view text);  // RFC 3629, no surrogates

// For terminals and messages: bytes below 0x20, 0x7f, C1 controls, bidi controls, the backslash and
// invalid UTF-8 become \xNN or \u{N}; everything else stays as it is.
std::string printable(std::string_view raw);

// Columns that `text` takes on a terminal (ICU: wide is 2, marks are 0). Input as from printable().
std::size_t display_width(std::string_view text);
std::string pad_right(std::string_view text, std::size_t columns);

std::vector<std::string_view> split(std::string_view text, char separator);
std::vector<std::string_view> split(std::string&& text, char separator) = delete;  // its parts would dangle
std::string_view trim(std::string_view text);                                      // ASCII space, tab, CR, LF
std::string upper(std::string_view text);                                          // ASCII letters only
std::string lower(std::string_view text);
std::string human_size(std::uint64_t bytes);  // "1.5 GiB"

}  // namespace exchange
