// Closed lists of the case sheets, each a table with its source.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace exchange {

// One word of a closed list, and where it comes from.
struct ListedWord {
  std::string_view list, word, source;
};
std::span<const ListedWord> listed_words();

std::span<const std::string_view> exhibit_kinds();    // ISO/IEC 27037 practice, docs/guide-liaison.md
std::span<const std::string_view> instruments();      // what a legal basis may rest on
std::span<const std::string_view> tlp_marks();        // FIRST Traffic Light Protocol 2.0
std::span<const std::string_view> exhibit_columns();  // of the exhibits.csv that `case init` drafts

std::span<const std::string_view> request_types();
std::span<const std::string_view> channels();
std::span<const std::string_view> stages();  // of a proceeding
std::span<const std::string_view> person_roles();
std::span<const std::string_view> derivations();          // of an exhibit from its parent
std::span<const std::string_view> acquisition_methods();  // NIST SP 800-101r1, ISO/IEC 27037
std::span<const std::string_view> handling_codes();       // Europol H0 to H3, UK P and C
std::span<const std::string_view> onward_rules();
std::span<const std::string_view> loss_states();

bool contains(std::span<const std::string_view> table, std::string_view word);
std::string joined(std::span<const std::string_view> table);  // "a, b, c"

}  // namespace exchange
