#include "flow/measure/closest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/tensor/check.h"
#include "flow/coupling/squared_costs.h"

namespace pushforward {
namespace {

// Returns the distance of each point to the closest point of `others`. If `among` is true, both
// sets are the same, and a point is not compared with itself.
std::vector<double> closest(PointSet points, PointSet others, bool among, Workers& workers) {
  SquaredCosts costs;
  costs.set(points.rows, points.x, others.rows, others.x, points.dim);
  std::vector<double> distances(static_cast<std::size_t>(points.rows));
  const Chunks chunks{points.rows, 16};
  std::vector<std::vector<double>> scratch(static_cast<std::size_t>(workers.threads()));
  workers.run(chunks.count(), [&](int c, int worker) {
    std::vector<double>& row = scratch[static_cast<std::size_t>(worker)];
    row.resize(static_cast<std::size_t>(others.rows));
    for (int i = chunks.begin(c); i < chunks.begin(c) + chunks.rows_of(c); ++i) {
      costs.fill(i, 1, row.data());
      if (among) row[static_cast<std::size_t>(i)] = std::numeric_limits<double>::infinity();
      distances[static_cast<std::size_t>(i)] = std::sqrt(*std::min_element(row.begin(), row.end()));
    }
  });
  return distances;
}

}  // namespace

std::vector<double> closest_distances(PointSet points, PointSet others, Workers& workers) {
  check_comparable("closest", points, others);
  return closest(points, others, false, workers);
}

std::vector<double> closest_among(PointSet points, Workers& workers) {
  check_comparable("closest", points, points);
  detail::check(points.rows >= 2, "closest", "one point has no other point; give at least two");
  return closest(points, points, true, workers);
}

}  // namespace pushforward
