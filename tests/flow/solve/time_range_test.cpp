// Tests at which ends of each path a prediction can be converted to a velocity.
#include "flow/solve/time_range.h"

#include <cmath>

#include "flow/solve/denoise_step.h"
#include "tests/tools/catch.h"

namespace pushforward {

TEST_CASE("a prediction has a velocity where the conversion is finite") {
  for (const Scheduler& path :
       {cond_ot(), cond_ot(0.1), polynomial(2), cosine(), linear_vp(), vp(), ve(), edm()}) {
    for (Prediction p : kPredictions) {
      for (double t : {0., 0.3, 1.}) {
        CAPTURE(path.name, name_of(p), t);
        const Parameterization parameterization{p, path};
        bool finite = std::isfinite(path(t).dsigma);
        try {
          conversion(parameterization, Prediction::velocity, path(t));
        } catch (const std::invalid_argument&) {
          finite = false;
        }
        CHECK(has_velocity(parameterization, t) == finite);
      }
    }
  }
}

TEST_CASE("a safe time range leaves out singular ends, in both directions") {
  const auto range = [](Prediction p, const Scheduler& path, TimeRange wanted = {},
                        SamplingMethod method = SamplingMethod::ode) {
    const TimeRange s = safe_time_range({p, path}, method, wanted);
    return std::pair(s.begin, s.end);
  };
  using enum Prediction;
  CHECK(range(velocity, cond_ot()) == std::pair(0., 1.));
  CHECK(range(data, cond_ot()) == std::pair(0., 0.999));
  CHECK(range(noise, cond_ot()) == std::pair(0.001, 1.));
  CHECK(range(score, cond_ot()) == std::pair(0.001, 1.));
  CHECK(range(Prediction::edm, cond_ot()) == std::pair(0., 1.));
  CHECK(range(data, cond_ot(0.1)) == std::pair(0., 1.));
  // On vp and linear_vp, sigma goes to 0 like a square root of 1 - t. There the range ends where
  // sigma is 0.001, rather than at t = 0.999.
  CHECK(range(noise, vp()).second == Approx(1 - 1e-5).epsilon(1e-7));
  CHECK(range(velocity, linear_vp()).second == Approx(1 - 5e-7).epsilon(1e-9));
  CHECK(range(score, ve()) == std::pair(0., 1.));
  CHECK(range(data, cond_ot(), {1, 0}) == std::pair(0.999, 0.));
  CHECK(range(data, cond_ot(), {0.2, 0.7}) == std::pair(0.2, 0.7));
  for (SamplingMethod m : {SamplingMethod::dpm_solver, SamplingMethod::edm_heun,
                           SamplingMethod::euler_maruyama, SamplingMethod::stochastic_heun}) {
    CAPTURE(name_of(m));
    const bool sde = m == SamplingMethod::euler_maruyama || m == SamplingMethod::stochastic_heun;
    CHECK(range(data, cond_ot(), {}, m) == std::pair(0., 1.));
    CHECK(range(noise, cond_ot(), {}, m) == std::pair(0.001, 1.));
    CHECK(range(score, ve(), {}, m) == std::pair(0., 1.));
    CHECK(range(velocity, vp(), {}, m) == std::pair(0., 1.));
    // alpha = t^2 has derivative 0 at t = 0, so the velocity there does not depend on the data.
    CHECK(range(velocity, polynomial(2), {}, m) == std::pair(sde ? 0. : 0.001, 1.));
    CHECK(range(data, cond_ot(), {1, 0}, m) == std::pair(0.999, 0.));
    CHECK(range(noise, cond_ot(), {1, 0}, m) == std::pair(1., sde ? 0.001 : 0.));
  }
  for (const TimeRange& outside :
       {TimeRange{1.5, 0}, TimeRange{-0.5, 1}, TimeRange{0, 1.5}, TimeRange{1, -0.5}})
    CHECK_THROWS_WITH(safe_time_range({}, SamplingMethod::ode, outside),
                      Contains("times of a path lie in [0, 1]"));
  CHECK_THROWS_WITH(safe_time_range({}, SamplingMethod::ode, {}, {.begin = 0.5}),
                    "[sample] a margin of 0.5 at the ends of the path; give one in (0, 0.5)");
}

TEST_CASE("the last time leaves the wanted noise, and is not closer to 1 than times can resolve") {
  for (const Scheduler& path : {polynomial(2), cosine(), linear_vp(), vp()}) {
    CAPTURE(path.name);
    CHECK(path(TimeMargin{}.end_of(path)).sigma == Approx(1e-3).epsilon(1e-6));
    CHECK(path(TimeMargin{.sigma = 1e-2}.end_of(path)).sigma <= 1e-2 * (1 + 1e-6));
    CHECK(TimeMargin{.min_left = 5e-4}.end_of(path) <= 1 - 5e-4);
  }
  CHECK(TimeMargin{}.end_of(cond_ot()) == 0.999);
  CHECK(TimeMargin{.min_left = 1e-5}.end_of(linear_vp()) == 1 - 1e-5);
}

TEST_CASE("a denoising step is exact while x0 and x1 are constant") {
  const double x0 = 0.7, x1 = -1.3;
  for (const Scheduler& path : {cond_ot(), polynomial(2), cosine(), linear_vp(), vp(), ve()}) {
    for (Prediction p : kPredictions) {
      for (double from : {0.2, 0.6}) {
        for (double to : {0., 0.1, 0.5, 0.9, 1.}) {
          CAPTURE(path.name, name_of(p), from, to);
          const Parameterization parameterization{p, path};
          const Coefficients a = path(from), b = path(to);
          const PredictionMix f = prediction_mix(p, a);
          const double x = a.alpha * x1 + a.sigma * x0, seen = (f.p * x0 + f.q * x1) / f.over;
          const Conversion step = denoise_step(parameterization, a, b);
          CHECK(step.a * x + step.b * seen ==
                Approx(b.alpha * x1 + b.sigma * x0).epsilon(1e-11).margin(1e-11));
        }
      }
    }
  }
  // A step of denoise_step needs only one conversion. At the ends, only this one must have a limit.
  const Scheduler path = cond_ot();
  CHECK(denoise_step({Prediction::data, path}, path(0), path(1)).b == 1);
  CHECK(denoise_step({Prediction::noise, path}, path(1), path(0)).b == 1);
  CHECK_THROWS_WITH(denoise_step({Prediction::noise, path}, path(0), path(0.1)),
                    Contains("data from noise has no finite limit where alpha is 0 and sigma 1"));
}

}  // namespace pushforward
