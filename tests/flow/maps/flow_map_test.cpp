// Tests flow maps: jumps, their diagonal, sampling by jumps, and maps made from plain numbers.
#include "flow/maps/flow_map.h"

#include <cmath>
#include <vector>

#include "autograd/sweep.h"
#include "flow/distributions/source.h"
#include "flow/maps/exact_map.h"
#include "flow/solve/sampler.h"
#include "tests/flow/maps/gaussian_map.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kMapEps = sizeof(real) == 8 ? 1e-14 : 1e-6;

double at(const Var& v) { return static_cast<double>(v.item()); }

Var number(Tape& tape, double x) { return tape.input({1, 1}, {static_cast<real>(x)}); }

double by_jump(double x, double s, double t) {
  Tape tape;
  return at(jump(gaussian_map(), number(tape, x), number(tape, s), number(tape, t)));
}

}  // namespace

TEST_CASE("flow map: jumps and velocities of Gaussian data have the known values") {
  Tape tape;
  CHECK(by_jump(0.9, 0.3, 0.8) == Approx(1.7874085142663274).epsilon(kMapEps));
  CHECK(by_jump(-0.3, 0, 1) == Approx(1.85).epsilon(kMapEps));
  const Var x = number(tape, 0.9), s = number(tape, 0.3), t = number(tape, 0.8);
  CHECK(at(gaussian_map()(x, s, t)) == Approx(1.7748170285326548).epsilon(kMapEps));
  CHECK(at(diagonal(gaussian_map())(x, s)) == Approx(1.6341463414634145).epsilon(kMapEps));
  // Backward, the map is the inverse.
  CHECK(by_jump(by_jump(0.9, 0.3, 0.8), 0.8, 0.3) == Approx(0.9).epsilon(10 * kMapEps));
}

TEST_CASE("flow map: a sampler jumps along its grid, and back") {
  Workers workers(1);
  for (const std::vector<double>& grid :
       {std::vector<double>{0, 1}, {0, 0.3, 1}, {0, 0.1, 0.2, 0.7, 1}}) {
    SamplerOptions options;
    options.method = SamplingMethod::jumps;
    options.grid = grid;
    Sampler sampler(jumps_along(gaussian_map(), grid), 1, options, workers);
    const Tensor x0 = draw_rows(GaussianSource(1), sample_stream(7), 300);
    const Tensor x = sampler.sample(GaussianSource(1), 7, 300);
    const double slack = sizeof(real) == 8 ? 1e-13 : 3e-6;
    for (int k = 0; k < 300; ++k)
      CHECK(std::abs(double(x(k, 0)) - (2 + 0.5 * double(x0(k, 0)))) < slack);
    Tensor few({5, 1});
    CHECK(sampler.sample(GaussianSource(1), 7, 5, few.data()).mean() ==
          static_cast<double>(grid.size() - 1));
    // Backward along the reversed grid, the points come back.
    std::vector<double> back(grid.rbegin(), grid.rend());
    options.grid = back;
    Sampler encoder(jumps_along(gaussian_map(), back), 1, options, workers);
    Tensor y = x;
    encoder.transport(y.rows(), y.data());
    for (int k = 0; k < 300; ++k) CHECK(std::abs(double(y(k, 0)) - double(x0(k, 0))) < 10 * slack);
  }
}

TEST_CASE("flow map: a map of plain numbers has the values and derivatives of its function") {
  const PlainMap plain = [](std::span<const double> x, double s, double t) {
    return std::vector<double>{std::exp(t - s) * x[0], x[1] + (t * t - s * s) * x[0]};
  };
  const FlowMap v = map_by_differences(plain);
  Tape tape;
  const Var x = tape.input({2, 2}, {real(0.5), real(-1), real(1.5), real(0.25)}),
            s = tape.input({2, 1}, {real(0.25), real(0.5)}),
            t = tape.input({2, 1}, {real(0.75), real(1)}), one = tape.full({2, 1}, 1);
  const Var y = v(x, s, t);
  const double eps = sizeof(real) == 8 ? 1e-11 : 1e-5, h = 0.5, e = std::exp(h);
  for (int r = 0; r < 2; ++r) {
    const std::size_t i = std::size_t(2 * r);
    const double x1 = double(x.values()[i]), from = double(s.values()[std::size_t(r)]),
                 to = double(t.values()[std::size_t(r)]);
    CHECK(double(y.values()[i]) == Approx((e - 1) / h * x1).epsilon(eps));
    CHECK(double(y.values()[i + 1]) == Approx((from + to) * x1).epsilon(eps));
    const Var in_t = jvp(y, t, one), in_s = jvp(y, s, one);
    CHECK(double(in_t.values()[i]) == Approx((e * h - e + 1) / (h * h) * x1).epsilon(eps));
    CHECK(double(in_s.values()[i]) == Approx((-e * h + e - 1) / (h * h) * x1).epsilon(eps));
    CHECK(double(in_t.values()[i + 1]) == Approx(x1).epsilon(eps));
    const Var along = tape.input({2, 2}, {1, 10, 1, 10});
    const Var in_x = jvp(y, x, along);
    CHECK(double(in_x.values()[i]) == Approx((e - 1) / h).epsilon(eps));
    CHECK(double(in_x.values()[i + 1]) == Approx(from + to).epsilon(eps));
  }
  // On the diagonal it is the slope of the map in its last time.
  const Var u = v(x, s, s);
  CHECK(double(u.values()[0]) == Approx(0.5).epsilon(eps));
  CHECK(double(u.values()[1]) == Approx(2 * 0.25 * 0.5).epsilon(eps));
}

TEST_CASE("flow map: mistakes are named") {
  Tape tape;
  const Var x = number(tape, 1), s = number(tape, 0.5);
  CHECK_THROWS_WITH(FlowMap()(x, s, s),
                    "[flow_map] nothing is given to call; make it from a function (x, s, t)");
  CHECK_THROWS_WITH(diagonal(FlowMap()),
                    "[flow_map] nothing is given whose diagonal could be taken");
  CHECK_THROWS_WITH(jumps_along(FlowMap(), {0, 1}), "[flow_map] nothing is given that could jump");
  CHECK_THROWS_WITH(jump([](Var y, Var, Var) { return concat(y, y, 1); }, x, s, s),
                    "[flow_map] the map gave (1, 2) for points (1, 1); a mean velocity has the "
                    "shape of its points");
  CHECK_THROWS_WITH(jumps_along(gaussian_map(), {0.5}),
                    "[jumps] the grid has 1 times; a jump needs a first and a last one");
  CHECK_THROWS_WITH(jumps_along(gaussian_map(), {0, 0.5, 0.25}),
                    "[jumps] the times 0.5 and 0.25 follow each other; the times of a grid must "
                    "all rise, or all fall");
  CHECK_THROWS_WITH(jumps_along(gaussian_map(), {0, 0.5, 1})(x, number(tape, 0.25)),
                    "[jumps] no jump starts at t = 0.25; the times of the solver must be those of "
                    "the grid");
  const Var end = number(tape, 1);
  CHECK(at(jumps_along(gaussian_map(), {0, 0.5, 1})(x, end)) == at(gaussian_map()(x, end, end)));
  const PlainMap still = [](std::span<const double> from, double, double) {
    return std::vector<double>(from.begin(), from.end());
  };
  CHECK_THROWS_WITH(map_by_differences(still, 0),
                    "[exact_map] the step is not above 0; give a function (x, s, t) and a positive "
                    "step");
  CHECK_THROWS_WITH(map_by_differences({}),
                    "[exact_map] no map is given; give a function (x, s, t) and a positive step");
}

}  // namespace pushforward::inline PF_REAL
