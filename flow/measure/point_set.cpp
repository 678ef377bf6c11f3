#include "flow/measure/point_set.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

std::vector<double> subsample(PointSet points, int n, Stream stream) {
  check(n >= 0, "subsample", n, " points asked for; give 0 or more");
  check(points.rows >= 0 && points.dim >= 0 &&
            (points.x != nullptr || points.rows == 0 || points.dim == 0),
        "subsample", "a set of ", points.rows, " points of dimension ", points.dim,
        points.x ? "" : ", without memory", "; give the memory of rows that there are");
  if (n >= points.rows)
    return {points.x, points.x + static_cast<std::size_t>(points.rows) * points.dim};
  std::vector<int> chosen = permutation(stream, points.rows);
  chosen.resize(n);
  std::ranges::sort(chosen);
  std::vector<double> x;
  x.reserve(static_cast<std::size_t>(n) * points.dim);
  for (const int k : chosen) x.insert(x.end(), points.row(k), points.row(k) + points.dim);
  return x;
}

void check_comparable(const char* where, PointSet a, PointSet b) {
  check(a.dim == b.dim, where, "one set has dimension ", a.dim, " and the other ", b.dim,
        "; both must have the same dimension");
  check(a.dim > 0, where, "the points have no coordinates");
  check(a.rows > 0 && b.rows > 0, where, "sets of ", a.rows, " and ", b.rows,
        " points; both need at least one");
  check(a.x && b.x, where, "a set has no memory");
  for (const PointSet& set : {a, b}) {
    const std::size_t size = static_cast<std::size_t>(set.rows) * set.dim;
    for (std::size_t k = 0; k < size; ++k)
      check(std::isfinite(set.x[k]), where, "point ", k / set.dim, ", coordinate ", k % set.dim,
            " of the ", &set.x[0] == a.x ? "first" : "second", " set is ", set.x[k],
            "; points must be finite");
  }
}

}  // namespace pushforward
