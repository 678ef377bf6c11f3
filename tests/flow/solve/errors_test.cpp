// Tests the texts of the errors for invalid arguments of solvers and samplers.
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "flow/distributions/source.h"
#include "flow/solve/dpm_solver.h"
#include "flow/solve/edm_heun.h"
#include "flow/solve/integrate.h"
#include "flow/solve/interpolate.h"
#include "flow/solve/ode.h"
#include "flow/solve/path_energy.h"
#include "flow/solve/sampler.h"
#include "flow/solve/sde.h"
#include "flow/solve/time_range.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

const double kSolveNan = std::nan(""), kSolveInf = std::numeric_limits<double>::infinity();

// A driver integrates rows over a grid of times. The table has all drivers, for blocks of up to
// `rows` rows of `dim` numbers.
const struct {
  const char* name;
  std::unique_ptr<Driver> (*make)(int rows, int dim);
} kDrivers[] = {
    {"dopri5",
     [](int r, int d) -> std::unique_ptr<Driver> {
       return std::make_unique<Integrator>(SolverOptions{}, r, d);
     }},
    {"euler",
     [](int r, int d) -> std::unique_ptr<Driver> {
       return std::make_unique<Integrator>(SolverOptions{.tableau = &kEuler}, r, d);
     }},
    {"euler_maruyama",
     [](int r, int d) -> std::unique_ptr<Driver> {
       return std::make_unique<Sde>(Sde::Scheme::euler_maruyama, Diffusion{}, Parameterization{}, r,
                                    d);
     }},
    {"stochastic_heun",
     [](int r, int d) -> std::unique_ptr<Driver> {
       return std::make_unique<Sde>(Sde::Scheme::stochastic_heun, Diffusion{}, Parameterization{},
                                    r, d);
     }},
    {"dpm_solver",
     [](int r, int d) -> std::unique_ptr<Driver> {
       return std::make_unique<DpmSolver>(Parameterization{}, r, d);
     }},
    {"edm_heun",
     [](int r, int d) -> std::unique_ptr<Driver> {
       return std::make_unique<EdmHeun>(Parameterization{}, r, d);
     }},
};

}  // namespace

TEST_CASE("every driver refuses invalid rows, grids and save points") {
  for (const auto& [name, make] : kDrivers) {
    CAPTURE(name);
    const auto driver = make(2, 2);
    const Rhs rest = [](std::span<const int> rows, const real*, const double*, real* dx) {
      std::fill_n(dx, rows.size() * 2, real(0));
    };
    const std::vector<double> grid{0, 0.5, 1}, falling{0, 0.5, 0.5}, one{0}, hole{0, kSolveNan};
    const std::vector<SavePoint> points{{0, 0}, {2, 0}}, late{{2, 0.5}}, twice{{1, 0}, {1, 0}};
    real x[4] = {}, saved[8];
    check_refusals({
        {[&make = make] { make(0, 2); },
         "[integrate] a state of 0 rows of 2 numbers is empty; give at least one of both"},
        {[&make = make] { make(2, 0); },
         "[integrate] a state of 2 rows of 0 numbers is empty; give at least one of both"},
        {[&] { driver->run({}, 2, grid, x); }, "[integrate] no right-hand side is given"},
        {[&] { driver->run(rest, 0, grid, x); },
         "[integrate] 0 rows given to a solver made for 1 to 2"},
        {[&] { driver->run(rest, 3, grid, x); },
         "[integrate] 3 rows given to a solver made for 1 to 2"},
        {[&] { driver->run(rest, 2, one, x); },
         "[integrate] the time grid has 1 times; give the start and the end at least"},
        {[&] { driver->run(rest, 2, falling, x); },
         "[integrate] the time grid goes from 0.5 to 0.5 at index 2; it must be strictly monotone"},
        {[&] { driver->run(rest, 2, hole, x); },
         "[integrate] time 1 of the grid is nan; times must be finite"},
        {[&] {
           driver->run(rest, 2, grid, x, {points, nullptr, 4});
         },
         "[integrate] 2 points are to be saved, and no memory is given for them"},
        {[&] {
           driver->run(rest, 2, grid, x, {late, saved, 4});
         },
         "[integrate] save point 2 + 0.5 is not on a grid of 2 intervals"},
        {[&] {
           driver->run(rest, 2, grid, x, {twice, saved, 4});
         },
         "[integrate] save points must be in the order of time: 1 comes after 1"},
    });
    CHECK_NOTHROW(driver->run(rest, 2, grid, x, {points, saved, 4}));
  }
}

TEST_CASE("an integrator can only control the error of numbers that a row has") {
  const std::string text = " of 2 numbers; give 1 to 2";
  check_refusals({
      {[] { Integrator({}, 1, 2, 3); }, "[integrate] the error control looks at 3" + text},
      {[] { Integrator({}, 1, 2, -1); }, "[integrate] the error control looks at -1" + text},
  });
  CHECK_NOTHROW(Integrator({}, 1, 2, 2));
}

TEST_CASE("every shape of the diffusion refuses invalid times, scales and steps") {
  for (const DiffusionShape shape : kDiffusionShapes) {
    CAPTURE(name_of(shape));
    const Coefficients c = cond_ot()(0.5);
    for (const char* t : {"-0.25", "1.5", "nan"}) {
      const std::string text = "[solver] the diffusion is asked for at t = " + std::string(t) +
                               "; times of a path lie in [0, 1]";
      CHECK_THROWS_WITH((Diffusion{shape, 1}(std::stod(t), c)), text);
      CHECK_THROWS_WITH((Diffusion{shape, 1}.of_step(std::stod(t), c, 0.1)), text);
    }
    for (const char* scale : {"-1", "nan", "inf"}) {
      const Diffusion diffusion{shape, std::stod(scale)};
      const std::string text = "[solver] the scale of the diffusion is " + std::string(scale) +
                               "; it must be 0 or more, and finite";
      CHECK_THROWS_WITH(diffusion(0.5, c), text);
      CHECK_THROWS_WITH(diffusion.of_step(0.5, c, 0.1), text);
      CHECK_THROWS_WITH(Sde(Sde::Scheme::euler_maruyama, diffusion, {}, 1, 1), text);
      CHECK_THROWS_WITH(Sde(Sde::Scheme::stochastic_heun, diffusion, {}, 1, 1), text);
    }
    for (const char* h : {"0", "-0.5", "nan"}) {
      CHECK_THROWS_WITH(
          (Diffusion{shape, 1}.of_step(0.5, c, std::stod(h))),
          "[solver] the diffusion of a step of length " + std::string(h) + "; it must be positive");
    }
  }
}

TEST_CASE("invalid options of solvers are named") {
  const auto valid = [](auto change) {
    return [change] {
      SolverOptions options;
      change(options);
      options.check_valid();
    };
  };
  check_refusals({
      {valid([](SolverOptions& o) { o.tableau = nullptr; }),
       "[solver] no method is given; take one of kTableaux, &kDopri5 say"},
      {valid([](SolverOptions& o) { o.tableau = &kRk4, o.adaptive = true; }),
       "[solver] method rk4 has no error estimate, so it cannot be adaptive; "
       "give a number of steps, or take bosh3, dopri5 or tsit5"},
      {valid([](SolverOptions& o) { o.rtol = -1; }),
       "[solver] rtol -1 and atol 1e-05; neither may be negative, and one must be positive"},
      {valid([](SolverOptions& o) { o.rtol = o.atol = 0; }),
       "[solver] rtol 0 and atol 0; neither may be negative, and one must be positive"},
      {valid([](SolverOptions& o) { o.atol = kSolveNan; }),
       "[solver] rtol 1e-05 and atol nan; neither may be negative, and one must be positive"},
      {valid([](SolverOptions& o) { o.first_step = -1; }),
       "[solver] first_step is -1; give a positive one, or 0 to have it estimated"},
      {valid([](SolverOptions& o) { o.max_steps = 0; }),
       "[solver] max_steps is 0; it must be positive"},
      {valid([](SolverOptions& o) { o.control.safety = 1.5; }),
       "[solver] safety 1.5 must be in (0, 1], min_factor 0.2 in (0, 1), max_factor 10 above 1"},
      {valid([](SolverOptions& o) { o.control.safety = 0; }),
       "[solver] safety 0 must be in (0, 1], min_factor 0.2 in (0, 1), max_factor 10 above 1"},
      {valid([](SolverOptions& o) { o.control.min_factor = 1; }),
       "[solver] safety 0.9 must be in (0, 1], min_factor 1 in (0, 1), max_factor 10 above 1"},
      {valid([](SolverOptions& o) { o.control.max_factor = 1; }),
       "[solver] safety 0.9 must be in (0, 1], min_factor 0.2 in (0, 1), max_factor 1 above 1"},
      {[] { find_tableau("euler2"); },
       "[solver] there is no method \"euler2\"; choose one of: euler midpoint heun ralston heun3 rk4 "
       "rk4_38 bosh3 dopri5 tsit5"},
      {[] { make_rhs({}, 1); },
       "[integrate] no slope is given; give a function of the state and the time"},
      {[] { make_rhs([](std::span<const real>, double, std::span<real>) {}, 0); },
       "[integrate] a state of 0 numbers; it must have at least one"},
  });
}

TEST_CASE("times at which a flow cannot begin or end are named") {
  const auto range = [](TimeRange wanted, TimeMargin margin) {
    return [wanted, margin] { safe_time_range({}, SamplingMethod::ode, wanted, margin); };
  };
  check_refusals({
      {range({-0.5, 1}, {}), "[sample] a flow from t = -0.5 to 1; times of a path lie in [0, 1]"},
      {range({0, 1.5}, {}), "[sample] a flow from t = 0 to 1.5; times of a path lie in [0, 1]"},
      {range({kSolveNan, 1}, {}),
       "[sample] a flow from t = nan to 1; times of a path lie in [0, 1]"},
      {range({}, {.begin = 0}),
       "[sample] a margin of 0 at the ends of the path; give one in (0, 0.5)"},
      {range({}, {.sigma = 0.5}),
       "[sample] a margin of 0.5 at the ends of the path; give one in (0, 0.5)"},
      {range({}, {.min_left = kSolveNan}),
       "[sample] a margin of nan at the ends of the path; give one in (0, 0.5)"},
      {[] { has_velocity({}, 1.5); }, "[path] t is 1.5 on cond_ot; times of a path lie in [0, 1]"},
      {[] { can_begin({}, SamplingMethod::dpm_solver, -0.5); },
       "[path] t is -0.5 on cond_ot; times of a path lie in [0, 1]"},
      {[] { can_end({}, SamplingMethod::euler_maruyama, 1.5); },
       "[path] t is 1.5 on cond_ot; times of a path lie in [0, 1]"},
  });
}

TEST_CASE("a sampler needs a field, a source and valid sizes") {
  Workers workers(1);
  const Field none, same = [](Var x, Var) { return x; };
  const GaussianSource plane(2), space(3);
  Sampler sampler(same, 2, {}, workers);
  real x[4] = {};
  const double nan = kSolveNan;
  const Tensor points({1, 2});
  check_refusals({
      {[&] { Sampler(none, 2, {}, workers); }, "[sample] no model is given"},
      {[&] { Sampler(same, 0, {}, workers); }, "[sample] points of 0 numbers; give at least 1"},
      {[&] { Sampler(same, 2, {}, workers, 1); },
       "[sample] 1 points of a trajectory; give at least 2, or 0 for none"},
      {[&] { Sampler(same, 2, {}, workers, -2); },
       "[sample] -2 points of a trajectory; give at least 2, or 0 for none"},
      {[&] { sampler.sample(plane, 0, -1); }, "[sample] -1 samples asked for; give 0 or more"},
      {[&] { sampler.sample(plane, 0, -1, x); }, "[sample] -1 samples asked for; give 0 or more"},
      {[&] { sampler.transport(-1, x); }, "[sample] -1 samples asked for; give 0 or more"},
      {[&] { sampler.sample(space, 0, 1, x); },
       "[sample] the source has dimension 3 and the field 2"},
      {[&] { sampler.transport(1, x, x); },
       "[sample] a trajectory is requested, but the sampler was made with saves = 0; "
       "set saves to the number of points"},
      {[&] { measure_paths(none, points, {}, workers); }, "[path energy] no model is given"},
      {[&] {
         measure_paths(same, Tensor({0, 2}), {}, workers);
       },
       "[path energy] starting points of shape (0, 2); at least one is needed"},
      {[&] {
         measure_paths(same, Tensor({2, 0}), {}, workers);
       },
       "[path energy] starting points of shape (2, 0); at least one is needed"},
      {[] { normalised_path_energy(1, 0); },
       "[path energy] the distance between source and target is 0; it must be positive"},
      {[&] { normalised_path_energy(1, nan); },
       "[path energy] the distance between source and target is nan; it must be positive"},
      {[&] { blend_latents(LatentBlend::linear, x, x, 0, 0.5, x); },
       "[interpolate] the part 0.5 of the way between rows of 0 numbers; "
       "the part lies in [0, 1], and there is a number"},
      {[&] { blend_latents(LatentBlend::spherical, x, x, 2, 1.5, x); },
       "[interpolate] the part 1.5 of the way between rows of 2 numbers; "
       "the part lies in [0, 1], and there is a number"},
      {[&] { blend_latents(LatentBlend::linear, x, x, 2, nan, x); },
       "[interpolate] the part nan of the way between rows of 2 numbers; "
       "the part lies in [0, 1], and there is a number"},
  });
}

}  // namespace pushforward::inline PF_REAL
