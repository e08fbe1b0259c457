// "word value" lines of a signed text, taken in a fixed order: for the parsers of statements and seals.
#pragma once
#include <string>
#include <string_view>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"
#include "libexchange/base/time.h"
#include "libexchange/crypto/note.h"

namespace exchange {

class Fields {
 public:
  // `text` ends in LF; its first line must be `title`.
  Fields(std::string_view text, std::string_view title) : rest_(text), what_(title) {
    if (line() != title) bad("the first line is not \"" + std::string(title) + "\"");
  }
  std::string_view line() {
    const std::size_t end = rest_.find('\n');
    if (end == rest_.npos) bad("it ends early");
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return out;
  }
  bool at_end() const { return rest_.empty(); }
  bool next_is(std::string_view word) const { return rest_.starts_with(std::string(word) + " "); }

  std::string value(std::string_view word) {
    const std::string_view l = line();
    if (l.size() < word.size() + 2 || !l.starts_with(word) || l[word.size()] != ' ')
      bad("the line \"" + std::string(word) + " …\" is missing");
    return std::string(l.substr(word.size() + 1));
  }
  // A value for which good(value) holds.
  template <class Good>
  std::string checked(std::string_view word, Good good) {
    std::string v = value(word);
    if (!good(v)) bad("\"" + std::string(word) + "\" has an impossible value");
    return v;
  }
  // A value that T::parse or a function like it accepts.
  template <class Parse>
  auto parsed(std::string_view word, Parse parse) {
    auto v = parse(value(word));
    if (!v) bad("\"" + std::string(word) + "\" has an impossible value");
    return *v;
  }
  VerifierKey key(std::string_view word) { return parsed(word, VerifierKey::parse); }
  Instant time(std::string_view word) { return parsed(word, from_utc); }
  std::uint64_t number(std::string_view word) { return parsed(word, from_decimal); }
  bool yes_no(std::string_view word) {
    return checked(word, [](const std::string& v) { return v == "yes" || v == "no"; }) == "yes";
  }
  // Free text for people: UTF-8, one line, 1 .. 200 bytes, nothing that changes how a screen shows it.
  std::string phrase(std::string_view word) {
    return checked(word, [](const std::string& v) { return is_phrase(v); });
  }
  static bool is_phrase(std::string_view v) {
    return !v.empty() && v.size() <= 200 && printable(v) == v && trim(v) == v;
  }
  // The same up to `most` bytes, and a backslash is a character like any other.
  static bool is_line(std::string_view v, std::size_t most) {
    std::string plain(v);
    for (char& c : plain)
      if (c == '\\') c = '/';
    return !v.empty() && v.size() <= most && printable(plain) == plain && trim(v) == v;
  }
  // The text must be exactly what would be written for what was read.
  void require_same(std::string_view text, const std::string& again) {
    if (!at_end() || text != again) bad("it has lines or spellings that it should not have");
  }

  [[noreturn]] void bad(const std::string& why) const { throw Failure(Code::malformed, what_ + ": " + why); }

 private:
  std::string_view rest_;
  std::string what_;
};

}  // namespace exchange
