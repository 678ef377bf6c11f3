// Tests the integrator: known numbers, independent rows, both directions, costs, saved points, and
// failures.
#include "flow/solve/integrate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/tensor/rng.h"
#include "tests/flow/problems.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

SolverOptions solver(const Tableau& t, bool adaptive, double tol = 1e-6) {
  SolverOptions o;
  o.tableau = &t;
  o.adaptive = adaptive;
  o.rtol = o.atol = tol;
  return o;
}

// Returns the right-hand side dx/dt = f(t, x), applied to each number.
template <class F>
Rhs each(int dim, F f) {
  return [=](std::span<const int> rows, const real* x, const double* t, real* dx) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (int j = 0; j < dim; ++j)
        dx[r * dim + j] = static_cast<real>(f(t[r], static_cast<double>(x[r * dim + j])));
    }
  };
}

double solve(const SolverOptions& o, const Rhs& rhs, double x0, std::vector<double> grid) {
  Integrator s(o, 1, 1);
  real x = static_cast<real>(x0);
  s.run(rhs, 1, grid, &x);
  return static_cast<double>(x);
}

std::string failure(const SolverOptions& o, const Rhs& rhs, std::vector<real> x,
                    std::vector<double> grid, int dim = 1) {
  Integrator s(o, static_cast<int>(x.size()) / dim, dim);
  try {
    s.run(rhs, static_cast<int>(x.size()) / dim, grid, x.data());
  } catch (const IntegrationFailure& e) {
    return e.what();
  }
  return "no failure";
}

}  // namespace

TEST_CASE("one Dormand-Prince step and its error estimate have the known numbers") {
  if (!kDouble) return;
  Stepper s(kDopri5, 1, 1);
  const Rhs rhs = each(1, [](double t, double y) { return std::sin(t) - y * y; });
  const int row[] = {0};
  const double t = 0.5, t1 = 0.7;
  s.y()[0] = 1;
  s.first_stage(rhs, row, &t);
  s.step(rhs, row, &t, &t1);
  CHECK(std::abs(s.y1()[0] - real(0.9286121797)) < 1e-10);
  CHECK(std::abs(static_cast<double>(s.error()[0])) == Approx(3.69229908e-06).epsilon(1e-7));
  // Some libraries use other weights for the embedded error estimate, which is then 1.5 times
  // smaller.
  CHECK(std::abs(static_cast<double>(s.error()[0])) / 1.5 == Approx(2.46153272e-06).epsilon(1e-7));
}

TEST_CASE("fixed steps integrate a cubic as the order of the method says") {
  const Rhs rhs = each(1, [](double t, double) { return 3 * t * t; });
  const auto grid = time_grid(10);
  const double eps = kDouble ? 1e-12 : 1e-6;
  CHECK(std::abs(solve(solver(kEuler, false), rhs, 1, grid) - 1.855) < eps);
  CHECK(std::abs(solve(solver(kMidpoint, false), rhs, 1, grid) - 1.9975) < eps);
  CHECK(std::abs(solve(solver(kHeun, false), rhs, 1, grid) - 2.005) < eps);
  for (const Tableau* t : kTableaux) {
    if (t->order >= 3) CHECK(std::abs(solve(solver(*t, false), rhs, 1, grid) - 2) < eps);
  }
}

TEST_CASE("a long integration agrees with its closed form") {
  // The equation is y' = 2 y / t + t^4 sin(2 t) - t^2 + 4 t^3.
  if (!kDouble) return;
  const auto exact = [](double t) {
    return -std::pow(t, 4) / 2 * std::cos(2 * t) + std::pow(t, 3) / 2 * std::sin(2 * t) +
           t * t / 4 * std::cos(2 * t) - std::pow(t, 3) + 2 * std::pow(t, 4) +
           (3.14159265358979323846 - 0.25) * t * t;
  };
  CHECK(exact(1) == Approx(4.450278076).epsilon(1e-9));
  const Rhs rhs = each(1, [](double t, double y) {
    return 2 * y / t + std::pow(t, 4) * std::sin(2 * t) - t * t + 4 * t * t * t;
  });
  for (const Tableau* t : {&kBosh3, &kDopri5, &kTsit5}) {
    const auto o = solver(*t, true, t == &kBosh3 ? 1e-9 : 1e-11);
    const double eps = t == &kBosh3 ? 1e-8 : 1e-9;
    CHECK(solve(o, rhs, exact(1), {1, 2}) == Approx(37.11466598).epsilon(eps));
    CHECK(solve(o, rhs, exact(1), {1, 8}) == Approx(9737.322745).epsilon(eps));
    CHECK(solve(o, rhs, exact(8), {8, 1}) == Approx(4.450278076).epsilon(1e-6));
  }
}

TEST_CASE("a row has the same result alone and with other rows") {
  // The rows have different speeds, so they take different steps and finish at different times.
  const TestProblem& p = test_problems()[2];
  const Rhs rhs = [&](std::span<const int> rows, const real* x, const double* t, real* dx) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const double speed = 1 + rows[r] % 7;  // depends on the number of the sample
      p.slope(speed * t[r], x + 2 * r, dx + 2 * r);
      for (int j = 0; j < 2; ++j) dx[2 * r + j] *= static_cast<real>(speed);
    }
  };
  const Stream stream{3, Purpose::user, 0};
  constexpr int kRows = 50;
  std::vector<real> start(2 * kRows);
  for (int i = 0; i < 2 * kRows; ++i)
    start[i] = static_cast<real>(0.2 + 2 * stream.uniform(static_cast<std::uint32_t>(i)));
  for (const Tableau* t : {&kBosh3, &kDopri5, &kTsit5}) {
    const auto o = solver(*t, true, 1e-5);
    auto together = start;
    std::vector<real> saved(5 * 2 * kRows);
    const auto points = evenly_saved(1, 5);
    Integrator all(o, kRows, 2);
    all.run(rhs, kRows, time_grid(1), together.data(), {points, saved.data(), 2 * kRows});
    Integrator one(o, 1, 2);
    for (int r = 0; r < kRows; ++r) {
      std::vector<real> alone(start.begin() + 2 * r, start.begin() + 2 * r + 2), saved_alone(10);
      one.run(rhs, 1, time_grid(1), alone.data(), {points, saved_alone.data(), 2}, r);
      CHECK(alone[0] == together[2 * r]);
      CHECK(alone[1] == together[2 * r + 1]);
      CHECK(one.costs()[0].evaluations == all.costs()[r].evaluations);
      for (int s = 0; s < 5; ++s) CHECK(saved_alone[2 * s] == saved[s * 2 * kRows + 2 * r]);
    }
    CHECK(all.costs()[6].evaluations > all.costs()[0].evaluations);
  }
}

TEST_CASE("a watcher sees every step that is tried, in order") {
  // The slope jumps at t = 0.3, so that an adaptive solver rejects steps there.
  const Rhs rhs = each(1, [](double t, double) { return t < 0.3 ? 0. : 20.; });
  std::vector<TriedStep> tried;
  std::vector<real> reached;
  const auto watch = [&](const TriedStep& step) {
    tried.push_back(step);
    reached.push_back(step.end[0]);
  };
  Integrator fixed(solver(kHeun, false), 2, 1);
  fixed.watch(watch);
  std::vector<real> x{1, 2};
  fixed.run(rhs, 2, time_grid(4), x.data(), {}, 7);
  REQUIRE(tried.size() == 8);
  CHECK(tried[0].sample == 7);
  CHECK(tried[1].sample == 8);
  CHECK(tried[7].from == 0.75);
  CHECK(tried[7].to == 1);
  CHECK(reached[6] == x[0]);
  CHECK(reached[7] == x[1]);

  tried.clear();
  reached.clear();
  Integrator adaptive(solver(kDopri5, true, 1e-4), 1, 1);
  adaptive.watch(watch);
  x = {0};
  adaptive.run(rhs, 1, time_grid(1), x.data());
  const RowCost cost = adaptive.costs()[0];
  double t = 0;
  int accepted = 0;
  for (const TriedStep& step : tried) {
    CHECK(step.from == t);
    if (!step.accepted) continue;
    t = step.to;
    ++accepted;
  }
  CHECK(t == 1);
  CHECK(reached.back() == x[0]);
  CHECK(accepted == cost.steps);
  CHECK(cost.rejected > 0);
  CHECK(static_cast<int>(tried.size()) == cost.steps + cost.rejected);
  adaptive.watch({});
  adaptive.run(rhs, 1, time_grid(1), x.data());
  CHECK(static_cast<int>(tried.size()) == cost.steps + cost.rejected);
}

TEST_CASE("integrating forwards and backwards returns to the start") {
  for (const TestProblem& p : test_problems()) {
    for (const Tableau* t : kTableaux) {
      if (t->order < 4) continue;
      const double tol = kDouble ? 1e-9 : 1e-5;
      Integrator s(solver(*t, t->adaptive(), tol), 1, p.dim);
      std::vector<real> x(p.start.begin(), p.start.end());
      const int steps = t->adaptive() ? 1 : 400;
      s.run(p.rhs(), 1, time_grid(steps, p.begin, p.end), x.data());
      s.run(p.rhs(), 1, time_grid(steps, p.end, p.begin), x.data());
      const std::vector<real> start(p.start.begin(), p.start.end());
      CAPTURE(p.name, t->name);
      CHECK(distance(x.data(), start.data(), p.dim) < 100 * tol);
    }
  }
}

TEST_CASE("costs are counted for each row") {
  int evaluated = 0;
  const Rhs rhs = [&](std::span<const int> rows, const real* x, const double*, real* dx) {
    evaluated += static_cast<int>(rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r)
      dx[r] = -x[r] * static_cast<real>(1 + 3 * rows[r]);
  };
  std::vector<real> x(4, 1);
  const auto total = [](std::span<const RowCost> costs) {
    int sum = 0;
    for (const RowCost& c : costs) sum += c.evaluations;
    return sum;
  };
  for (const Tableau* t : kTableaux) {
    CAPTURE(t->name);
    evaluated = 0;
    Integrator s(solver(*t, false), 4, 1);
    s.run(rhs, 4, time_grid(10), x.data());
    CHECK(s.costs()[0].steps == 10);
    CHECK(s.costs()[0].evaluations == (t->fsal ? 1 + 10 * (t->stages - 1) : 10 * t->stages));
    CHECK(total(s.costs()) == evaluated);
    if (!t->adaptive()) continue;
    evaluated = 0;
    Integrator a(solver(*t, true), 4, 1);
    a.run(rhs, 4, time_grid(1), x.data());
    CHECK(total(a.costs()) == evaluated);
    for (const RowCost& c : a.costs())
      CHECK(c.evaluations == 2 + (t->stages - 1) * (c.steps + c.rejected));
    CHECK(a.costs()[3].steps > a.costs()[0].steps);
  }
}

TEST_CASE("points are saved at indices of the grid") {
  const Rhs rhs = each(1, [](double t, double) { return std::cos(t); });
  const std::vector<double> grid{0, 0.1, 0.5, 0.6, 2};
  const std::vector<SavePoint> points{{0, 0}, {1, 0}, {1, 0.5}, {3, 0}, {3, 0.25}, {4, 0}};
  const double times[] = {0, 0.1, 0.3, 0.6, 0.95, 2};
  for (bool adaptive : {false, true}) {
    Integrator s(solver(kDopri5, adaptive, 1e-6), 2, 1);
    real x[2] = {0, 1}, saved[12];
    s.run(rhs, 2, grid, x, {points, saved, 2});
    for (int k = 0; k < 6; ++k) {
      CHECK(static_cast<double>(saved[2 * k]) == Approx(std::sin(times[k])).margin(2e-4));
      CHECK(static_cast<double>(saved[2 * k + 1]) == Approx(1 + std::sin(times[k])).margin(2e-4));
    }
    CHECK(saved[10] == x[0]);
    CHECK(saved[1] == 1);
  }
}

TEST_CASE("a constant solution gets large steps, and a given first step is used") {
  const Rhs still = each(1, [](double, double) { return 0.; });
  Integrator s(solver(kDopri5, true), 1, 1);
  real x = 3;
  s.run(still, 1, time_grid(1), &x);
  CHECK(x == 3);
  CHECK(s.costs()[0].steps < 12);

  std::vector<double> times;
  const Rhs watched = [&](std::span<const int>, const real*, const double* t, real* dx) {
    times.push_back(t[0]);
    dx[0] = 1;
  };
  auto o = solver(kBosh3, true);
  o.first_step = 0.01;
  Integrator given(o, 1, 1);
  given.run(watched, 1, time_grid(1, 1, 0), &x);
  CHECK(times[1] == Approx(1 - 0.005));
  CHECK(times.back() == 0);
  CHECK(*std::min_element(times.begin(), times.end()) == 0);  // no stage is beyond the end
}

TEST_CASE("failures name the sample, the time and what to do") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Rhs wall = each(1, [=](double t, double y) { return t > 0.5 ? nan : -y; });
  const std::string text = failure(solver(kDopri5, true), wall, {1, 2}, {0, 1});
  CHECK_THAT(text,
             Contains("[integrate] step ") &&
                 Contains(" at t=0.5: error estimate is not finite, however small the step") &&
                 Contains("(sample "));
  const Rhs after = each(1, [=](double t, double y) { return t > 0 ? nan : -y; });
  CHECK_THAT(failure(solver(kDopri5, true), after, {1}, {0, 1}),
             Contains(" at t=0: error estimate is not finite"));
  CHECK(failure(solver(kDopri5, true), each(1, [=](double, double) { return nan; }), {1}, {0, 1}) ==
        "[integrate] step 0 at t=0: the velocity is not finite at the start (sample 0)");
  CHECK(failure(solver(kEuler, false), wall, {1}, time_grid(4)) ==
        "[integrate] step 4 at t=0.75: the state is not finite; the velocity diverges: "
        "look at the training loss, or take smaller steps (sample 0)");
  CHECK(failure(solver(kEuler, false), wall, {1, static_cast<real>(nan)}, time_grid(4)) ==
        "[integrate] step 0 at t=0: the starting point is not finite (sample 1)");

  // Starting from y = 1, the solution of y' = y^2 diverges at t = 1.
  const std::string blown = failure(solver(kTsit5, true, 1e-4),
                                    each(1, [](double, double y) { return y * y; }), {1}, {0, 2});
  CHECK_THAT(blown, Contains("[integrate] step ") && Contains(" at t="));

  auto o = solver(kDopri5, true, 1e-6);
  o.max_steps = 5;
  const std::string capped =
      failure(o, each(1, [](double t, double) { return std::sin(400 * t); }), {1}, {0, 1});
  CHECK_THAT(capped,
             Contains("[integrate] step 5 at t=0.") &&
                 Contains("the limit of 5 steps is reached with 0.") &&
                 Contains("; loosen rtol 1e-06 and atol 1e-06, or raise max_steps (sample 0)"));

  if (kDouble) {
    const Rhs jump = each(1, [](double t, double) { return t < 0.3 ? 0. : 1e9; });
    CHECK_THAT(failure(solver(kDopri5, true, 1e-9), jump, {0}, {0, 1}),
               Contains("is below the resolution of time, and the error is still") &&
                   Contains("or take fixed steps"));
  }
}

TEST_CASE("rows that fail become NaN, and the other rows do not change") {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  // For x > 100 the slope is NaN after t = 0.4, and for x > 1000 it is NaN at any time.
  const Rhs rhs = each(2, [&](double t, double x) {
    return x > 1000 || (x > 100 && t > 0.4) ? double(nan) : std::cos(5 * t) * x;
  });
  const std::vector<real> whole{1, 2, real(0.5), real(-3), 4, 5};
  const std::vector<real> holed{1, 2, nan, 7, real(0.5), real(-3), 500, 500, 4, 5, 5000, 5000};
  for (const bool adaptive : {true, false}) {
    SolverOptions o = solver(kDopri5, adaptive);
    const std::vector<double> grid = adaptive ? std::vector<double>{0, 1} : time_grid(10);
    const std::vector<SavePoint> points = evenly_saved(int(grid.size()) - 1, 3);
    std::vector<real> x = whole, saved(18);
    Integrator(o, 3, 2).run(rhs, 3, grid, x.data(), {points, saved.data(), 6});
    o.skips_failures = true;
    Integrator skipping(o, 6, 2);
    std::vector<real> y = holed, kept(36);
    skipping.run(rhs, 6, grid, y.data(), {points, kept.data(), 12}, 10);
    CAPTURE(adaptive);
    CHECK(skipping.failures().count == 3);
    CHECK(skipping.failures().first == 11);
    CHECK_THAT(skipping.failures().why, Contains("the starting point is not finite (sample 11)"));
    for (int r = 0; r < 3; ++r) {
      for (int j = 0; j < 2; ++j) {
        CHECK(y[std::size_t(4 * r + j)] == x[std::size_t(2 * r + j)]);
        CHECK(std::isnan(y[std::size_t(4 * r + 2 + j)]));
        for (int k = 0; k < 3; ++k)
          CHECK(kept[std::size_t(12 * k + 4 * r + j)] == saved[std::size_t(6 * k + 2 * r + j)]);
      }
    }
    y = whole;
    skipping.run(rhs, 3, grid, y.data());
    CHECK(skipping.failures().count == 0);
  }
  // First one row needs too many steps, then all rows do.
  SolverOptions o = solver(kDopri5, true);
  o.skips_failures = true;
  o.max_steps = 20;
  Integrator few(o, 2, 1);
  const Rhs fast = [](std::span<const int> rows, const real* x, const double* t, real* dx) {
    for (std::size_t r = 0; r < rows.size(); ++r)
      dx[r] = rows[r] == 0 ? static_cast<real>(std::sin(400 * t[r])) : x[r];
  };
  real x[2] = {1, 1};
  few.run(fast, 2, std::vector<double>{0, 1}, x);
  CHECK(std::isnan(x[0]));
  CHECK(double(x[1]) == Approx(std::exp(1)).epsilon(1e-5));
  CHECK_THAT(few.failures().why, Contains("the limit of 20 steps is reached"));
  real all[2] = {nan, nan};
  few.run(fast, 2, std::vector<double>{0, 1}, all);
  CHECK(few.failures().count == 2);
}

TEST_CASE("invalid grids, save points and sizes are refused") {
  const Rhs rhs = each(1, [](double, double) { return 1.; });
  Integrator s(solver(kDopri5, true), 2, 1);
  real x[2] = {0, 0}, saved[8];
  const auto run = [&](std::vector<double> grid, std::vector<SavePoint> points = {}, int rows = 2) {
    s.run(rhs, rows, grid, x, {points, saved, 2});
  };
  CHECK_THROWS_WITH(run({0}),
                    "[integrate] the time grid has 1 times; give the start and the end at least");
  CHECK_THROWS_WITH(
      run({0, 0.5, 0.4, 1}),
      "[integrate] the time grid goes from 0.5 to 0.4 at index 2; it must be strictly monotone");
  CHECK_THROWS_WITH(
      run({0, 0}),
      "[integrate] the time grid goes from 0 to 0 at index 1; it must be strictly monotone");
  CHECK_THROWS_WITH(run({0, std::numeric_limits<double>::infinity()}),
                    "[integrate] time 1 of the grid is inf; times must be finite");
  CHECK_THROWS_WITH(run({0, 1}, {{1, 0.5}}),
                    "[integrate] save point 1 + 0.5 is not on a grid of 1 intervals");
  CHECK_THROWS_WITH(run({0, 1}, {{0, 0.5}, {0, 0.25}}),
                    "[integrate] save points must be in the order of time: 0.25 comes after 0.5");
  CHECK_THROWS_WITH(run({0, 1}, {}, 3), "[integrate] 3 rows given to a solver made for 1 to 2");
  CHECK_THROWS_WITH(
      Integrator(solver(kDopri5, true), 0, 2),
      "[integrate] a state of 0 rows of 2 numbers is empty; give at least one of both");
  CHECK_THROWS_WITH(Integrator(solver(kDopri5, true), 1, 2, 3),
                    "[integrate] the error control looks at 3 of 2 numbers; give 1 to 2");
}

TEST_CASE("the first step of a row is Hairer's, in units of its tolerances, in both directions") {
  SolverOptions o = solver(kDopri5, true);
  o.rtol = 1e-2;
  o.atol = 1e-3;
  const auto f = [](double y) { return 2 - 3 * y; };
  for (const bool finite : {true, false}) {
    for (const bool back : {false, true}) {
      CAPTURE(finite, back);
      std::vector<double> times;
      const Rhs rhs = [&](std::span<const int>, const real* x, const double* t, real* dx) {
        times.push_back(t[0]);
        for (int j = 0; j < 2; ++j) dx[j] = static_cast<real>(f(static_cast<double>(x[j])));
        if (!finite && times.size() == 2) dx[1] = std::numeric_limits<real>::infinity();
      };
      const double start[] = {2, 0.125}, begin = back ? 1 : 0, sign = back ? -1 : 1;
      std::vector<real> x(start, start + 2);
      Integrator s(o, 1, 2);
      s.run(rhs, 1, std::vector<double>{begin, 1 - begin}, x.data());
      const auto norm = [&](auto value) {
        double sum = 0;
        for (const double y : start) sum += std::pow(value(y) / (o.atol + o.rtol * y), 2) / 2;
        return std::sqrt(sum);
      };
      const double state = norm([](double y) { return y; }), slope = norm(f),
                   trial = trial_first_step(state, slope, 1);
      const double bend = norm([&](double y) { return f(y + sign * trial * f(y)) - f(y); }) / trial;
      const double first = finite ? first_step_size(trial, slope, bend, 5, 1) : trial;
      CHECK((times[1] - begin) * sign == Approx(trial).epsilon(1e-4));
      CHECK((times[2] - begin) * sign * 5 == Approx(first).epsilon(1e-3));  // the stage at h / 5
    }
  }
}

TEST_CASE("a step does not grow right after one that was rejected") {
  SolverOptions o = solver(kDopri5, true);
  o.first_step = 1;
  std::vector<double> times;
  const Rhs rhs = [&](std::span<const int>, const real*, const double* t, real* dx) {
    times.push_back(t[0]);
    dx[0] = t[0] > 0.5 ? real(1000) : real(0);
  };
  Integrator s(o, 1, 1);
  real x = 0;
  s.run(rhs, 1, std::vector<double>{0, 10}, &x);
  // After the first slope, a step is six evaluations, the last one at its end.
  REQUIRE(times.size() > 18);
  CHECK(times[6] == Approx(1));     // is rejected, by more than a step may shrink
  CHECK(times[12] == Approx(0.2));  // is exact, and accepted
  CHECK(times[18] == Approx(0.4));
  CHECK(s.costs()[0].rejected > 0);
}

}  // namespace pushforward::inline PF_REAL
