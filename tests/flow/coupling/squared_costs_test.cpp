// Compares squared distances and sums over rows of costs with plain loops, on each instruction set.
#include "flow/coupling/squared_costs.h"

#include <cmath>

#include "autograd/tensor/rng.h"
#include "flow/coupling/cost_rows.h"
#include "tests/tools/numbers.h"
#include "tests/tools/refusals.h"
#include "tests/tools/simd_targets.h"

namespace pushforward {

using namespace detail;

namespace {

template <class T>
std::vector<T> squared_costs_normals(std::size_t n, std::uint32_t step, double shift = 0) {
  const Stream stream{11, Purpose::user, step};
  std::vector<T> x(n);
  for (std::size_t k = 0; k < n; ++k)
    x[k] = static_cast<T>(shift + stream.normal(static_cast<std::uint32_t>(k)));
  return x;
}

template <class T>
void compare(int n, int m, int dim, double shift) {
  const auto x = squared_costs_normals<T>(static_cast<std::size_t>(n) * dim, 1, shift),
             y = squared_costs_normals<T>(static_cast<std::size_t>(m) * dim, 2, shift);
  SquaredCosts costs;
  costs.set(n, x.data(), m, y.data(), dim);
  std::vector<double> matrix(static_cast<std::size_t>(n) * m);
  costs.fill(matrix.data());
  for (int i = 0; i < n; ++i) {
    const double* row = costs.row(i);
    for (int j = 0; j < m; ++j) {
      double sum = 0;
      for (int k = 0; k < dim; ++k)
        sum += std::pow(double(x[i * dim + k]) - double(y[j * dim + k]), 2);
      const double c = matrix[static_cast<std::size_t>(i) * m + j];
      CHECK(c == Approx(sum).epsilon(1e-15 * (dim + 1)).margin(0));
      CHECK(row[j] == c);  // the row alone has the same bits as in the matrix
    }
  }
}

}  // namespace

TEST_CASE("squared distances are accurate at any size and far from the origin") {
  each_simd_target([](const char* target) {
    CAPTURE(target);
    compare<double>(1, 1, 1, 0);
    compare<double>(5, 7, 2, 0);
    compare<double>(9, 33, 3, 1e6);  // expanding the square would lose 12 digits here
    compare<float>(6, 20, 64, 0);
    compare<float>(3, 4, 2, 1000);
  });
}

TEST_CASE("the two least elements of a row are found, and the first of equal ones") {
  each_simd_target([](const char* target) {
    for (const int n : {1, 2, 3, 7, 8, 15, 16, 17, 40, 100}) {
      for (std::uint32_t round = 0; round < 30; ++round) {
        std::vector<double> row = squared_costs_normals<double>(n, round),
                            v = squared_costs_normals<double>(n, 1000 + round);
        if (round % 3 == 0)
          for (double& c : row) c = std::round(c);  // ties
        if (round % 3 == 0) std::ranges::fill(v, 0);
        if (round == 3) std::ranges::fill(row, 5);
        TwoMinima expected{kInfinity, kInfinity, 0};
        for (int j = 0; j < n; ++j) {
          const double h = row[j] - v[j];
          if (h < expected.minimum)
            expected = {h, expected.minimum, j};
          else
            expected.second = std::min(expected.second, h);
        }
        const TwoMinima found = two_minima(row.data(), v.data(), n);
        CAPTURE(target, n, round);
        CHECK(found.minimum == expected.minimum);
        CHECK(found.second == expected.second);
        CHECK(found.at == expected.at);
      }
    }
  });
}

TEST_CASE("a step of the shortest-path search updates the distances and finds the nearest column") {
  each_simd_target([](const char* target) {
    for (const int n : {1, 2, 7, 16, 17, 40, 101}) {
      for (std::uint32_t round = 0; round < 20; ++round) {
        const std::vector<double> row = squared_costs_normals<double>(n, round);
        std::vector<double> v = squared_costs_normals<double>(n, 1000 + round),
                            distance = squared_costs_normals<double>(n, 2000 + round);
        distance[n / 2] = kInfinity;
        if (n > 1) v[0] = -kInfinity, distance[0] = kInfinity;  // marks column 0 as reached before
        std::vector<std::int64_t> from(n, -1), expected_from = from;
        std::vector<double> expected = distance;
        Minimum nearest{kInfinity, 0};
        for (int j = 0; j < n; ++j) {
          const double h = row[j] - v[j] - 0.25;
          if (h < expected[j]) expected[j] = h, expected_from[j] = 42;
          if (expected[j] < nearest.value) nearest = {expected[j], j};
        }
        const Minimum found =
            relax(row.data(), v.data(), n, 0.25, 42, distance.data(), from.data());
        CAPTURE(target, n, round);
        CHECK(distance == expected);
        CHECK(from == expected_from);
        CHECK(found.value == nearest.value);
        CHECK(found.at == nearest.at);
      }
    }
  });
}

TEST_CASE("the minimum of each column and its row are kept, and numbers out of range are found") {
  each_simd_target([](const char* target) {
    for (const int n : {1, 8, 19}) {
      CAPTURE(target, n);
      std::vector<double> minimum(n, kInfinity);
      std::vector<std::int64_t> at(n, -1);
      const auto a = squared_costs_normals<double>(n, 1), b = squared_costs_normals<double>(n, 2);
      lower_columns(a.data(), n, 0, minimum.data(), at.data());
      lower_columns(b.data(), n, 1, minimum.data(), at.data());
      for (int j = 0; j < n; ++j) {
        CHECK(minimum[j] == std::min(a[j], b[j]));
        CHECK(at[j] == (b[j] < a[j] ? 1 : 0));
      }
      CHECK(all_within(a.data(), n, 100));
      for (int j = 0; j < n; ++j) {
        for (const double bad : {kInfinity, -101., std::nan("")}) {
          auto spoilt = a;
          spoilt[j] = bad;
          CHECK(!all_within(spoilt.data(), n, 100));
        }
      }
    }
  });
}

TEST_CASE("costs refuse invalid sets and rows") {
  const double x[] = {0, 1, 2, 3};
  double room[4];
  SquaredCosts costs;
  costs.set(2, x, 2, x, 2);
  const auto set = [&](int n, int m, int dim) {
    return [&costs, &x, n, m, dim] { costs.set(n, x, m, x, dim); };
  };
  check_refusals({
      {set(-1, 2, 2),
       "[squared costs] sets of -1 and 2 points of dimension 2; "
       "give 0 points or more, of at least 1 coordinate"},
      {set(2, -1, 2),
       "[squared costs] sets of 2 and -1 points of dimension 2; "
       "give 0 points or more, of at least 1 coordinate"},
      {set(2, 2, 0),
       "[squared costs] sets of 2 and 2 points of dimension 0; "
       "give 0 points or more, of at least 1 coordinate"},
      {[&] { costs.fill(-1, 1, room); },
       "[squared costs] rows -1 to 0 of a matrix of 2; ask for rows that it has"},
      {[&] { costs.fill(1, 2, room); },
       "[squared costs] rows 1 to 3 of a matrix of 2; ask for rows that it has"},
      {[&] { costs.fill(1, -1, room); },
       "[squared costs] rows 1 to 0 of a matrix of 2; ask for rows that it has"},
      {[&] { costs.row(2); },
       "[squared costs] rows 2 to 3 of a matrix of 2; ask for rows that it has"},
      {[&] { costs.on_demand()(-1); },
       "[squared costs] rows -1 to 0 of a matrix of 2; ask for rows that it has"},
  });
  CHECK(costs.row(1)[0] == 8);  // the object can still be used
}

}  // namespace pushforward
