// What a request must say before it leaves: rules as a table, each with its source, and policies that say
// which rules refuse and which only warn. An agency names its policy in HOME/config.toml; its name and the
// hash of its text stand in every seal.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exchange {

struct Rule {
  enum class Level { off, warn, refuse };
  std::string_view id;      // "tlp-victims": stable, what messages and scripts name
  std::string_view text;    // what must be true
  std::string_view source;  // where that stands
  Level standard, strict;
};
std::span<const Rule> rules();
// The rule of this id; asking for one that is not in the table is a bug.
const Rule& rule(std::string_view id);

class Policy {
 public:
  // "standard" or "strict"; nothing for another name.
  static std::optional<Policy> named(std::string_view name);
  static Policy standard() { return *named("standard"); }

  std::string_view name() const { return name_; }
  Rule::Level level(const Rule& rule) const { return strict_ ? rule.strict : rule.standard; }
  // Name and every rule with its level, one a line: what the seal's policy hash is of.
  std::string text() const;

 private:
  Policy(std::string_view name, bool strict) : name_(name), strict_(strict) {}
  std::string_view name_;
  bool strict_;
};

}  // namespace exchange
