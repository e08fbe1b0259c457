// Closed lists of the case sheets, each a table with its source.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace exchange {

std::span<const std::string_view> exhibit_kinds();    // ISO/IEC 27037 practice, docs/guide-liaison.md
std::span<const std::string_view> instruments();      // what a legal basis may rest on
std::span<const std::string_view> tlp_marks();        // FIRST Traffic Light Protocol 2.0
std::span<const std::string_view> exhibit_columns();  // of the exhibits.csv that `case init` drafts

bool contains(std::span<const std::string_view> table, std::string_view word);
std::string joined(std::span<const std::string_view> table);  // "a, b, c"

// The built-in policy: its name, and the text of its rules, whose hash stands in every seal.
constexpr std::string_view kStandardPolicy = "standard";
std::string_view standard_policy_text();

}  // namespace exchange
