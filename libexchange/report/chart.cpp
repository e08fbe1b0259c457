#include "libexchange/report/chart.h"

#include <algorithm>

#include "libexchange/base/text.h"

namespace exchange::report {

namespace {

// In units of the view box.
constexpr std::uint64_t kWidth = 460, kRow = 24, kBar = 15, kLabel = 170, kNumber = 60, kLongest = 24;

// As many characters as fit beside a bar.
std::string shortened(const std::string& label) {
  if (display_width(label) <= kLongest) return label;
  std::string out;
  for (std::size_t i = 0; i < label.size();) {
    std::size_t next = i + 1;
    while (next < label.size() && (static_cast<unsigned char>(label[next]) & 0xC0) == 0x80) ++next;
    if (display_width(out + label.substr(i, next - i)) >= kLongest) break;
    out += label.substr(i, next - i);
    i = next;
  }
  return out + "…";
}

}  // namespace

void bar_chart(Html& page, const std::string& title, const std::vector<Bar>& bars) {
  if (bars.empty()) return;
  const std::uint64_t most =
      std::max<std::uint64_t>(1, std::ranges::max_element(bars, {}, &Bar::value)->value);
  const auto figure = page.element("figure");
  page.leaf("figcaption", title);
  const auto svg = page.element(
      "svg", {{"xmlns", "http://www.w3.org/2000/svg"},
              {"role", "img"},
              {"direction", "ltr"},
              {"viewBox", "0 0 " + std::to_string(kWidth) + " " + std::to_string(kRow * bars.size())}});
  page.leaf("title", title);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto group = page.element("g");
    page.leaf("title", bars[i].label + ": " + std::to_string(bars[i].value));
    const std::uint64_t y = kRow * i;
    const std::uint64_t width = bars[i].value * (kWidth - kLabel - kNumber) / most;
    page.leaf("text",
              {{"x", std::to_string(kLabel - 10)}, {"y", std::to_string(y + 16)}, {"text-anchor", "end"}},
              shortened(printable(bars[i].label)));
    page.empty("rect", {{"x", std::to_string(kLabel)},
                        {"y", std::to_string(y + (kRow - kBar) / 2)},
                        {"width", std::to_string(std::max<std::uint64_t>(width, bars[i].value > 0))},
                        {"height", std::to_string(kBar)},
                        {"class", bars[i].pooled ? "pooled" : "bar"}});
    page.leaf("text", {{"x", std::to_string(kLabel + width + 8)}, {"y", std::to_string(y + 16)}},
              std::to_string(bars[i].value));
  }
}

}  // namespace exchange::report
