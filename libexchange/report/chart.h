// Bars drawn by SVG: one row a value, the number beside its bar.
#pragma once
#include <cstdint>
#include <vector>

#include "libexchange/report/html.h"

namespace exchange::report {

struct Bar {
  std::string label;
  std::uint64_t value;
  bool pooled = false;  // several values together: drawn in another colour
};

// A figure with a caption. For those who hear it: the title, and each bar as text. Nothing for no bars.
void bar_chart(Html& page, const std::string& title, const std::vector<Bar>& bars);

}  // namespace exchange::report
