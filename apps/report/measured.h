// Formats measured numbers for the report of eval.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// Returns the number as JSON, or null if it is not finite.
inline Json measured(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

// A mean with its standard error. Both are NaN for an empty vector.
struct Mean {
  double value = 0, error = 0;
  explicit Mean(const std::vector<double>& x) {
    const double n = static_cast<double>(x.size());
    if (x.empty()) value = error = std::nan("");
    for (double v : x) value += v / n;
    for (double v : x) error += (v - value) * (v - value) / n;
    error = std::sqrt(error / std::max(1., n - 1));
  }
};

}  // namespace pushforward::app
