// The SDE of a bridge between two distributions, forward and backward, from a velocity and a score
// that were learned together ([SF]2M; Tong et al. 2024, arXiv 2307.03672).
//
// On the path x_t ~ N(t x1 + (1 - t) x0, gamma^2), gamma = sigma sqrt(t (1 - t)), with noise z, the
// score of p_t is -E[z | x_t] / gamma. With the velocity v of the ODE,
//   forward    dx = (v + w score) dt + sqrt(2 w) dW,  w = sigma^2 / 2
//   backward   dx = (v - w score) dt + sqrt(2 w) dW,  with t falling from 1 to 0
// have the marginal distributions p_t of the path. If the pairs (x0, x1) are those of the entropic
// plan with the weight 2 sigma^2, the forward SDE is the Schroedinger bridge whose reference is
// Brownian motion of scale sigma. x0 may be of any distribution, and may depend on x1.
#pragma once

#include <vector>

#include "flow/field.h"
#include "flow/solve/grid_driver.h"

namespace pushforward {

// Returns w for a step of length h > 0 that begins at t: min(sigma^2 / 2, gamma^2 / (2 h)). The score
// pulls x towards the mean of the path; with this limit a step takes it at most half of the way. Any w
// has the same marginal distributions. It is 0 at t = 0 and t = 1, where gamma is 0: a first step from
// there follows v alone, and has no noise. Fails on t outside [0, 1], and unless h is positive.
double bridge_diffusion(double sigma, double t, double h);

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The two fields of a bridge: v(x, t), the velocity of its ODE, and E[z | x_t = x], the mean noise on
// the path. Both map points (B, D) and times (B, 1) to (B, D).
struct BridgeFields {
  Field velocity, noise;
  double sigma = 1;  // the scale of the Brownian noise on the path, above 0
};

// Returns the drift v + w score along a rising grid of times, or v - w score along a falling one, with
// w = bridge_diffusion of the step that begins at each time. At the last time it is v. At a time that
// is not in the grid it fails. Fails without the fields, unless sigma is positive, and unless the grid
// is strictly monotone within [0, 1] and has two times or more.
Field bridge_drift(BridgeFields fields, const std::vector<double>& grid);

// The Euler-Maruyama method for the SDE of a bridge: x' = x + (t' - t) drift(x, t) + sqrt(2 w h) z,
// with h = |t' - t|. The function `rhs` given to `run` must return bridge_drift along the same grid.
// The numbers z of a sample are its row of the random stream (seed, Purpose::diffusion, step), where
// steps of a falling grid are numbered from 2^31.
class BridgeSde final : public GridDriver {
 public:
  // Makes a solver for blocks of up to `rows` points of `dim` numbers. Fails unless sigma is positive
  // and finite, and if rows or dim is below 1.
  BridgeSde(double sigma, Parameterization parameterization, int rows, int dim);
  void seed(std::uint64_t seed) override { seed_ = seed; }

 private:
  void step(int i, const End& from, const End& to) override;

  double sigma_;
  std::uint64_t seed_ = 0;
  AlignedVector<real> drift_, z_;
};

}  // namespace pushforward::inline PF_REAL
