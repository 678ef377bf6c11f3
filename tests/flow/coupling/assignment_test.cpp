// Tests the assignment solver: against all permutations, against the dual problem, for degenerate
// costs, for very large and very small numbers, and its errors.
#include "flow/coupling/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "flow/coupling/squared_costs.h"
#include "tests/flow/coupling/assignment_instances.h"
#include "tests/tools/refusals.h"
#include "tests/tools/simd_targets.h"

namespace pushforward {
namespace {

using CostMatrix = std::vector<double>;

double largest(const CostMatrix& cost) {
  double max_cost = 0;
  for (double c : cost) max_cost = std::max(max_cost, std::abs(c));
  return max_cost;
}

// Checks that `columns` is a permutation of minimum cost. The solver's dual prices prove it: the
// price of a row plus the price of a column never exceeds their cost, and equals it for the chosen
// pairs (up to rounding).
void certify(const Assignment& solver, std::span<const int> columns, int n,
             const CostMatrix& cost) {
  std::vector<int> sorted(columns.begin(), columns.end()), all(n);
  std::ranges::sort(sorted);
  std::iota(all.begin(), all.end(), 0);
  REQUIRE(sorted == all);
  const double eps = 1e-14 * n * largest(cost);
  const auto u = solver.row_prices(), v = solver.column_prices();
  double slack = 0, primal = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j)
      slack = std::min(slack, cost[static_cast<std::size_t>(i) * n + j] - u[i] - v[j]);
    const double c = cost[static_cast<std::size_t>(i) * n + columns[i]];
    CHECK(std::abs(u[i] + v[columns[i]] - c) <= eps);
    primal += c;
  }
  CHECK(slack >= -eps);
  CHECK(solver.cost() == primal);
}

double min_cost_by_trial(int n, const CostMatrix& cost) {
  std::vector<int> p(n);
  std::iota(p.begin(), p.end(), 0);
  double min_cost = std::numeric_limits<double>::infinity();
  do {
    double total = 0;
    for (int i = 0; i < n; ++i) total += cost[static_cast<std::size_t>(i) * n + p[i]];
    min_cost = std::min(min_cost, total);
  } while (std::ranges::next_permutation(p).found);
  return min_cost;
}

CostMatrix normal_matrix(int n, std::uint32_t step) {
  const Stream stream{3, Purpose::user, step};
  CostMatrix cost(static_cast<std::size_t>(n) * n);
  for (std::size_t k = 0; k < cost.size(); ++k)
    cost[k] = stream.normal(static_cast<std::uint32_t>(k));
  return cost;
}

// Returns squared distances between normal points and other normal points that are shifted and
// scaled. For such costs, the augmenting paths of the solver are long.
CostMatrix squared_matrix(int n, int dim, std::uint32_t step) {
  const Stream stream{4, Purpose::user, step};
  CostMatrix x, y, cost(static_cast<std::size_t>(n) * n);
  for (int k = 0; k < n * dim; ++k) {
    x.push_back(stream.normal(static_cast<std::uint32_t>(k), 0));
    y.push_back(1 + 0.5 * stream.normal(static_cast<std::uint32_t>(k), 1));
  }
  SquaredCosts costs;
  costs.set(n, x.data(), n, y.data(), dim);
  costs.fill(cost.data());
  return cost;
}

}  // namespace

TEST_CASE("no permutation of up to 7 rows is cheaper than the solver's") {
  Assignment solver;
  for (std::uint32_t k = 0; k < 600; ++k) {
    AssignmentInstance instance = assignment_instance(k);
    const int n = std::min(instance.n, 1 + static_cast<int>(k % 7));
    CostMatrix cost;
    for (int i = 0; i < n; ++i)
      cost.insert(cost.end(), instance.cost.begin() + i * instance.n,
                  instance.cost.begin() + i * instance.n + n);
    CAPTURE(k, n);
    certify(solver, solver.solve(n, cost.data()), n, cost);
    CHECK(solver.cost() == min_cost_by_trial(n, cost));  // exact for whole numbers
  }
}

TEST_CASE("the dual prices prove every solution optimal, on each instruction set") {
  each_simd_target([](const char* target) {
    Assignment solver;
    for (std::uint32_t k = 0; k < 100; ++k) {
      const AssignmentInstance instance = assignment_instance(k);
      CAPTURE(target, k, instance.n);
      certify(solver, solver.solve(instance.n, instance.cost.data()), instance.n, instance.cost);
    }
    for (const int n : {16, 17, 64, 131, 256}) {
      for (const CostMatrix& cost :
           {normal_matrix(n, 1), squared_matrix(n, 2, 1), squared_matrix(n, 50, 1)}) {
        CAPTURE(target, n);
        certify(solver, solver.solve(n, cost.data()), n, cost);
      }
    }
  });
}

TEST_CASE("costs near the limits of doubles and costs of very different size are solved") {
  Assignment solver;
  for (const int n : {2, 40}) {
    const CostMatrix plain = normal_matrix(n, 7);
    const auto answer = solver.solve(n, plain.data());
    const std::vector<int> expected(answer.begin(), answer.end());
    // A power of two scales the costs without rounding.
    for (const double scale : {0x1p-1000, 0x1p-60, 0x1p60, 0x1p990}) {
      CostMatrix scaled = plain;
      for (double& c : scaled) c *= scale;
      CAPTURE(n, scale);
      const auto columns = solver.solve(n, scaled.data());
      CHECK(std::vector<int>(columns.begin(), columns.end()) == expected);
    }
    CostMatrix tiny = plain;
    for (double& c : tiny) c *= 1e-310;  // subnormal numbers have few digits
    const auto columns = solver.solve(n, tiny.data());
    std::vector<int> sorted(columns.begin(), columns.end());
    std::ranges::sort(sorted);
    for (int i = 0; i < n; ++i) CHECK(sorted[i] == i);
    CostMatrix apart = plain;
    for (std::size_t k = 0; k < apart.size(); ++k) apart[k] *= std::pow(10, 150 * plain[k] / 4);
    certify(solver, solver.solve(n, apart.data()), n, apart);
  }
}

TEST_CASE("a solver can be reused with any size and gives the same results as a new one") {
  Assignment used;
  for (const int n : {5, 0, 100, 1, 33}) {
    const CostMatrix cost = squared_matrix(n, 2, 5);
    Assignment fresh;
    const auto a = used.solve(n, cost.data()), b = fresh.solve(n, cost.data());
    CHECK(std::ranges::equal(a, b));
    CHECK(used.cost() == fresh.cost());
    CHECK(static_cast<int>(a.size()) == n);
  }
}

TEST_CASE("costs computed row by row give the same result as a matrix of costs") {
  const int n = 70;
  const CostMatrix cost = squared_matrix(n, 3, 9);
  CostMatrix row(n);
  Assignment a, b;
  const auto from_rows = a.solve(n, [&](int i) -> const double* {
    std::copy_n(cost.begin() + i * n, n, row.begin());
    return row.data();
  });
  CHECK(std::ranges::equal(from_rows, b.solve(n, cost.data())));
}

TEST_CASE("for equal costs, the work is about one pass for each row") {
  const int n = 1000;
  Assignment solver;
  const CostMatrix equal(static_cast<std::size_t>(n) * n, 3.);
  certify(solver, solver.solve(n, equal.data()), n, equal);
  CHECK(solver.passes() < 5 * n);
}

TEST_CASE("costs whose sums overflow are refused") {
  Assignment solver;
  CostMatrix cost = normal_matrix(20, 2);
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(), 1e301, -1e301}) {
    for (const int at : {0, 157, 399}) {
      CostMatrix spoilt = cost;
      spoilt[at] = bad;
      const std::string place = "[assignment] the cost of row " + std::to_string(at / 20) +
                                ", column " + std::to_string(at % 20);
      CHECK_THROWS_WITH(solver.solve(20, spoilt.data()),
                        Contains(place) && Contains("; costs must be finite and at most 1e300"));
    }
  }
  const double bad[] = {1, 2, 3, -1e301};
  const CostRows no_rows;
  check_refusals({
      {[&] { solver.solve(-1, cost.data()); },
       "[assignment] a cost matrix of -1 rows; give 0 or more"},
      {[&] { solver.solve(2, nullptr); }, "[assignment] no costs are given"},
      {[&] { solver.solve(2, no_rows); }, "[assignment] no costs are given"},
      {[&] { solver.solve(2, bad); },
       "[assignment] the cost of row 1, column 1 is -1e+301; "
       "costs must be finite and at most 1e300 either way"},
  });
  CHECK(solver.solve(0, nullptr).empty());
  CHECK(solver.solve(0, no_rows).empty());
  certify(solver, solver.solve(20, cost.data()), 20, cost);  // the solver still works after errors
}

}  // namespace pushforward
