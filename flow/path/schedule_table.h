// A schedule given by a table of points, with monotone cubic interpolation (C^1) between them.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <vector>

namespace pushforward {

// One point of a schedule's table: a time, and alpha and sigma at that time.
struct SchedulePoint {
  double t, alpha, sigma;
};

// A table of points (t, alpha, sigma). t rises strictly from 0 to 1, alpha never falls and sigma
// never rises. In each interval alpha or sigma changes, and neither is ever negative. Hermite
// cubics with the slopes of Fritsch and Butland (1984) connect the points, so alpha and sigma are
// monotone in between as well.
class ScheduleTable {
 public:
  // Throws if the points break one of the rules of ScheduleTable, and names the row of the table.
  explicit ScheduleTable(std::vector<SchedulePoint> points);

  struct Value {
    double alpha, sigma, dalpha, dsigma;
  };
  // Returns the coefficients at t in [0, 1]; fails on any other t.
  Value at(double t) const;
  const std::vector<SchedulePoint>& points() const { return points_; }

 private:
  std::vector<SchedulePoint> points_;
  std::vector<double> alpha_slope_, sigma_slope_;
};

}  // namespace pushforward
