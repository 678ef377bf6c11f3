#include "flow/path/schedule_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

// Returns the slope of the interpolating curve at each point (t, y). Inside, a slope is the
// weighted harmonic mean of the chords on both sides, or 0 if their signs differ. At the ends, it
// is a three-point estimate, limited so that the curve stays monotone.
std::vector<double> slopes(const std::vector<double>& t, const std::vector<double>& y) {
  const std::size_t n = t.size();
  const auto chord = [&](std::size_t i) { return (y[i + 1] - y[i]) / (t[i + 1] - t[i]); };
  if (n == 2) return {chord(0), chord(0)};
  std::vector<double> m(n, 0);
  for (std::size_t i = 1; i + 1 < n; ++i) {
    const double left = chord(i - 1), right = chord(i);
    if (left * right <= 0) continue;
    const double a = t[i] - t[i - 1], b = t[i + 1] - t[i];
    const double w1 = 2 * b + a, w2 = b + 2 * a;
    m[i] = (w1 + w2) / (w1 / left + w2 / right);
  }
  const auto end = [](double h0, double h1, double d0, double d1) {
    const double slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
    if (slope * d0 <= 0) return 0.;
    if (d0 * d1 <= 0 && std::abs(slope) > 3 * std::abs(d0)) return 3 * d0;
    return slope;
  };
  m[0] = end(t[1] - t[0], t[2] - t[1], chord(0), chord(1));
  m[n - 1] = end(t[n - 1] - t[n - 2], t[n - 2] - t[n - 3], chord(n - 2), chord(n - 3));
  return m;
}

// Returns the Hermite cubic and its slope at the fraction s of an interval of width h. At the ends
// its values are y0 and y1, and its slopes m0 and m1.
std::pair<double, double> hermite(double s, double h, double y0, double y1, double m0, double m1) {
  const double r = 1 - s, dy = y1 - y0;
  const double bend0 = h * m0 - dy, bend1 = h * m1 - dy;
  const double y = y0 + s * dy + s * r * (r * bend0 - s * bend1);
  const double slope = (dy + r * r * bend0 - 2 * s * r * (bend0 + bend1) + s * s * bend1) / h;
  return {y, slope};
}

}  // namespace

ScheduleTable::ScheduleTable(std::vector<SchedulePoint> points) : points_(std::move(points)) {
  const std::size_t n = points_.size();
  check(n >= 2, "path", "the table has ", n,
        " points; give at least the points at t = 0 and t = 1");
  check(points_.front().t == 0 && points_.back().t == 1, "path", "the table's times run from ",
        points_.front().t, " to ", points_.back().t, "; they must run from 0 to 1");
  for (std::size_t i = 0; i < n; ++i) {
    const SchedulePoint& p = points_[i];
    check(std::isfinite(p.t) && std::isfinite(p.alpha) && std::isfinite(p.sigma) && p.alpha >= 0 &&
              p.sigma >= 0,
          "path", "row ", i, " of the table is (", p.t, ", ", p.alpha, ", ", p.sigma,
          "); all three must be finite, and alpha and sigma not negative");
    check(p.alpha > 0 || p.sigma > 0, "path", "row ", i,
          " of the table has alpha and sigma 0; one of them must be positive");
    if (i == 0) continue;
    const SchedulePoint& before = points_[i - 1];
    check(p.t > before.t, "path", "time ", p.t, " of row ", i, " is not later than ", before.t,
          ", the time before it; times must rise");
    check(p.alpha >= before.alpha && p.sigma <= before.sigma &&
              (p.alpha > before.alpha || p.sigma < before.sigma),
          "path", "row ", i, " of the table goes from alpha ", before.alpha, ", sigma ",
          before.sigma, " to ", p.alpha, ", ", p.sigma,
          "; alpha must not fall, sigma must not rise, and one of them must change");
  }
  check(points_.front().sigma > 0, "path",
        "the table has sigma 0 at t = 0; the path must begin at the source");
  check(points_.back().alpha > 0, "path",
        "the table has alpha 0 at t = 1; the path must end at the data");
  std::vector<double> t, alpha, sigma;
  for (const SchedulePoint& p : points_) {
    t.push_back(p.t);
    alpha.push_back(p.alpha);
    sigma.push_back(p.sigma);
  }
  alpha_slope_ = slopes(t, alpha);
  sigma_slope_ = slopes(t, sigma);
}

ScheduleTable::Value ScheduleTable::at(double t) const {
  check(t >= 0 && t <= 1, "path", "t is ", t, " in a table of times from 0 to 1");
  const auto above = std::upper_bound(points_.begin() + 1, points_.end() - 1, t,
                                      [](double x, const SchedulePoint& p) { return x < p.t; });
  const std::size_t i = static_cast<std::size_t>(above - points_.begin()) - 1;
  const SchedulePoint &p0 = points_[i], &p1 = points_[i + 1];
  const double h = p1.t - p0.t, s = (t - p0.t) / h;
  const auto alpha = hermite(s, h, p0.alpha, p1.alpha, alpha_slope_[i], alpha_slope_[i + 1]);
  const auto sigma = hermite(s, h, p0.sigma, p1.sigma, sigma_slope_[i], sigma_slope_[i + 1]);
  return {alpha.first, sigma.first, alpha.second, sigma.second};
}

}  // namespace pushforward
