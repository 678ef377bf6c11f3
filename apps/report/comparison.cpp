#include "apps/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "flow/measure/discrepancy.h"
#include "flow/measure/wasserstein.h"

namespace pushforward::app {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

// The random streams of a comparison: the drawn points of each set, and the directions.
enum Draw : std::uint32_t { of_samples, of_truth, of_directions };

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

}  // namespace

Comparison compare_points(PointSet samples, PointSet truth, const ComparisonOptions& options,
                          Workers& workers) {
  check_comparable("compare", samples, truth);
  const Stream stream{options.seed, Purpose::shuffle, 0};
  const int dim = samples.dim;
  const auto part = [dim](const std::vector<double>& x) {
    return PointSet{static_cast<int>(x.size() / dim), dim, x.data()};
  };
  Comparison c;
  c.samples = samples.rows, c.truth = truth.rows, c.dim = dim;
  c.projections = options.projections;
  c.sliced_w2 =
      sliced_wasserstein2(samples, truth, options.projections, stream.at(of_directions), workers);
  const std::vector<double> kept_samples =
                                subsample(samples, options.max_points, stream.at(of_samples)),
                            kept_truth = subsample(truth, options.max_points, stream.at(of_truth));
  const PointSet a = part(kept_samples), b = part(kept_truth);
  c.used_samples = a.rows, c.used_truth = b.rows;
  c.pairs = std::min(a.rows, b.rows);
  c.w2 = wasserstein2(part(subsample(samples, c.pairs, stream.at(of_samples))),
                      part(subsample(truth, c.pairs, stream.at(of_truth))));
  c.energy_distance = energy_distance(a, b, workers);
  c.mmd2 = kNoValue;
  if (a.rows >= 2 && b.rows >= 2) {
    try {
      c.bandwidths = usual_bandwidths(a, b);
      c.mmd2 = mmd2(a, b, c.bandwidths, workers);
    } catch (const std::invalid_argument&) {
      // More than half of the pairs coincide, so there is no bandwidth.
    }
  }
  c.neighbours = options.neighbours;
  c.coverage = {kNoValue, kNoValue};
  c.expected_coverage = kNoValue;
  if (b.rows > c.neighbours) {
    c.coverage = measure_coverage(b, a, workers, c.neighbours);
    c.expected_coverage = expected_coverage(b.rows, a.rows, c.neighbours);
  }
  return c;
}

std::string comparison_text(const Comparison& c) {
  std::string text;
  const auto line = [&text](const char* name, double value, const std::string& remark) {
    const std::string number = std::isfinite(value) ? fmt::format("{:.6g}", value) : "-";
    text += fmt::format("{:<22} {:>12}   {}\n", name, number, remark);
  };
  const std::string pairs = fmt::format("{} and {} points", c.used_samples, c.used_truth);
  line("2-Wasserstein", c.w2, fmt::format("exact, {} points of each", c.pairs));
  line("sliced 2-Wasserstein", c.sliced_w2,
       fmt::format("{} directions, all {} and {} points", c.projections, c.samples, c.truth));
  line("MMD^2", c.mmd2,
       c.bandwidths.empty() ? "no bandwidth: too few points, or most coincide"
                            : fmt::format("unbiased, Gaussian kernels of widths {:.4g}, {}",
                                          fmt::join(c.bandwidths, ", "), pairs));
  line("energy distance", c.energy_distance, pairs);
  const std::string neighbours = fmt::format("{} neighbours, {}", c.neighbours, pairs);
  line("coverage", c.coverage.coverage,
       std::isfinite(c.expected_coverage)
           ? fmt::format("{}; {:.4g} for the true distribution", neighbours, c.expected_coverage)
           : fmt::format("needs more than {} true points", c.neighbours));
  line("density", c.coverage.density,
       std::isfinite(c.expected_coverage) ? neighbours + "; 1 for the true distribution" : "");
  return text;
}

Json comparison_object(const Comparison& c) {
  return {{"samples", c.samples},
          {"truth", c.truth},
          {"dim", c.dim},
          {"w2", number(c.w2)},
          {"w2_points", c.pairs},
          {"sliced_w2", number(c.sliced_w2)},
          {"projections", c.projections},
          {"mmd2", number(c.mmd2)},
          {"bandwidths", c.bandwidths},
          {"energy_distance", number(c.energy_distance)},
          {"coverage", number(c.coverage.coverage)},
          {"density", number(c.coverage.density)},
          {"expected_coverage", number(c.expected_coverage)},
          {"neighbours", c.neighbours},
          {"pair_points", {c.used_samples, c.used_truth}}};
}

}  // namespace pushforward::app
