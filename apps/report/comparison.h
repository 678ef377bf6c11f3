// Compares two sets of points by all distance measures. The result is available
// as numbers, text and JSON.
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
  int max_points = 10'000;  // measures over pairs draw at most this many points of a set
  int projections = 200;
  int neighbours = 5;
  std::uint64_t seed = 0;  // of the drawn points and directions
  // "none": distances in the columns' own units. "std": each column is first divided by the standard
  // deviation of the true points' (divisor n), where that is not 0.
  std::string scale = "none";
  std::vector<std::string> names = {};  // of the columns; empty: none
};

// The distances between samples and true points. A measure that needs more points is NaN.
struct Comparison {
  int samples = 0, truth = 0, dim = 0;
  int pairs = 0;                         // points of each set in the exact w2
  int used_samples = 0, used_truth = 0;  // points of each set in the other measures over pairs
  double w2 = 0, sliced_w2 = 0, mmd2 = 0, energy_distance = 0;
  std::vector<double>
      bandwidths;  // of the MMD's kernel; empty if more than half of the pairs coincide
  Coverage coverage;
  double expected_coverage = 0;  // the expected value for samples of the true distribution
  int distinct_truth = 0;        // of used_truth: coverage has one ball for all copies of a point
  int projections = 0, neighbours = 0;
  std::string scale;  // of the distances, as in ComparisonOptions
  // Says of unscaled columns that one has nearly all the variance, so that distances hardly see the
  // others; "": none has.
  std::string remark;
};

// Computes all measures (flow/measure/wasserstein.h, discrepancy.h, coverage.h). Throws if a set is
// empty or not finite, or if the dimensions differ.
Comparison compare_points(PointSet samples, PointSet truth, const ComparisonOptions& options,
                          Workers& workers);

// Returns a table as text, one line per measure.
std::string comparison_text(const Comparison& c);
// Returns a JSON object; measures that are NaN are null.
Json comparison_object(const Comparison& c);

}  // namespace pushforward::app
