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

std::string rule_and_source(const Problem& p) {
  return std::string(p.rule->id) + ", " + std::string(p.rule->source);
}

std::string line(const Problem& p, bool with_level) {
  std::string where = p.file;
  if (p.row > 0) where += fmt::format(":{}", p.row);
  if (!p.column.empty()) where += ": " + p.column;
  std::string text = where + ": ";
  if (with_level && p.level == Problem::Level::warn) text += "warning: ";
  if (!p.value.empty()) text += "\"" + printable(p.value.substr(0, 200)) + "\" ";
  return text + p.why;
}

std::string paragraph(const Problem& p) {
  std::string text = line(p, true) + "\n";
  if (!p.remedy.empty()) text += "  fix: " + p.remedy + "\n";
  if (p.rule) text += "  rule: " + rule_and_source(p) + "\n";
  return text;
}

}  // namespace

exchange::Policy policy_of(const exchange::Home& home) {
  const std::string name = home.policy();
  const auto policy = exchange::Policy::named(name);
  if (!policy)
    throw Failure(Code::usage, "config.toml: there is no policy \"" + printable(name) + "\"",
                  "use standard or strict");
  return *policy;
}

std::string line_of(const Problem& problem) { return line(problem, false); }

std::string first_refusal(const exchange::Problems& problems) {
  for (const Problem& p : problems.list()) {
    if (p.level != Problem::Level::refuse) continue;
    return line(p, false) + (p.rule ? " (rule " + rule_and_source(p) + ")" : "");
  }
  return {};
}

std::string problems_text(const exchange::CheckedCase& checked, bool allow_uncovered) {
  const std::size_t refusals = checked.problems.refusals();
  std::set<std::string> files;
  for (const Problem& p : checked.problems.list())
    if (p.level == Problem::Level::refuse) files.insert(p.file);
  std::string text =
      refusals == 0 ? "no problems" : counted(refusals, "problem") + " in " + counted(files.size(), "file");
  text += ", " + counted(checked.problems.warnings(), "warning") + ", " +
          counted(checked.the_case.exhibits.size(), "exhibit");
  if (checked.uncovered_count > 0)
    text += ", " + counted(checked.uncovered_count, "file") + " that no exhibit covers";
  text += ", policy " + std::string(checked.problems.policy().name()) + "\n";
  for (const Problem& p : checked.problems.list()) text += paragraph(p);
  const std::size_t all = refusals + checked.problems.warnings();
  if (all > checked.problems.list().size())
    text += fmt::format("… and {} more of these\n", all - checked.problems.list().size());
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
  for (const Problem& p : checked.problems.list())
    problems.push_back({{"level", p.level == Problem::Level::refuse ? "refuse" : "warn"},
                        {"file", p.file},
                        {"row", p.row},
                        {"column", p.column},
                        {"value", printable(p.value)},
                        {"why", p.why},
                        {"remedy", p.remedy},
                        {"rule", p.rule ? Json(p.rule->id) : Json()},
                        {"source", p.rule ? Json(p.rule->source) : Json()}});
  for (const std::string& path : checked.uncovered) uncovered.push_back(printable(path));
  return {{"folder", printable(checked.the_case.folder.native())},
          {"reference", checked.the_case.request.reference},
          {"title", checked.the_case.request.title},
          {"exhibits", checked.the_case.exhibits.size()},
          {"persons", checked.the_case.persons.size()},
          {"identifiers", checked.the_case.identifiers},
          {"losses", checked.the_case.losses},
          {"policy", checked.problems.policy().name()},
          {"ok", good},
          {"refusals", checked.problems.refusals()},
          {"warnings", checked.problems.warnings()},
          {"problems", problems},
          {"uncovered", uncovered},
          {"uncovered_count", checked.uncovered_count}};
}

}  // namespace valise
