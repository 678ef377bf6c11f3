// Random and degenerate assignment problems for comparing solvers.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "autograd/tensor/rng.h"

namespace pushforward {

struct AssignmentInstance {
  int n = 0;
  std::vector<double> cost;  // (n, n), whole numbers of magnitude below 2^40
};

// Returns problem k. Its costs are of one of thirteen kinds, which alternate, and the number n of
// rows is from 1 to 40. Every 50th problem has 150 rows.
inline AssignmentInstance assignment_instance(std::uint32_t k) {
  constexpr int kKinds = 13;
  const Stream stream{2024, Purpose::user, k};
  const int n = k % 50 == 49 ? 150 : 1 + stream.integer(40, 0);
  AssignmentInstance instance{n, std::vector<double>(static_cast<std::size_t>(n) * n)};
  const auto whole = [&](int i, int j, double below) {
    return std::floor(
        below * stream.uniform(static_cast<std::uint32_t>(1 + i), static_cast<std::uint32_t>(j)));
  };
  const auto point = [&](int set, int i, int axis) {  // a point on a grid of 1,000 by 1,000
    return std::floor(1000 * stream.uniform(static_cast<std::uint32_t>(1000 + i),
                                            static_cast<std::uint32_t>(2 * set + axis)));
  };
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      double c = 0;
      switch (k % kKinds) {
        case 0: c = whole(i, j, 1e12); break;                               // no ties
        case 1: c = whole(i, j, 1e12) - 5e11; break;                        // both signs
        case 2: c = whole(i, j, 4); break;                                  // many ties
        case 3: c = whole(i, j, 2); break;                                  // zeros and ones
        case 4: c = 7; break;                                               // all equal
        case 5: c = whole(0, j, 1e6); break;                                // equal rows
        case 6: c = whole(i, 0, 1e6); break;                                // equal columns
        case 7: c = whole(i, 0, 1e6) + whole(0, j, 1e6); break;             // row + column
        case 8: c = (i + 1.) * (j + 1.); break;                             // Machol-Wien costs
        case 9: c = whole(i, j, 10) < 1 ? whole(i, j, 1000) : 1e11; break;  // few cheap pairs
        case 10: c = std::exp2(whole(i, j, 39)); break;                     // magnitudes vary
        case 11:                                                            // points in the plane
          for (int axis : {0, 1}) c += std::pow(point(0, i, axis) - point(1, j, axis), 2);
          break;
        case 12:  // many copies of the same points
          for (int axis : {0, 1}) c += std::pow(point(0, i % 3, axis) - point(1, j % 4, axis), 2);
          break;
      }
      instance.cost[static_cast<std::size_t>(i) * n + j] = c;
    }
  }
  return instance;
}

}  // namespace pushforward
