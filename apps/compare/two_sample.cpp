#include "apps/compare/two_sample.h"

#include <algorithm>
#include <cmath>

namespace pushforward::app {
namespace {

// A set of rows, divided into halves.
struct Halves {
  std::vector<double> x;
  int rows, dim;

  Halves(PointSet points, int used, Stream stream) : rows(used / 2), dim(points.dim) {
    std::vector<int> order = permutation(stream, points.rows);
    order.resize(static_cast<std::size_t>(2 * rows));
    for (const int k : order) x.insert(x.end(), points.row(k), points.row(k) + dim);
  }
  PointSet learned() const { return {rows, dim, x.data()}; }
  PointSet asked() const { return {rows, dim, learned().row(rows)}; }
};

}  // namespace

double area_under_curve(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> sorted = b;
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (const double score : a) {
    const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), score);
    sum += 0.5 * static_cast<double>((low - sorted.begin()) + (high - sorted.begin()));
  }
  return sum / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

double fair_coin_tail(int right, int n) {
  double sum = 0;
  for (int k = right; k <= n; ++k)
    sum += std::exp(std::lgamma(n + 1.) - std::lgamma(k + 1.) - std::lgamma(n - k + 1.) -
                    n * std::log(2.));
  return std::min(1., sum);
}

TwoSampleTest classifier_test(PointSet a, PointSet b, std::uint64_t seed, Workers& workers) {
  check_comparable("compare", a, b);
  TwoSampleTest test;
  const int used = std::min({a.rows, b.rows, kMostForTest});
  if (used < kRowsForTest) return test;
  const Stream stream{seed, Purpose::shuffle, 0};
  const Halves of_a(a, used, stream.at(10)), of_b(b, used, stream.at(11));
  const ClassifierScores scores =
      classifier_scores(of_a.learned(), of_b.learned(), of_a.asked(), of_b.asked(), seed, workers);
  test.training = test.asked = of_a.rows;
  test.stopped = scores.stopped;
  int right = 0;
  for (const double score : scores.a) right += score > 0 ? 1 : 0;
  for (const double score : scores.b) right += score > 0 ? 0 : 1;
  const int n = 2 * test.asked;
  test.accuracy = static_cast<double>(right) / n;
  test.error = 0.5 / std::sqrt(static_cast<double>(n));
  test.p = fair_coin_tail(right, n);
  test.auc = area_under_curve(scores.a, scores.b);
  const double k = test.asked;
  test.auc_error = std::sqrt((2 * k + 1) / (12 * k * k));
  return test;
}

}  // namespace pushforward::app
