// Time distributions: the distributions of t in training.
//
// A distribution is given by its quantile function Q: t = Q(u) with u uniform on (0, 1). A
// stratified one uses u = (k + U) / n for row k of n, which spreads a batch evenly.
#pragma once

#include <functional>
#include <string>

#include "autograd/tensor/real.h"
#include "autograd/tensor/rng.h"
#include "flow/path/scheduler.h"

namespace pushforward {

// A distribution of t on (0, 1). Every function that returns a TimeDistribution gives it a quantile
// function that rises from 0 at u = 0 to 1 at u = 1 and fails outside [0, 1]. The functions throw
// on numbers that are not finite or outside their stated ranges; a std must be positive.
struct TimeDistribution {
  // The name of the distribution, for errors.
  std::string name = "uniform";

  // The quantile function Q, which maps a uniform u in (0, 1) to a time. draw_times fails if it is
  // empty or returns NaN, and moves times to at least 2^-24 from 0 and 1.
  std::function<double(double u)> quantile = [](double u) { return u; };

  // If true, row k of a batch of n rows takes u from the k-th of n equal parts of (0, 1). This
  // spreads the times of a batch evenly, so the loss has less noise, and costs nothing.
  bool stratified = false;
};

// The uniform distribution.
TimeDistribution uniform_time();
// The uniform distribution, with one time from each of n equal parts of [0, 1] in a batch of n. The
// loss of a batch then has less noise than with uniform_time, at the same cost.
TimeDistribution stratified_time();
// The constant t = 0, whose quantile function is 0 below u = 1: a velocity that is trained at t = 0
// alone takes each x0 of a pair to its x1 in one step of Euler's method (distillation; Liu et al.
// 2023, arXiv 2209.03003, section 2.1). It needs pairs in which x0 determines x1.
TimeDistribution start_time();
// The distribution of t = 1 / (1 + exp(-z)), where z is normal with this mean and standard
// deviation (Esser et al. 2024, eq. 19). A mean above 0 moves the times
// towards the data; a larger std moves them towards both ends.
TimeDistribution logit_normal_time(double mean = 0, double std = 1);
// The distribution of t = u - s (sin^2(pi u / 2) - u), with s = `scale`, u uniform and -1 <= s <= 2
// / (pi - 2). It has more weight in the middle for s > 0, and at the ends for s < 0 (Esser et al.
// 2024, eq. 20, with u replaced by 1 - u so that t rises).
TimeDistribution mode_time(double scale = 1.29);
// The distribution of t = 1 - 1 / (tan(pi u / 2) + 1), with u uniform (Esser et al. 2024, eq. 21).
TimeDistribution cosmap_time();
// The distribution with density proportional to cosh(a (t - 1/2)), so t = 1/2 + asinh((2 u - 1)
// sinh(a / 2)) / a with u uniform. The larger the sharpness a > 0, the more times are near the two
// ends (Lee, Lin, Fanti 2024, "Improving the training of rectified flows", who use a = 4).
TimeDistribution u_shaped_time(double sharpness = 4);
// The Beta(a, b) distribution; a and b are positive.
TimeDistribution beta_time(double a, double b);
// The distribution of the t at which the noise level sigma / alpha is exp(z), where z is normal
// (Karras et al. 2022, table 1: mean -1.2, std 1.2). Levels outside the path's range are clamped to
// its ends.
TimeDistribution noise_level_time(const Scheduler& scheduler, double mean = -1.2, double std = 1.2);

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Writes t (rows), each in (0, 1), for the rows from first_row on of a batch of `total` rows.
// Throws if the distribution needs a quantile function and has none, if a quantile is NaN, and
// on rows beyond the batch.
void draw_times(const TimeDistribution& distribution, Stream stream, std::uint32_t first_row,
                int rows, int total, real* t);

}  // namespace pushforward::inline PF_REAL
