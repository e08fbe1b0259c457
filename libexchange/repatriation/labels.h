// Words of the board and the statistics in the languages of labels.csv: en, zh, ar, th. What a table of an
// agency adds (a state, a gate) and nobody translated is shown under its own name.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exchange::repatriation {

class Labels {
 public:
  // `language`: a column of labels.csv. Rows of `folder`/labels.csv replace those shipped. Failure{usage}: no
  // such language.
  explicit Labels(std::string_view language = "en", const std::filesystem::path& folder = {});
  static std::vector<std::string> languages();

  const std::string& language() const { return language_; }
  bool right_to_left() const;
  // Where there is none: the part after the first '.', '_' as spaces.
  std::string operator()(std::string_view key) const;
  bool knows(std::string_view key) const { return words_.contains(key); }
  // (key) for PREFIX.NAME.
  std::string of(std::string_view prefix, std::string_view name) const {
    return (*this)(std::string(prefix) + "." + std::string(name));
  }

 private:
  void load(const std::string& file, std::string_view text);
  std::string language_;
  std::map<std::string, std::string, std::less<>> words_;
};

}  // namespace exchange::repatriation
