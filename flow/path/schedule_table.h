// A schedule given by points: monotone cubic interpolation, continuous in the first derivative.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <vector>

namespace pushforward {

// One row of a table.
struct SchedulePoint {
  double t, alpha, sigma;
};

// Points (t, alpha, sigma) with t from 0 to 1 in strict order, alpha never
// falling, sigma never rising, the two not standing still together, and neither
// negative. Between them the Hermite cubic with the slopes of Fritsch and
// Butland (1984), so what is monotone in the points is monotone in between.
class ScheduleTable {
 public:
  // Fails on points that break one of these rules, naming the row.
  explicit ScheduleTable(std::vector<SchedulePoint> points);

  struct Value {
    double alpha, sigma, dalpha, dsigma;
  };
  // At t in [0, 1]; fails on any other t.
  Value at(double t) const;
  const std::vector<SchedulePoint>& points() const { return points_; }

 private:
  std::vector<SchedulePoint> points_;
  std::vector<double> alpha_slope_, sigma_slope_;
};

}  // namespace pushforward
