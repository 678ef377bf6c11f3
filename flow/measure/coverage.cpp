#include "flow/measure/coverage.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <numeric>
#include <vector>

#include "autograd/tensor/check.h"
#include "flow/coupling/squared_costs.h"

namespace pushforward {

using detail::check;

namespace {

// The distinct points of a set, in the order of their first copies, and the number of copies of
// each.
struct DistinctPoints {
  std::vector<double> x;  // (n, dim)
  std::vector<int> copies;
};

DistinctPoints distinct_points(PointSet points) {
  std::vector<int> order(static_cast<std::size_t>(points.rows));
  std::iota(order.begin(), order.end(), 0);
  const auto compare = [&](int a, int b) {
    return std::lexicographical_compare_three_way(points.row(a), points.row(a) + points.dim,
                                                  points.row(b), points.row(b) + points.dim);
  };
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    const auto difference = compare(a, b);
    return difference < 0 || (difference == 0 && a < b);
  });
  // copies[k] is the number of copies of the point in row k if row k is the first of them, and 0
  // otherwise.
  std::vector<int> copies(order.size(), 0);
  for (std::size_t i = 0, first = 0; i < order.size(); ++i) {
    if (compare(order[first], order[i]) != 0) first = i;
    ++copies[static_cast<std::size_t>(order[first])];
  }
  DistinctPoints distinct;
  for (int k = 0; k < points.rows; ++k) {
    if (copies[static_cast<std::size_t>(k)] == 0) continue;
    distinct.x.insert(distinct.x.end(), points.row(k), points.row(k) + points.dim);
    distinct.copies.push_back(copies[static_cast<std::size_t>(k)]);
  }
  return distinct;
}

}  // namespace

int count_distinct(PointSet points) {
  return static_cast<int>(distinct_points(points).copies.size());
}

Coverage measure_coverage(PointSet all, PointSet samples, Workers& workers, int k) {
  check_comparable("coverage", all, samples);
  const DistinctPoints distinct = distinct_points(all);
  const PointSet truth{static_cast<int>(distinct.copies.size()), all.dim, distinct.x.data()};
  check(k >= 1 && k < truth.rows, "coverage", "neighbour ", k, " is asked for among ", truth.rows,
        " true points", truth.rows < all.rows ? " that are distinct" : "",
        "; give more points or a smaller k");
  SquaredCosts among, between;
  among.set(truth.rows, truth.x, truth.rows, truth.x, truth.dim);
  between.set(truth.rows, truth.x, samples.rows, samples.x, truth.dim);
  const Chunks chunks{truth.rows, 16};
  std::vector<std::int64_t> held(chunks.count()), covered(chunks.count());
  std::vector<std::vector<double>> scratch(workers.threads());
  workers.run(chunks.count(), [&](int c, int worker) {
    std::vector<double>& row = scratch[worker];
    row.resize(std::max(truth.rows, samples.rows));
    for (int i = chunks.begin(c); i < chunks.begin(c) + chunks.rows_of(c); ++i) {
      among.fill(i, 1, row.data());
      // Finds the k-th nearest neighbour. nth_element counts from 0, and the point itself comes
      // first, at distance 0.
      const auto reach = row.begin() + k;
      std::nth_element(row.begin(), reach, row.begin() + truth.rows);
      const double radius = *reach;
      between.fill(i, 1, row.data());
      const auto inside = std::count_if(row.begin(), row.begin() + samples.rows,
                                        [radius](double squared) { return squared <= radius; });
      held[c] += inside;
      covered[c] += inside > 0 ? distinct.copies[i] : 0;
    }
  });
  std::int64_t all_held = 0, all_covered = 0;
  for (int c = 0; c < chunks.count(); ++c) {
    all_held += held[c];
    all_covered += covered[c];
  }
  return {static_cast<double>(all_held) / (static_cast<double>(k) * samples.rows),
          static_cast<double>(all_covered) / all.rows};
}

double expected_coverage(int truth, int samples, int k) {
  check(k >= 1 && k < truth && samples > 0, "coverage", "neighbour ", k, " among ", truth,
        " true points and ", samples, " samples; there must be more true points, and samples");
  double missed = 1;
  for (int j = 1; j <= k; ++j)
    missed *= static_cast<double>(truth - j) / (static_cast<double>(truth) + samples - j);
  return 1 - missed;
}

}  // namespace pushforward
