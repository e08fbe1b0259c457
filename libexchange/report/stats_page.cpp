#include "libexchange/report/stats_page.h"

#include <algorithm>
#include <array>

#include "libexchange/repatriation/countries.h"
#include "libexchange/report/board_page.h"
#include "libexchange/report/chart.h"

namespace exchange::report {

using repatriation::Counts;
using repatriation::Dimension;
using repatriation::Labels;
using repatriation::PublicStats;
using repatriation::Stats;

namespace {

// How a dimension's codes are told: as a country, under a prefix of labels.csv, or as they are.
struct Telling {
  std::string_view dimension, prefix;
};
constexpr std::array<Telling, 10> kTellings = {{{"by_host", "country"},
                                                {"by_nationality", "country"},
                                                {"by_state", "state"},
                                                {"reached", "state"},
                                                {"by_sex", "sex"},
                                                {"by_track", "track"},
                                                {"by_role", "role"},
                                                {"by_channel", "channel"},
                                                {"by_minor", "minor"},
                                                {"by_overdue", "due"}}};
constexpr std::size_t kMostBars = 25;

// The largest first; bands of age in their own order.
std::vector<Bar> bars_of(const std::string& dimension, const Counts& counts, const Labels& labels) {
  std::vector<Bar> bars;
  for (const auto& [code, n] : counts)
    bars.push_back({cell_label(dimension, code, labels), n, code == "suppressed"});
  if (dimension != "by_age_band") std::ranges::stable_sort(bars, std::greater{}, &Bar::value);
  if (bars.size() > kMostBars) {
    Bar rest{"+ " + std::to_string(bars.size() - kMostBars + 1), 0, true};
    for (std::size_t i = kMostBars - 1; i < bars.size(); ++i) rest.value += bars[i].value;
    bars.resize(kMostBars - 1);
    bars.push_back(std::move(rest));
  }
  return bars;
}

void figure(Html& html, const std::string& number, const std::string& word) {
  const auto item = html.element("li");
  html.leaf("b", number);
  html.text(word);
}

template <class Body>
std::string page(const Labels& labels, const std::string& desk, const std::optional<Instant>& since,
                 Instant until, const std::string& total, Body body) {
  return document({labels("stats"), labels.language(), labels.right_to_left()}, [&](Html& html) {
    {
      const auto header = html.element("header");
      {
        const auto block = html.element("div");
        html.leaf("h1", labels("stats"));
        if (!desk.empty()) html.leaf("p", desk);
        const auto line = html.element("p", {{"class", "soft"}});
        html.text(labels("period") + " ");
        if (since) {
          html.text(labels("since") + " ");
          html.leaf("bdi", {{"dir", "ltr"}}, minute_text(*since));
          html.text(" ");
        }
        html.text(labels("until") + " ");
        html.leaf("bdi", {{"dir", "ltr"}}, minute_text(until));
      }
      const auto list = html.element("ul", {{"class", "figures"}});
      figure(html, total, labels("total"));
    }
    body(html);
  });
}

void charts(Html& html, const std::vector<Dimension>& dimensions, const Labels& labels) {
  for (const Dimension& d : dimensions) bar_chart(html, labels(d.name), bars_of(d.name, d.counts, labels));
}

}  // namespace

std::string cell_label(const std::string& dimension, const std::string& code, const Labels& labels) {
  if (code.empty()) return labels("not_given");
  if (code == "suppressed" || code == "person") return labels(code);
  const auto telling = std::ranges::find(kTellings, dimension, &Telling::dimension);
  if (telling == kTellings.end()) return code;
  if (telling->prefix == "country") {
    const std::string name = repatriation::country_name(code, labels.language());
    return name == code ? code : name + " (" + code + ")";
  }
  return labels.of(telling->prefix, code);
}

std::string stats_page(const Stats& stats, const Labels& labels, const std::string& desk) {
  return page(labels, desk, stats.since, stats.until, std::to_string(stats.total), [&](Html& html) {
    {
      const auto line = html.element("p");
      html.text(labels("waiting") + ": " + labels("median") + " " + std::to_string(stats.waiting.median) +
                ", " + labels("ninetieth") + " " + std::to_string(stats.waiting.ninetieth));
    }
    {
      const auto all = html.element("div", {{"class", "charts"}});
      charts(html, stats.dimensions, labels);
      bar_chart(html, labels("by_overdue"), bars_of("by_overdue", stats.overdue, labels));
      for (const auto& [track, counts] : stats.reached)
        bar_chart(html, labels("reached") + " · " + labels.of("track", name_of(track)),
                  bars_of("reached", counts, labels));
    }
    html.leaf("footer", labels("confidential") + " " + labels("guidance"));
  });
}

std::string stats_page(const PublicStats& stats, const Labels& labels) {
  const std::string total = stats.total ? std::to_string(*stats.total) : "< 5";
  return page(labels, {}, stats.since, stats.until, total, [&](Html& html) {
    if (!stats.total) return html.leaf("p", labels("too_few"));
    const auto all = html.element("div", {{"class", "charts"}});
    charts(html, stats.dimensions, labels);
  });
}

}  // namespace exchange::report
