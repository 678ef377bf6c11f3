// Exercise 8: the marginal velocity between two Gaussians, worked out by hand.
#include "docs/exercises/exercise.h"
#include "flow/oracle/oracle.h"

using namespace pushforward;

namespace {

// x0 ~ N(0, 1), x1 ~ N(kMean, kStd^2), xt = t x1 + (1 - t) x0.
constexpr double kMean = 2, kStd = 0.5;

// your part: double velocity(double x, double t), which is E[x1 - x0 | xt = x]
double velocity(double x, double t) {
  // xt ~ N(m, v). The conditional mean of a Gaussian is its mean plus covariance / variance times
  // (xt - m).
  const double m = t * kMean, v = t * t * kStd * kStd + (1 - t) * (1 - t);
  const double cov_x1 = t * kStd * kStd, cov_x0 = 1 - t;
  return kMean + (cov_x1 - cov_x0) / v * (x - m);
}
// end of your part

}  // namespace

int main() {
  const Oracle oracle({.dim = 1, .weights = {1}, .means = {0}, .stds = {1}},
                      {.dim = 1, .weights = {1}, .means = {kMean}, .stds = {kStd}});
  for (const double t : {0.0, 0.3, 0.8, 1.0}) {
    for (const double x : {-1.0, 0.5, 3.0}) {
      const double place[] = {x};
      exercise::expect("E[x1 - x0 | xt = x]", velocity(x, t),
                       oracle.velocity(cond_ot()(t), place)[0]);
    }
  }
  return exercise::result();
}
