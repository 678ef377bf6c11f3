// Tests that every Runge-Kutta method has its order, that its error follows the tolerance, and that
// its interpolant has its order.
#include <algorithm>

#include "flow/solve/tableau_check.h"
#include "tests/flow/problems.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

SolverOptions fixed_solver(const Tableau& t) {
  SolverOptions o;
  o.tableau = &t;
  o.adaptive = false;
  return o;
}

std::vector<real> solve(const TestProblem& p, const Tableau& t, int steps) {
  Integrator solver(fixed_solver(t), 1, p.dim);
  std::vector<real> x(p.start.begin(), p.start.end());
  solver.run(p.rhs(), 1, time_grid(steps, p.begin, p.end), x.data());
  return x;
}

}  // namespace

TEST_CASE("observed orders of convergence are those of the tableaus") {
  if (!kDouble) return;
  for (const TestProblem& p : test_problems()) {
    const auto exact = reference(p, p.end);
    for (const Tableau* t : kTableaux) {
      CAPTURE(p.name, t->name);
      // The number of steps is chosen so that the error's leading term dominates other terms and
      // rounding.
      const int finest = t->order <= 2 ? 8192 : t->order == 3 ? 2048 : t->order == 4 ? 512 : 160;
      std::vector<double> steps, errors;
      for (int n = t->order == 5 ? 40 : finest / 8; n <= finest; n *= 2) {
        steps.push_back((p.end - p.begin) / n);
        errors.push_back(distance(solve(p, *t, n).data(), exact.data(), p.dim));
      }
      const double order = fitted_order(steps, errors);
      CAPTURE(errors);
      CHECK(std::abs(order - t->order) < (t->order == 5 ? 0.3 : 0.05));
    }
  }
}

TEST_CASE("an adaptive solver's error is at most ten times the tolerance") {
  if (!kDouble) return;
  for (const TestProblem& p : test_problems()) {
    const auto exact = reference(p, p.end);
    for (const Tableau* t : kTableaux) {
      if (!t->adaptive()) continue;
      int before = 0;
      for (double tol : {1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9}) {
        SolverOptions o;
        o.tableau = t;
        o.rtol = o.atol = tol;
        Integrator solver(o, 1, p.dim);
        std::vector<real> x(p.start.begin(), p.start.end());
        solver.run(p.rhs(), 1, time_grid(1, p.begin, p.end), x.data());
        CAPTURE(p.name, t->name, tol);
        CHECK(distance(x.data(), exact.data(), p.dim) < 10 * tol);
        CHECK(solver.costs()[0].evaluations >= before);
        before = solver.costs()[0].evaluations;
      }
    }
  }
}

TEST_CASE("interpolants have their order, with fixed and with adaptive steps") {
  if (!kDouble) return;
  const TestProblem& p = test_problems()[1];
  std::vector<std::vector<real>> exact;
  constexpr int kPoints = 24;  // the inner points are not points of the grids below
  for (int k = 0; k < kPoints; ++k) {
    const double t = p.begin + (p.end - p.begin) * k / (kPoints - 1);
    exact.push_back(k == 0 ? std::vector<real>(p.start.begin(), p.start.end()) : reference(p, t));
  }
  const auto worst = [&](const std::vector<real>& saved) {
    double e = 0;
    for (int k = 0; k < kPoints; ++k)
      e = std::max(e, distance(&saved[k * p.dim], exact[k].data(), p.dim));
    return e;
  };
  std::vector<real> saved(kPoints * p.dim);
  for (const Tableau* t : kTableaux) {
    CAPTURE(t->name);
    std::vector<double> steps, errors;
    for (int n : {20, 40, 80, 160}) {
      Integrator solver(fixed_solver(*t), 1, p.dim);
      std::vector<real> x(p.start.begin(), p.start.end());
      const auto points = evenly_saved(n, kPoints);
      solver.run(p.rhs(), 1, time_grid(n, p.begin, p.end), x.data(),
                 {points, saved.data(), static_cast<std::size_t>(p.dim)});
      steps.push_back(1. / n);
      errors.push_back(worst(saved));
      CHECK(std::equal(x.begin(), x.end(), saved.end() - p.dim));
    }
    CAPTURE(errors);
    // At the grid points the order is that of the method. Between them, a cubic interpolant has
    // order 4. An interpolant of degree four, which some methods allow without further evaluations,
    // has order 5.
    const int expected = order_conditions::has_free_interpolant(*t) ? 5 : std::min(t->order, 4);
    CHECK(fitted_order(steps, errors) > expected - 0.3);

    if (!t->adaptive()) continue;
    for (double tol : {1e-4, 1e-7}) {
      SolverOptions o;
      o.tableau = t;
      o.rtol = o.atol = tol;
      Integrator solver(o, 1, p.dim);
      std::vector<real> x(p.start.begin(), p.start.end());
      solver.run(p.rhs(), 1, time_grid(1, p.begin, p.end), x.data(),
                 {evenly_saved(1, kPoints), saved.data(), static_cast<std::size_t>(p.dim)});
      CHECK(worst(saved) < 10 * tol);
    }
  }
}

TEST_CASE("planted mistakes in a tableau are found") {
  using namespace order_conditions;
  Tableau t = kDopri5;
  t.a[3][1] += 1e-9;
  CHECK_FALSE(consistent(t));
  t = kRk4;
  t.b = {1. / 6, 1. / 3 + 1e-6, 1. / 3 - 1e-6, 1. / 6};
  CHECK(consistent(t));
  CHECK_FALSE(holds(t));
  t = kTsit5;
  t.d[2] *= 1.001;
  CHECK_FALSE(holds(t));
  t = kBosh3;
  t.e[3] = 0;
  CHECK_FALSE(holds(t));
  t = kHeun;
  t.order = 3;
  CHECK_FALSE(holds(t));
}

}  // namespace pushforward::inline PF_REAL
