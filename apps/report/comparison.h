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
  int max_points = 10'000;  // measures over all pairs use at most this many random points of a set
  int projections = 200;
  int neighbours = 5;
  std::uint64_t seed = 0;  // seed of the random points and directions
  // The units of distances. "none": the units of the columns. "std": each column is first divided
  // by its standard deviation over the true points (divisor n), if that is not 0.
  std::string scale = "none";
  std::vector<std::string> names = {};  // the columns' names, if there are any
};

// The distances between samples and true points. A measure is NaN if it needs more points.
struct Comparison {
  int samples = 0, truth = 0, dim = 0;
  int pairs = 0;                         // number of points of each set in the exact w2
  int used_samples = 0, used_truth = 0;  // numbers of points in the other measures over all pairs
  double w2 = 0, sliced_w2 = 0, mmd2 = 0, energy_distance = 0;
  std::vector<double>
      bandwidths;  // of the kernels of the MMD; empty if most pairs of points coincide
  Coverage coverage;
  double expected_coverage = 0;  // the coverage expected of samples of the true distribution
  int distinct_truth = 0;        // number of different points in used_truth
  int projections = 0, neighbours = 0;
  std::string scale;  // the units of the distances, as in ComparisonOptions
  // A remark if one unscaled column has nearly all the variance, so that distances hardly depend on
  // the others; else "".
  std::string remark;
};

// Computes all measures (flow/measure/wasserstein.h, discrepancy.h, coverage.h). Throws if a set is
// empty or not finite, or if the dimensions differ.
Comparison compare_points(PointSet samples, PointSet truth, const ComparisonOptions& options,
                          Workers& workers);

// Returns the comparison as a table in text, one line per measure.
std::string comparison_text(const Comparison& c);
// Returns the comparison as a JSON object; measures that are NaN are null.
Json comparison_object(const Comparison& c);

}  // namespace pushforward::app
