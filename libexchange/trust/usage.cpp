#include "libexchange/trust/usage.h"

#include <algorithm>
#include <array>

#include "libexchange/base/failure.h"
#include "libexchange/base/text.h"

namespace exchange {

namespace {
constexpr std::array<std::string_view, 8> kUsages = {"seal",     "open",       "approve",    "custody",
                                                     "consular", "protection", "supervisor", "grant"};
}

bool is_usage(std::string_view text) { return std::ranges::find(kUsages, text) != kUsages.end(); }

std::set<std::string> parse_usages(std::string_view text) {
  std::set<std::string> usages;
  for (const std::string_view word : split(text, ',')) {
    if (!is_usage(word))
      throw Failure(Code::usage, "\"" + printable(word) + "\" is not a usage",
                    "usages: seal, open, approve, custody, consular, protection, supervisor, grant");
    usages.emplace(word);
  }
  return usages;
}

std::string usages_text(const std::set<std::string>& usages) {
  std::string out;
  for (const std::string_view word : kUsages)
    if (usages.contains(std::string(word))) out += (out.empty() ? "" : ",") + std::string(word);
  return out;
}

}  // namespace exchange
