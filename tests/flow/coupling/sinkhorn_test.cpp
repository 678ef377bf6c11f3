// Tests transport plans with entropic regularisation: a case with known numbers, the marginals, the
// limits of small and large regularisation, and errors.
#include "flow/coupling/sinkhorn.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/tensor/rng.h"
#include "flow/coupling/assignment.h"
#include "flow/coupling/plan_rows.h"
#include "flow/coupling/squared_costs.h"
#include "tests/tools/refusals.h"
#include "tests/tools/simd_targets.h"

namespace pushforward {

using namespace detail;

namespace {

using PlanMatrix = std::vector<double>;

PlanMatrix rectangular_costs(int n, int m, double shift, std::uint32_t step = 0) {
  const Stream stream{8, Purpose::user, step};
  PlanMatrix x, y, cost(static_cast<std::size_t>(n) * m);
  for (int k = 0; k < 2 * n; ++k) x.push_back(stream.normal(static_cast<std::uint32_t>(k), 0));
  for (int k = 0; k < 2 * m; ++k)
    y.push_back(shift + 0.5 * stream.normal(static_cast<std::uint32_t>(k), 1));
  SquaredCosts costs;
  costs.set(n, x.data(), m, y.data(), 2);
  costs.fill(cost.data());
  return cost;
}

// Returns the sum of |row sum - 1/n| over the plan's rows or the sum of |column sum - 1/m| over its
// columns, whichever is larger.
double marginal_error(const Sinkhorn& s, int n, int m) {
  double rows = 0, columns = 0;
  for (int i = 0; i < n; ++i) {
    double sum = 0;
    for (int j = 0; j < m; ++j) sum += s.plan()[i * m + j];
    rows += std::abs(sum - 1. / n);
  }
  for (int j = 0; j < m; ++j) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += s.plan()[i * m + j];
    columns += std::abs(sum - 1. / m);
  }
  return std::max(rows, columns);
}

}  // namespace

TEST_CASE("the plan has the known numbers of a small case") {
  const PlanMatrix x{0, 0, 1, 0, 0, 2}, y{0, 2.5, 0.2, 0.1, 3, 0};
  PlanMatrix cost(9);
  SquaredCosts costs;
  costs.set(3, x.data(), 3, y.data(), 2);
  costs.fill(cost.data());
  Sinkhorn s;
  s.solve(3, 3, cost.data(), {.reg = 2, .tolerance = 1e-13});
  CHECK(s.plan()[0] == Approx(0.02476417195).epsilon(1e-9));
  CHECK(s.plan()[1] == Approx(0.2456307626).epsilon(1e-9));
  CHECK(s.plan()[2] == Approx(0.06293839874).epsilon(1e-9));
  CHECK(s.cost() == Approx(2.10664677).epsilon(1e-9));
}

TEST_CASE(
    "the plan's marginals are right up to the tolerance, for large and small regularisation, on each instruction set") {
  each_simd_target([](const char* target) {
    Sinkhorn s;
    for (const double reg : {1e3, 2., 0.5, 0.02}) {
      for (const auto& size : {std::pair{1, 1}, {1, 5}, {40, 40}, {33, 70}}) {
        const int n = size.first, m = size.second;
        const PlanMatrix cost = rectangular_costs(n, m, 1.5);
        s.solve(n, m, cost.data(), {.reg = reg});
        CAPTURE(target, reg, n, m, s.iterations());
        CHECK(marginal_error(s, n, m) <= 1.000001e-6);
        CHECK(s.error() <= 1e-6);
      }
    }
  });
}

TEST_CASE("the plan has the entropic form, which proves it optimal") {
  const int n = 20, m = 31;
  const PlanMatrix cost = rectangular_costs(n, m, 1);
  Sinkhorn s;
  s.solve(n, m, cost.data(), {.reg = 0.3, .tolerance = 1e-12});
  // A plan P for costs c with entropic regularisation `reg` satisfies P_ij P_kl / (P_il P_kj) =
  // exp(-(c_ij + c_kl - c_il - c_kj) / reg).
  for (int i = 1; i < n; ++i) {
    for (int j = 1; j < m; ++j) {
      const auto p = [&](int r, int c) { return std::log(s.plan()[r * m + c]); };
      const auto c = [&](int r, int q) { return cost[r * m + q]; };
      CHECK(p(i, j) + p(0, 0) - p(i, 0) - p(0, j) ==
            Approx(-(c(i, j) + c(0, 0) - c(i, 0) - c(0, j)) / 0.3).epsilon(1e-9).margin(1e-9));
    }
  }
}

TEST_CASE(
    "the plan tends to independence for large regularisation and to the assignment for small") {
  const int n = 30;
  const PlanMatrix cost = rectangular_costs(n, n, 2);
  Sinkhorn s;
  s.solve(n, n, cost.data(), {.reg = 1e9});
  for (int k = 0; k < n * n; ++k) CHECK(s.plan()[k] == Approx(1. / (n * n)).epsilon(1e-6));
  Assignment exact;
  exact.solve(n, cost.data());
  double before = 1e9;
  for (const double reg : {1., 0.1, 0.01, 0.001}) {
    s.solve(n, n, cost.data(), {.reg = reg});
    const double gap = s.cost() - exact.cost() / n;
    CAPTURE(reg);
    CHECK(gap > -1e-5);
    CHECK(gap < before);
    CHECK(gap < reg * std::log(n) + 1e-5);  // the entropies of two plans differ by at most ln n
    before = gap;
  }
}

TEST_CASE("plans that would take plain scalings millions of iterations are found") {
  // There are two distant clusters. The first has 5 points of x and 7 of y, so they differ in mass.
  const int n = 12;
  PlanMatrix x, y, cost(n * n);
  for (int k = 0; k < n; ++k) {
    x.insert(x.end(), {k < 5 ? 0. : 4., 0.1 * k});
    y.insert(y.end(), {k < 7 ? 0. : 4., 0.13 * k});
  }
  SquaredCosts costs;
  costs.set(n, x.data(), n, y.data(), 2);
  costs.fill(cost.data());
  Sinkhorn s;
  for (const double reg : {0.5, 0.1, 0.02}) {
    s.solve(n, n, cost.data(), {.reg = reg, .max_iterations = 2000});
    CAPTURE(reg, s.iterations());
    CHECK(marginal_error(s, n, n) <= 1.000001e-6);
    double crossing = 0;  // the mass of two of twelve rows must go to the other cluster
    for (int i = 5; i < n; ++i)
      for (int j = 0; j < 7; ++j) crossing += s.plan()[i * n + j];
    CHECK(crossing == Approx(2. / 12).margin(1e-5));
  }
  for (std::uint32_t k = 0; k < 40; ++k) {
    const PlanMatrix random = rectangular_costs(16, 16, 1, k);
    s.solve(16, 16, random.data(), {.reg = 0.01, .max_iterations = 5000});
    CHECK(marginal_error(s, 16, 16) <= 1.000001e-6);
  }
}

TEST_CASE(
    "plan and bridge together have the distribution of the Schroedinger bridge between Gaussians") {
  // The Schroedinger bridge between N(-a, 1) and N(a, 1), with a Brownian motion of scale s as
  // reference, is normal at time t, with mean (2 t - 1) a and variance sqrt(4 + s^4) t (1 - t) + (1
  // - t)^2 + t^2.
  constexpr int n = 500;
  constexpr double a = 0.1, t = 0.25;
  // N(0, 1) is approximated by n points, the medians of n intervals of equal probability.
  PlanMatrix x, y;
  double square = 0;
  for (int k = 0; k < n; ++k) {
    double low = -10, high = 10;
    for (int i = 0; i < 60; ++i) {
      const double z = (low + high) / 2;
      (0.5 * std::erfc(-z / std::sqrt(2.)) < (k + 0.5) / n ? low : high) = z;
    }
    x.push_back(low - a);
    y.push_back(low + a);
    square += low * low / n;
  }
  PlanMatrix cost(static_cast<std::size_t>(n) * n);
  SquaredCosts costs;
  costs.set(n, x.data(), n, y.data(), 1);
  costs.fill(cost.data());
  const struct { double s, variance; } cases[] = {{0.5, 1.002918332}, {1, 1.044262746}};
  for (const auto& c : cases) {
    Sinkhorn sinkhorn;
    sinkhorn.solve(n, n, cost.data(), {.reg = 2 * c.s * c.s});
    double mean = 0, second = 0;
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        const double p = sinkhorn.plan()[i * n + j], at = (1 - t) * x[i] + t * y[j];
        mean += p * at;
        second += p * at * at;
      }
    }
    const double variance = second - mean * mean + c.s * c.s * t * (1 - t);
    CHECK(mean == Approx(-0.05).margin(1e-8));
    // The 500 points that approximate N(0, 1) have variance 0.997 instead of 1.
    CHECK(square == Approx(1).epsilon(0.004));
    CHECK(variance == Approx(c.variance).epsilon(0.004));
    // The plan without entropy would give the variance 1 + s^2 t (1 - t), which is clearly
    // different.
    CHECK(std::abs(variance - (1 + c.s * c.s * t * (1 - t))) > 0.03);
  }
}

TEST_CASE(
    "only differences of costs over the regularisation matter, whatever their size and sign") {
  const int n = 12;
  PlanMatrix cost = rectangular_costs(n, n, 1);
  Sinkhorn a, b;
  a.solve(n, n, cost.data(), {.reg = 0.5, .tolerance = 1e-12});
  for (const double scale : {1e-200, 1e200}) {
    PlanMatrix other = cost;
    for (double& c : other) c = (c - 3) * scale;
    b.solve(n, n, other.data(), {.reg = 0.5 * scale, .tolerance = 1e-12});
    for (int k = 0; k < n * n; ++k) CHECK(b.plan()[k] == Approx(a.plan()[k]).margin(1e-10));
  }
}

TEST_CASE("a solver can be reused and gives the same results as a new one") {
  Sinkhorn used;
  for (const int n : {5, 50, 3}) {
    const PlanMatrix cost = rectangular_costs(n, n + 1, 1, n);
    Sinkhorn fresh;
    used.solve(n, n + 1, cost.data(), {.reg = 0.2});
    fresh.solve(n, n + 1, cost.data(), {.reg = 0.2});
    CHECK(std::equal(used.plan(), used.plan() + n * (n + 1), fresh.plan()));
  }
}

TEST_CASE("the error of Sinkhorn's iterations says what failed, with a cure") {
  Sinkhorn s;
  const PlanMatrix cost = rectangular_costs(10, 10, 1);
  CHECK_THROWS_WITH(
      s.solve(10, 10, cost.data(), {.reg = 0.01, .max_iterations = 5}),
      Contains("[sinkhorn] after 5 iterations the error of the marginals is ") &&
          Contains(", and the tolerance is 1e-06; the regularisation 0.01 is small for costs that "
                   "differ by up to ") &&
          Contains(": raise it, or allow more iterations, or use exact transport"));
  PlanMatrix spoilt = cost;
  spoilt[37] = std::numeric_limits<double>::infinity();
  const auto solve = [&](const SinkhornOptions& options) {
    return [&s, &cost, options] { s.solve(10, 10, cost.data(), options); };
  };
  check_refusals({
      {solve({.reg = 0}), "[sinkhorn] the regularisation is 0; it must be positive and finite"},
      {solve({.reg = std::nan("")}),
       "[sinkhorn] the regularisation is nan; it must be positive and finite"},
      {solve({.reg = std::numeric_limits<double>::infinity()}),
       "[sinkhorn] the regularisation is inf; it must be positive and finite"},
      {solve({.tolerance = 0}),
       "[sinkhorn] the tolerance is 0 and max_iterations 20000; both must be positive"},
      {solve({.max_iterations = 0}),
       "[sinkhorn] the tolerance is 1e-06 and max_iterations 0; both must be positive"},
      {[&] { s.solve(0, 10, cost.data(), {}); },
       "[sinkhorn] costs of shape (0, 10); both sides need at least one point"},
      {[&] { s.solve(10, -1, cost.data(), {}); },
       "[sinkhorn] costs of shape (10, -1); both sides need at least one point"},
      {[&] { s.solve(10, 10, spoilt.data(), {}); },
       "[sinkhorn] the cost of row 3, column 7 is inf; "
       "costs must be finite and at most 1e300 either way"},
  });
}

TEST_CASE("sums over rows of the plan agree with their formulas, on each instruction set") {
  each_simd_target([](const char* target) {
    for (const int n : {1, 3, 8, 16, 19}) {
      const PlanMatrix cost = rectangular_costs(1, n, 1), g = rectangular_costs(1, n, 0, 1);
      CAPTURE(target, n);
      double sum = 0, dot = 0;
      for (int j = 0; j < n; ++j) sum += std::exp((g[j] - cost[j]) / 0.7), dot += g[j] * cost[j];
      CHECK(log_sum_exp(cost.data(), g.data(), 0.7, n) == Approx(std::log(sum)).epsilon(1e-13));
      CHECK(log_sum_exp(cost.data(), g.data(), 1e-6, n) < 0 + 1e9);  // a plain exp would overflow
      CHECK(std::isfinite(log_sum_exp(cost.data(), g.data(), 1e-6, n)));
      CHECK(dot_row(cost.data(), g.data(), n) == Approx(dot).epsilon(1e-13));
      PlanMatrix maxima(n, -1e300), sums(n, 0), out(n);
      raise_columns(cost.data(), 0.3, n, maxima.data());
      raise_columns(g.data(), 0.1, n, maxima.data());
      add_exp_columns(cost.data(), 0.3, maxima.data(), 0.7, n, sums.data());
      plan_row(cost.data(), 0.3, g.data(), 0.7, n, out.data());
      for (int j = 0; j < n; ++j) {
        CHECK(maxima[j] == std::max(0.3 - cost[j], 0.1 - g[j]));
        CHECK(sums[j] == Approx(std::exp((0.3 - cost[j] - maxima[j]) / 0.7)).epsilon(1e-13));
        CHECK(out[j] == Approx(std::exp((0.3 + g[j] - cost[j]) / 0.7)).epsilon(1e-13));
      }
      add_scaled_row(cost.data(), 2, n, out.data());
      CHECK(out[n - 1] == Approx(std::exp((0.3 + g[n - 1] - cost[n - 1]) / 0.7) + 2 * cost[n - 1]));
    }
  });
}

}  // namespace pushforward
