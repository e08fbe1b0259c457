// The statistics as one page of bar charts and tables: no script, no outside resource, no person.
#pragma once
#include <string>

#include "libexchange/repatriation/labels.h"
#include "libexchange/repatriation/stats.h"

namespace exchange::report {

std::string stats_page(const repatriation::Stats& stats, const repatriation::Labels& labels,
                       const std::string& desk);
std::string stats_page(const repatriation::PublicStats& stats, const repatriation::Labels& labels);

// A cell's code as people read it: "VNM" → "Viet Nam (VNM)", "reported" → its label, "" → "not given".
std::string cell_label(const std::string& dimension, const std::string& code,
                       const repatriation::Labels& labels);

}  // namespace exchange::report
