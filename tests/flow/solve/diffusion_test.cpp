// Tests diffusion schedules: their formulas, and their limit within a step.
#include "flow/solve/diffusion.h"

#include <cmath>

#include "tests/tools/catch.h"

namespace pushforward {

TEST_CASE("diffusion schedules have their formulas") {
  const Scheduler path = cond_ot();
  const auto w = [&](DiffusionShape shape, double t, double scale = 1) {
    return Diffusion{shape, scale}(t, path(t));
  };
  CHECK(w(DiffusionShape::linear, 0.4) == Approx(1.5).epsilon(1e-12));
  CHECK(w(DiffusionShape::sbdm, 0.4) == Approx(1.5).epsilon(1e-12));
  CHECK(w(DiffusionShape::constant, 0.4, 0.3) == 0.3);
  CHECK(w(DiffusionShape::sigma, 0.4, 2) == Approx(1.2));
  CHECK(w(DiffusionShape::sigma_squared, 0.4) == Approx(0.36));
  CHECK(w(DiffusionShape::bump, 0.5) == Approx(1));
  CHECK(w(DiffusionShape::bump, 0.25) == Approx(0.5));
  CHECK(w(DiffusionShape::sbdm, 0) == INFINITY);
  CHECK(w(DiffusionShape::linear, 0) == INFINITY);
  for (DiffusionShape shape : kDiffusionShapes) {
    CAPTURE(name_of(shape));
    CHECK(w(shape, 0, 0) == 0);
    CHECK(Diffusion{shape, 3}(0.3, path(0.3)) == Approx(3 * w(shape, 0.3)));
  }
}

TEST_CASE("sbdm is the diffusion of the path's own SDE: beta / 2 for the variance-preserving one") {
  for (double t : {0.1, 0.5, 0.9}) {
    const double beta = 0.1 + (1 - t) * (20 - 0.1);  // Song et al. 2021, eq. 32, with time reversed
    CHECK(Diffusion{DiffusionShape::sbdm}(t, vp()(t)) == Approx(beta / 2).epsilon(1e-10));
    // On the path of the variance-exploding SDE, the diffusion sbdm is half the absolute derivative
    // of sigma^2.
    const Coefficients c = ve()(t);
    CHECK(Diffusion{DiffusionShape::sbdm}(t, c) == Approx(-c.sigma * c.dsigma));
  }
}

TEST_CASE("a step pulls x at most half of the way to the mean") {
  const Scheduler path = cond_ot();
  for (DiffusionShape shape : kDiffusionShapes) {
    const Diffusion d{shape, 5};
    CAPTURE(name_of(shape));
    for (double t : {0., 0.01, 0.5, 0.99, 1.}) {
      const double sigma = path(t).sigma, limit = sigma * sigma / 0.02;
      CHECK(d.of_step(t, path(t), 0.01) == std::min(d(t, path(t)), limit));
    }
    CHECK(d.of_step(1, path(1), 0.01) == 0);
  }
}

}  // namespace pushforward
