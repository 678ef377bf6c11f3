// The pairs of times (s, t) at which the conditions of a flow map are trained.
#pragma once

#include "autograd/tensor/real.h"
#include "autograd/tensor/rng.h"
#include "flow/train/time_distribution.h"

namespace pushforward {

// A distribution of pairs of times. s and t are two independent draws of `each`, of which s is the
// smaller one. With uniform times, (s, t) is uniform on the triangle s < t. draw_map_times fails on
// members out of range.
struct MapTimes {
  // The distribution of a single time. It must not be stratified, because the draws of a pair would
  // not be independent.
  TimeDistribution each = uniform_time();

  // The probability that s is 0 and t a single draw of `each`. Sampling in one jump starts at s =
  // 0, so raise the probability for maps that are sampled in one jump.
  double from_start = 0;

  // If true, half of the pairs are swapped, so that s > t. Such a map also jumps from data to
  // noise.
  bool both_ways = false;
};

// Returns how many of the rows first .. first + rows - 1 of a batch train the diagonal v(x, t, t),
// if a fraction `share` of all rows do. The counts of consecutive ranges of rows add up to the
// count of their union.
int diagonal_rows(double share, int first, int rows);

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Memory for the times of some rows, each (rows). `part` is uniform on (0, 1).
struct MapTimeRows {
  real *s = nullptr, *t = nullptr, *part = nullptr;
};

// Draws the pairs of the rows first_row .. first_row + rows - 1. Row k depends only on the stream
// and on k. Fails if from_start is not a probability, if `each` is stratified (its pairs would not
// be independent), and if it has no quantile function or gives NaN.
void draw_map_times(const MapTimes& times, Stream stream, std::uint32_t first_row, int rows,
                    const MapTimeRows& to);

}  // namespace pushforward::inline PF_REAL
