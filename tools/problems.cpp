#include "tools/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "libexchange/base/text.h"

namespace valise {

using exchange::printable;
using exchange::Problem;

namespace {

std::string counted(std::size_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string one(const Problem& p) {
  std::string where = p.file;
  if (p.row > 0) where += fmt::format(":{}", p.row);
  if (!p.column.empty()) where += ": " + p.column;
  std::string text = where + ": ";
  if (p.level == Problem::Level::warn) text += "warning: ";
  if (!p.value.empty()) text += "\"" + printable(p.value.substr(0, 200)) + "\" ";
  text += p.why + "\n";
  if (!p.remedy.empty()) text += "  fix: " + p.remedy + "\n";
  return text;
}

}  // namespace

std::string problems_text(const exchange::CheckedCase& checked, bool allow_uncovered) {
  std::size_t refusals = 0;
  std::set<std::string> files;
  for (const Problem& p : checked.problems) {
    if (p.level != Problem::Level::refuse) continue;
    ++refusals;
    files.insert(p.file);
  }
  const std::size_t warnings = checked.problems.size() - refusals;
  std::string text =
      refusals == 0 ? "no problems" : counted(refusals, "problem") + " in " + counted(files.size(), "file");
  text += ", " + counted(warnings, "warning") + ", " + counted(checked.the_case.exhibits.size(), "exhibit");
  if (checked.uncovered_count > 0)
    text += ", " + counted(checked.uncovered_count, "file") + " that no exhibit covers";
  text += "\n";
  for (const Problem& p : checked.problems) text += one(p);
  for (const std::string& path : checked.uncovered) text += "not covered: " + printable(path) + "\n";
  if (checked.uncovered_count > checked.uncovered.size())
    text += fmt::format("… and {} more\n", checked.uncovered_count - checked.uncovered.size());
  if (checked.uncovered_count > 0 && !allow_uncovered)
    text +=
        "  fix: give these files an exhibit in exhibits.csv, or leave them behind with --allow-uncovered\n";
  return text;
}

Json problems_json(const exchange::CheckedCase& checked, bool good) {
  Json problems = Json::array(), uncovered = Json::array();
  for (const Problem& p : checked.problems)
    problems.push_back({{"level", p.level == Problem::Level::refuse ? "refuse" : "warn"},
                        {"file", p.file},
                        {"row", p.row},
                        {"column", p.column},
                        {"value", printable(p.value)},
                        {"why", p.why},
                        {"remedy", p.remedy}});
  for (const std::string& path : checked.uncovered) uncovered.push_back(printable(path));
  return {{"folder", printable(checked.the_case.folder.native())},
          {"reference", checked.the_case.reference},
          {"title", checked.the_case.title},
          {"exhibits", checked.the_case.exhibits.size()},
          {"ok", good},
          {"problems", problems},
          {"uncovered", uncovered},
          {"uncovered_count", checked.uncovered_count}};
}

}  // namespace valise
