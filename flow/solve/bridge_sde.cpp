#include "flow/solve/bridge_sde.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

void check_sigma(double sigma) {
  check(sigma > 0 && std::isfinite(sigma), "bridge", "sigma is ", sigma,
        "; it is the scale of Brownian noise, positive and finite");
}

// For each time of a grid the factor c of the drift v + c E[z | x], which is -w / gamma on a rising
// grid and w / gamma on a falling one. The times are rounded to `real`, as those of the points are.
struct ScoreFactors {
  std::vector<real> times;
  std::vector<real> factors;

  ScoreFactors(double sigma, const std::vector<double>& grid) {
    check(grid.size() >= 2, "bridge", "the grid has ", grid.size(),
          " times; a step needs a first and a last one");
    const bool rises = grid[1] > grid[0];
    for (std::size_t k = 0; k < grid.size(); ++k) {
      const double t = grid[k];
      check(t >= 0 && t <= 1, "bridge", "the grid has the time ", t,
            "; times of a path lie in [0, 1]");
      times.push_back(static_cast<real>(t));
      factors.push_back(0);
      if (k + 1 == grid.size()) break;
      const double next = grid[k + 1];
      check(t != next && (next > t) == rises, "bridge", "the times ", t, " and ", next,
            " follow each other; the times of a grid must all rise, or all fall");
      const double w = bridge_diffusion(sigma, t, std::abs(next - t));
      if (w > 0)
        factors.back() = static_cast<real>((rises ? -w : w) / (sigma * std::sqrt(t * (1 - t))));
    }
  }

  real at(real t) const {
    const auto found = std::find(times.begin(), times.end(), t);
    check(found != times.end(), "bridge", "no step starts at t = ", static_cast<double>(t),
          "; the times of the solver must be those of the grid");
    return factors[static_cast<std::size_t>(found - times.begin())];
  }
};

}  // namespace

Field bridge_drift(BridgeFields fields, const std::vector<double>& grid) {
  check(fields.velocity && fields.noise, "bridge",
        "the velocity or the noise is missing; give both");
  check_sigma(fields.sigma);
  return [fields = std::move(fields), factors = ScoreFactors(fields.sigma, grid)](Var x, Var t,
                                                                                  Labels labels) {
    std::span<real> c;
    const Var column = x.tape->uninitialised(t.shape(), c, "c");
    std::ranges::transform(t.values(), c.begin(), [&](real at) { return factors.at(at); });
    const Var v = fields.velocity(x, t, labels), noise = fields.noise(x, t, labels);
    return v + broadcast_cols(column, x.shape().cols()) * noise;
  };
}

BridgeSde::BridgeSde(double sigma, Parameterization parameterization, int rows, int dim)
    : GridDriver(std::move(parameterization), rows, dim),
      sigma_(sigma),
      drift_(memory()),
      z_(memory()) {
  check_sigma(sigma);
}

void BridgeSde::step(int i, const End& from, const End& to) {
  predict(x(), from.t, drift_.data());
  const double dt = to.t - from.t, h = std::abs(dt);
  const double g = std::sqrt(2 * h * bridge_diffusion(sigma_, from.t, h));
  // A step backward has other numbers than the same step forward, with whose noise its points may
  // have been made.
  const std::uint32_t step = static_cast<std::uint32_t>(i) + (dt < 0 ? 0x80000000U : 0U);
  if (g > 0)
    fill_normal({seed_, Purpose::diffusion, step}, static_cast<std::uint32_t>(first_sample()),
                rows(), dim(), z_.data());
  combine(x1(), Term{1, x()}, Term{dt, drift_.data()}, Term{g, z_.data()});
}

}  // namespace pushforward::inline PF_REAL
