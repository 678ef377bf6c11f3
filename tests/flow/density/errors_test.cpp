// Tests the texts of the errors for invalid arguments of densities.
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "flow/density/density_rate.h"
#include "flow/density/likelihood.h"
#include "flow/density/on_tape.h"
#include "flow/distributions/source.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

const Field kStill = [](Var x, Var) { return real(0) * x; };

}  // namespace

TEST_CASE("the rate of the density refuses other rows than those that it was prepared for") {
  const Field none;
  for (const DivergenceBy by :
       {DivergenceBy::exact, DivergenceBy::rademacher, DivergenceBy::gaussian}) {
    DensityRate rate(kStill, 2, {.by = by}, 3);
    const std::vector<int> four{5, 6, 7, 8}, before{4}, after{7}, begun{5, 6};
    real y[12] = {}, dy[12];
    const double t[4] = {};
    rate.start(5, 2);
    check_refusals({
        {[&] { DensityRate(none, 2, {.by = by}, 3); }, "[divergence] no field is given"},
        {[&] { DensityRate(kStill, 0, {.by = by}, 3); },
         "[divergence] 3 rows of 0 numbers; both must be at least 1"},
        {[&] { DensityRate(kStill, 2, {.by = by}, 0); },
         "[divergence] 0 rows of 2 numbers; both must be at least 1"},
        {[&] { DensityRate(kStill, 2, {.by = by, .probes = 0}, 3); },
         "[divergence] 0 probes for an estimate; give at least 1"},
        {[&] { rate.start(0, 4); }, "[divergence] 4 rows for a right-hand side made for 3"},
        {[&] { rate.start(0, -1); }, "[divergence] -1 rows for a right-hand side made for 3"},
        {[&] { rate(four, y, t, dy); }, "[divergence] 4 rows for a right-hand side made for 3"},
        {[&] { rate(before, y, t, dy); },
         "[divergence] sample 4 was not begun; start was told of 5 to 6"},
        {[&] { rate(after, y, t, dy); },
         "[divergence] sample 7 was not begun; start was told of 5 to 6"},
    });
    CHECK_NOTHROW(rate(begun, y, t, dy));
  }
}

TEST_CASE("a likelihood refuses a missing field or source and unsuitable scales or times") {
  Workers workers(1);
  const auto made = [&workers](auto change) {
    return [&workers, change] {
      Field field = kStill;
      DistributionPtr source = GaussianSource(2);
      LikelihoodOptions options;
      change(field, source, options);
      Likelihood(field, source, options, workers);
    };
  };
  using F = Field&;
  using S = DistributionPtr&;
  using O = LikelihoodOptions&;
  check_refusals({
      {made([](F f, S, O) { f = Field(); }), "[likelihood] no field is given"},
      {made([](F, S s, O) { s = nullptr; }), "[likelihood] no source is given"},
      {made([](F, S, O o) { o.source_scale = -1; }),
       "[likelihood] source_scale is -1; it must be positive and finite"},
      {made([](F, S, O o) { o.source_scale = std::numeric_limits<double>::infinity(); }),
       "[likelihood] source_scale is inf; it must be positive and finite"},
      {made([](F, S, O o) { o.data_scale = -1; }),
       "[likelihood] data_scale is -1; it must be positive and finite"},
      {made([](F, S, O o) { o.data_scale = std::nan(""); }),
       "[likelihood] data_scale is nan; it must be positive and finite"},
      {made([](F, S, O o) { o.begin = 1; }),
       "[likelihood] the source is at time 1 and data at 1; begin must be before end"},
      {made([](F, S, O o) {
         o.grid = {1, 0.5, 0};
       }),
       "[likelihood] the source is at time 1 and data at 0; begin must be before end"},
      {made([](F, S, O o) {
         o.grid = {0, 1, 0.5};
       }),
       "[integrate] the time grid goes from 1 to 0.5 at index 2; it must be strictly monotone"},
      {made([](F, S, O o) { o.solver.tableau = &kRk4, o.steps = 0; }),
       "[solver] a grid of 0 steps; give at least 1"},
      {made([](F, S, O o) { o.divergence.probes = -1; }),
       "[divergence] -1 probes for an estimate; give at least 1"},
      {[] {
         Workers own_workers(1);
         Likelihood likelihood(kStill, GaussianSource(1), {}, own_workers);
         double log_p = 0;
         const real x = 0;
         likelihood.log_density(1, &x, &log_p, nullptr, nullptr, 100);
       },
       "[likelihood] the first row is 100; it must be a multiple of 128"},
      {[] {
         Workers own_workers(1);
         Likelihood likelihood(kStill, GaussianSource(1), {}, own_workers);
         double log_p = 0;
         const real x = 0;
         likelihood.log_density(1, &x, &log_p, nullptr, nullptr, -128);
       },
       "[likelihood] the first row is -128; it must be a multiple of 128"},
      {[] { bits_per_dimension(0, 0, 0); },
       "[bits per dimension] a row of 0 numbers; it must have at least one"},
  });
}

TEST_CASE("a log-density on the tape refuses missing points, fields, sources or methods") {
  Tape t;
  const Var x = t.full({1, 2}, 0);
  const SourceDensity standard = [](Var x0) { return gaussian_log_density(x0, 1); };
  const auto solved = [&](auto change) {
    return [&, change] {
      Field field = kStill;
      SourceDensity source = standard;
      TapeSolve solve;
      Var points = x;
      change(field, points, source, solve);
      log_density(field, points, source, solve);
    };
  };
  using F = Field&;
  using P = Var&;
  using S = SourceDensity&;
  using O = TapeSolve&;
  const std::string missing =
      "[log_density] a field, a source's density and a method are needed, "
      "and one of them is missing";
  const Var probe = t.full({2, 1}, 1);
  check_refusals({
      {solved([](F f, P, S, O) { f = Field(); }), missing},
      {solved([](F, P, S s, O) { s = nullptr; }), missing},
      {solved([](F, P, S, O o) { o.tableau = nullptr; }), missing},
      {solved([](F, P p, S, O) { p = {}; }),
       "[log_density] points of shape (); give (rows, dimension) on a tape"},
      {solved([&](F, P p, S, O) { p = t.full({2}, 0); }),
       "[log_density] points of shape (2); give (rows, dimension) on a tape"},
      {solved([&](F, P, S, O o) { o.probe = probe; }),
       "[log_density] the probe is (2, 1) and the points (1, 2); they must be equal"},
      {solved([](F, P, S, O o) { o.steps = 0; }), "[log_density] 0 steps; give at least 1"},
      {solved([](F, P, S, O o) { o.begin = 1; }),
       "[log_density] the source is at time 1 and data at 1; begin must be before end"},
      {[&] { gaussian_log_density(x, 0); },
       "[log_density] the source's std is 0; it must be positive and finite"},
      {[&] { gaussian_log_density(x, std::nan("")); },
       "[log_density] the source's std is nan; it must be positive and finite"},
      {[&] { gaussian_log_density(x, std::numeric_limits<double>::infinity()); },
       "[log_density] the source's std is inf; it must be positive and finite"},
  });
  CHECK_NOTHROW(log_density(kStill, x, standard));
}

}  // namespace pushforward::inline PF_REAL
