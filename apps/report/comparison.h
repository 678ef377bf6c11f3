// How far two sets of points are apart, in all measures at once: as numbers, as text, as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/json/json.h"
#include "autograd/tensor/workers.h"
#include "flow/measure/coverage.h"
#include "flow/measure/point_set.h"

namespace pushforward::app {

struct ComparisonOptions {
  int max_points = 10'000;  // points of a set that measures over pairs look at, drawn from it
  int projections = 200;
  int neighbours = 5;
  std::uint64_t seed = 0;  // of the draws and directions
};

// Of samples against true points. Measures that can't be taken of so few points are NaN.
struct Comparison {
  int samples = 0, truth = 0, dim = 0;
  int pairs = 0;                         // points of each set in the exact distance
  int used_samples = 0, used_truth = 0;  // points in the other measures over pairs
  double w2 = 0, sliced_w2 = 0, mmd2 = 0, energy_distance = 0;
  std::vector<double>
      bandwidths;  // of the MMD's kernel; empty: none, more than half of the pairs coincide
  Coverage coverage;
  double expected_coverage = 0;  // of samples of the true distribution
  int projections = 0, neighbours = 0;
};

// Takes all measures (flow/measure/wasserstein.h, discrepancy.h, coverage.h). Fails on sets that
// are empty, differ in dimension or are not finite.
Comparison compare_points(PointSet samples, PointSet truth, const ComparisonOptions& options,
                          Workers& workers);

// A table for people, a line a measure.
std::string comparison_text(const Comparison& c);
// One object; measures that could not be taken are null.
Json comparison_object(const Comparison& c);

}  // namespace pushforward::app
