// Names as they are searched: in any script, whatever the marks, the case and the spaces.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace exchange {

// What names that differ only in case, accents, tone marks, width, spaces or punctuation have in common:
// marks and separators that ICU's root collation ignores at primary strength go (UTS #10, alternate
// "shifted"), Latin letters become plain ASCII ones, kana one kind. "Nguyễn Thị" and "NGUYEN, THI" give the
// same. Empty for text without a letter or digit. Safe for several threads.
std::string folded_name(std::string_view name);

// A text lies within a name exactly if it begins one of the name's endings: so searching inside names is
// looking up beginnings. One ending for each character of a folded name, cut after kEnding characters.
constexpr std::size_t kEnding = 16;
std::vector<std::string> name_endings(std::string_view folded);

// The first kEnding characters: what an ending is looked up by.
std::string ending_of(std::string_view folded);
// The smallest text above all that begin with `prefix`, byte by byte.
std::string above_prefix(std::string_view prefix);

}  // namespace exchange
