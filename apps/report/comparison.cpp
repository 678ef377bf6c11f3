#include "apps/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/counted.h"
#include "flow/measure/discrepancy.h"
#include "flow/measure/wasserstein.h"

namespace pushforward::app {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

// The random streams of a comparison: one for the points that are drawn from each set, and one for
// the directions of the sliced distance.
enum Draw : std::uint32_t { of_samples, of_truth, of_directions };

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

// If one column has more than this share of the variance, distances hardly depend on the others.
constexpr double kMostOfVariance = 0.9;

std::vector<double> column_stds(PointSet points) {
  std::vector<double> stds;
  for (int j = 0; j < points.dim; ++j) {
    double mean = 0, square = 0, low = points.row(0)[j], high = low;
    for (int r = 0; r < points.rows; ++r) {
      mean += points.row(r)[j] / points.rows;
      low = std::min(low, points.row(r)[j]);
      high = std::max(high, points.row(r)[j]);
    }
    for (int r = 0; r < points.rows; ++r)
      square += (points.row(r)[j] - mean) * (points.row(r)[j] - mean) / points.rows;
    stds.push_back(low == high ? 0 : std::sqrt(square));
  }
  return stds;
}

std::string dominant_column(const std::vector<double>& stds,
                            const std::vector<std::string>& names) {
  double total = 0;
  for (const double std : stds) total += std * std;
  for (std::size_t j = 0; j < stds.size() && stds.size() > 1; ++j) {
    const double share = stds[j] * stds[j] / total;
    if (share > kMostOfVariance)
      return fmt::format(
          "column {} has {:.3g} % of the variance, so distances hardly see the others; "
          "--scale std divides each column by its standard deviation",
          names.empty() ? std::to_string(j) : names[j], 100 * share);
  }
  return "";
}

std::vector<double> divided(PointSet points, const std::vector<double>& by) {
  const std::size_t d = by.size();
  std::vector<double> x(points.x, points.x + static_cast<std::size_t>(points.rows) * d);
  for (std::size_t k = 0; k < x.size(); ++k)
    if (by[k % d] > 0) x[k] /= by[k % d];
  return x;
}

}  // namespace

Comparison compare_points(PointSet samples, PointSet truth, const ComparisonOptions& options,
                          Workers& workers) {
  check_comparable("compare", samples, truth);
  const std::vector<double> stds = column_stds(truth);
  if (options.scale == "std") {
    const std::vector<double> a = divided(samples, stds), b = divided(truth, stds);
    ComparisonOptions scaled = options;
    scaled.scale = "none";
    Comparison c = compare_points({samples.rows, samples.dim, a.data()},
                                  {truth.rows, truth.dim, b.data()}, scaled, workers);
    c.scale = options.scale;
    c.remark.clear();
    return c;
  }
  const Stream stream{options.seed, Purpose::shuffle, 0};
  const int dim = samples.dim;
  const auto part = [dim](const std::vector<double>& x) {
    return PointSet{static_cast<int>(x.size() / dim), dim, x.data()};
  };
  Comparison c;
  c.samples = samples.rows, c.truth = truth.rows, c.dim = dim;
  c.scale = options.scale;
  c.remark = dominant_column(stds, options.names);
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
      // More than half of the pairs of points coincide, so the median distance is 0 and gives no
      // bandwidth.
    }
  }
  c.neighbours = options.neighbours;
  c.coverage = {kNoValue, kNoValue};
  c.expected_coverage = kNoValue;
  c.distinct_truth = count_distinct(b);
  if (c.distinct_truth > c.neighbours) {
    c.coverage = measure_coverage(b, a, workers, c.neighbours);
    c.expected_coverage = expected_coverage(c.distinct_truth, a.rows, c.neighbours);
  }
  return c;
}

std::string comparison_text(const Comparison& c) {
  std::string text;
  const auto line = [&text](const char* name, double value, const std::string& remark) {
    const std::string number = std::isfinite(value) ? fmt::format("{:.6g}", value) : "-";
    text += fmt::format("{:<22} {:>12}   {}\n", name, number, remark);
  };
  const std::string pairs =
      fmt::format("{} and {}", c.used_samples, counted(c.used_truth, "point"));
  line("2-Wasserstein", c.w2, fmt::format("exact, {} of each", counted(c.pairs, "point")));
  line("sliced 2-Wasserstein", c.sliced_w2,
       fmt::format("{}, all {} and {}", counted(c.projections, "direction"), c.samples,
                   counted(c.truth, "point")));
  line("MMD^2", c.mmd2,
       c.bandwidths.empty() ? "no bandwidth: too few points, or most coincide"
                            : fmt::format("unbiased, Gaussian kernels of widths {:.4g}, {}",
                                          fmt::join(c.bandwidths, ", "), pairs));
  line("energy distance", c.energy_distance, pairs);
  const std::string neighbours = fmt::format(
      "{}{}, {}", counted(c.neighbours, "neighbour"),
      c.distinct_truth < c.used_truth ? fmt::format(" among {} distinct points", c.distinct_truth)
                                      : "",
      pairs);
  line("coverage", c.coverage.coverage,
       std::isfinite(c.expected_coverage)
           ? fmt::format("{}; {:.4g} for the true distribution", neighbours, c.expected_coverage)
           : fmt::format("needs more than {} true points{}", c.neighbours,
                         c.distinct_truth < c.used_truth ? " that are distinct" : ""));
  line("density", c.coverage.density,
       std::isfinite(c.expected_coverage) ? neighbours + "; 1 for the true distribution" : "");
  text += c.scale == "std" ? "distances are in standard deviations of the true points, by column\n"
                           : "distances are in the units of the columns\n";
  if (!c.remark.empty()) text += c.remark + "\n";
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
          {"distinct_truth", c.distinct_truth},
          {"scale", c.scale},
          {"remark", c.remark},
          {"pair_points", {c.used_samples, c.used_truth}}};
}

}  // namespace pushforward::app
