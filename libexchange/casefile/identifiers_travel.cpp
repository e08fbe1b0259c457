// Machine-readable zones (ICAO Doc 9303 parts 3 to 6) and passport numbers.
#include <algorithm>
#include <vector>

#include "libexchange/base/text.h"
#include "libexchange/casefile/identifier_checks.h"

namespace exchange {

using enum IdentifierStatus;

namespace {

// Doc 9303-3, 4.9: weights 7 3 1, digits their value, letters 10 to 35, '<' 0.
int check_digit(std::string_view text) {
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int value = c == '<' ? 0 : c >= 'A' ? c - 'A' + 10 : digit(c);
    sum += value * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1);
  }
  return sum % 10;
}

bool checks(std::string_view field, char check) {
  const bool empty = field.find_first_not_of('<') == field.npos;
  return (empty && check == '<') || (check >= '0' && check <= '9' && check_digit(field) == digit(check));
}

// The lines, whatever stands between them; empty when they do not have these lengths.
std::vector<std::string> lines_of(const Candidate& c, std::size_t lines, std::size_t length) {
  std::string text = upper(c.text);
  std::erase_if(text, [](char x) { return x == ' ' || x == '\n' || x == '\r' || x == '\t' || x == '/'; });
  if (text.size() != lines * length ||
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<") != text.npos)
    return {};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < lines; ++i) out.push_back(text.substr(i * length, length));
  return out;
}

struct Part {
  const char* what;
  std::string field;
  char check;
};

void conclude(Candidate& c, const std::vector<std::string>& lines, const std::vector<Part>& parts,
              const std::string& document) {
  std::string all;
  for (const std::string& line : lines) all += (all.empty() ? "" : "\n") + line;
  bool good = true;
  for (const Part& p : parts) {
    if (checks(p.field, p.check)) continue;
    good = false;
    c.note(std::string("the check digit of the ") + p.what + " is wrong");
  }
  c.is(good ? valid : checksum_failed, all);
  std::string number = document.substr(0, document.find_last_not_of('<') + 1);
  if (good && !number.empty() && number.find('<') == number.npos) c.id.also.push_back("document:" + number);
}

std::string cut(const std::string& line, std::size_t from, std::size_t to) {
  return line.substr(from, to - from);
}

void check_two_lines(Candidate& c, std::size_t length, bool second_only) {
  std::vector<std::string> lines = lines_of(c, 2, length);
  if (lines.empty() && second_only) lines = lines_of(c, 1, length);
  if (lines.empty())
    return c.malformed("has two lines of " + std::to_string(length) + " letters, digits and <");
  const std::string& l = lines.back();
  std::vector<Part> parts = {{"document number", cut(l, 0, 9), l[9]},
                             {"date of birth", cut(l, 13, 19), l[19]},
                             {"date of expiry", cut(l, 21, 27), l[27]}};
  const bool visa = lines.size() == 2 && lines[0][0] == 'V';
  if (length == 44 && !visa) parts.push_back({"optional data", cut(l, 28, 42), l[42]});
  if (!visa)
    parts.push_back({"whole line", cut(l, 0, 10) + cut(l, 13, 20) + cut(l, 21, length - 1), l[length - 1]});
  conclude(c, lines, parts, cut(l, 0, 9));
}

}  // namespace

void check_mrz_td3(Candidate& c) { check_two_lines(c, 44, true); }
void check_mrz_td2(Candidate& c) { check_two_lines(c, 36, false); }

void check_mrz_td1(Candidate& c) {
  const auto lines = lines_of(c, 3, 30);
  if (lines.empty()) return c.malformed("has three lines of 30 letters, digits and <");
  const std::string &a = lines[0], &b = lines[1];
  std::string document = cut(a, 5, 14);
  char check = a[14];
  if (check == '<') {  // a longer number goes on in the optional data, its check digit last
    const std::string rest = a.substr(15, a.find('<', 15) - 15);
    if (!rest.empty()) {
      document += rest.substr(0, rest.size() - 1);
      check = rest.back();
    }
  }
  conclude(c, lines,
           {{"document number", document, check},
            {"date of birth", cut(b, 0, 6), b[6]},
            {"date of expiry", cut(b, 8, 14), b[14]},
            {"whole document", cut(a, 5, 30) + cut(b, 0, 7) + cut(b, 8, 15) + cut(b, 18, 29), b[29]}},
           document);
}

void check_passport_no(Candidate& c) {
  const std::size_t slash = c.text.find('/');
  const std::string number = upper(compact(c.text.substr(0, slash)));
  const std::string state = upper(trim(slash == c.text.npos ? std::string_view(c.hints.country)
                                                            : std::string_view(c.text).substr(slash + 1)));
  if (number.size() < 6 || number.size() > 12 ||
      number.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != number.npos)
    return c.malformed("has 6 to 12 letters and digits");
  c.is(format_only, state.empty() ? number : number + "/" + state);
  c.id.also.push_back("document:" + number);
  if (state.empty()) c.note("does not say which state issued it: write NUMBER/STATE");
  if (state == "UTO") c.note("specimen");
}

}  // namespace exchange
