// Checks of conditional probability paths: the general affine map psi_t(x | x1) = sigma_t(x1) x +
// mu_t(x1), and the special cases of diffusion and of optimal transport.
#define PUSHFORWARD_REAL 64
#include <algorithm>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "flow/path/gaussian_path.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"
#include "flow/train/loss.h"

namespace pushforward::equations {
namespace {

// Returns psi_t(x | x1) = sigma_t(x1) x + mu_t(x1) with mu_t = sin(pi t / 2) x1 and sigma_t = 1 - t
// + t / (1 + exp(-x1)). The width sigma_t depends on x1, which it does not in any of the library's
// schedules.
double psi(double t, double x, double x1) {
  return (1 - t + t / (1 + std::exp(-x1))) * x + std::sin(pi * t / 2) * x1;
}
GaussianPath psi_on_tape() {
  return {[](Var x1, Var t) { return sin(t * (pi / 2)) * x1; },
          [](Var x1, Var t) { return shift(-t, 1) + t * sigmoid(x1); }};
}

const Numbers kX0{-1.2, 0.4, 0.9, 2.1}, kX1{0.7, -1.6, 2.3, 0.2};
const int kPathRows = 4;

// Returns the conditional velocity u_t(x | x1) of the map psi_t(x | x1) (the function `psi`) at the
// numbers x (kPathRows), given the data kX1, by the library's formula, with derivatives from the
// tape.
Numbers conditional(const Numbers& x, double t) {
  Tape tape;
  const Var u = conditional_velocity(psi_on_tape(), tape.input({kPathRows, 1}, x),
                                     tape.input({kPathRows, 1}, kX1), tape.full({kPathRows, 1}, t));
  return {u.values().begin(), u.values().end()};
}

// Returns the pairs (kX0, kX1) of source and data, all at time t, as the ends of paths.
PathEnds pairs_at(Tape& tape, double t) {
  const PathEnds ends = make_ends(tape, kPathRows, 1);
  std::fill_n(ends.t, kPathRows, t);
  std::ranges::copy(kX0, ends.x0);
  std::ranges::copy(kX1, ends.x1);
  return ends;
}

Numbers at(double t, const Numbers& x0, const Numbers& x1) {
  Numbers x;
  for (std::size_t i = 0; i < x0.size(); ++i) x.push_back(psi(t, x0[i], x1[i]));
  return x;
}

}  // namespace

// The solver, given the conditional velocity u_t(. | x1), must move x0 along psi_t(x0 | x1).
double conditional_map(double wrong) {
  const Rhs rhs = [wrong](std::span<const int>, const double* x, const double* t, double* dx) {
    const Numbers u = conditional(Numbers(x, x + kPathRows), *t);
    for (int i = 0; i < kPathRows; ++i) dx[i] = (1 + wrong) * u[i];
  };
  const Numbers times{0, 0.3, 0.6, 0.9};
  const std::vector<Numbers> x = integrate(rhs, 1, kX0, times);
  Residual residual;
  for (std::size_t k = 1; k < times.size(); ++k) residual.compare(x[k], at(times[k], kX0, kX1));
  return residual.worst();
}

// The formula sigma' / sigma (x - mu) + mu', where ' is d/dt, at x = psi_t(x0 | x1) = sigma x0 + mu
// must equal the derivative of psi in t. The target of training must equal it too.
double affine_velocity(double wrong) {
  Residual residual(wrong);
  for (double t : {0.1, 0.5, 0.9}) {
    const Numbers u = conditional(at(t, kX0, kX1), t);
    Tape tape;
    const PathSample sample = follow_path(psi_on_tape(), pairs_at(tape, t));
    for (int i = 0; i < kPathRows; ++i) {
      const double by_difference = slope([&](double s) { return psi(s, kX0[i], kX1[i]); }, t, 1e-3);
      residual.compare(u[i], by_difference);
      residual.compare(sample.dxt.values()[i], by_difference);
    }
  }
  return residual.worst();
}

// Checks the path "variance exploding" (ve). Compares its velocity given x1 with the formula in
// sigma_{1 - t}. Compares the oracle's marginal velocity with u = (d sigma^2 / d tau) / 2 score,
// the probability flow ODE of the SDE dx = sqrt(d sigma^2 / d tau) dW with tau = 1 - t (Song et al.
// 2021, eq. 13).
double ve_path(double wrong) {
  const Scheduler path = ve(0.05, 3);
  const auto sigma = [](double tau) { return 0.05 * std::pow(3 / 0.05, tau); };
  const OraclePtr oracle = noise_to_plane();
  const Numbers x{0.3, -0.2, -1.1, 0.9};
  Residual residual(wrong);
  for (double t : {0.1, 0.5, 0.8}) {
    const double tau = 1 - t, x1 = 1.3;
    const Coefficients c = path(t);
    residual.compare(c.dsigma / c.sigma * (0.7 - x1),
                     -slope(sigma, tau, 1e-3) / sigma(tau) * (0.7 - x1));
    const double rate = slope([&](double s) { return sigma(s) * sigma(s); }, tau, 1e-3);
    const Numbers u = oracle->velocity(c, x), score = oracle->score(c, x);
    for (std::size_t i = 0; i < x.size(); ++i) residual.compare(u[i], rate / 2 * score[i]);
  }
  return residual.worst();
}

// Checks the path "variance preserving" (vp). Compares its alpha and sigma with the integral of
// beta. Compares the oracle's marginal velocity with u = beta_{1 - t} (x + score) / 2, the
// probability flow ODE of the SDE dx = -beta x / 2 dtau + sqrt(beta) dW with tau = 1 - t.
double vp_path(double wrong) {
  const auto beta = [](double tau) { return 0.1 + 19.9 * tau; };
  const OraclePtr oracle = noise_to_plane();
  const Numbers x{0.3, -0.2, -1.1, 0.9};
  Residual residual(wrong);
  for (double t : {0.1, 0.5, 0.8}) {
    const double tau = 1 - t;
    const double integral = tau / 6 * (beta(0) + 4 * beta(tau / 2) + beta(tau));  // Simpson's rule
    const double alpha = std::exp(-integral / 2);
    const Coefficients c = vp()(t);
    residual.compare(c.alpha, alpha);
    residual.compare(c.sigma * c.sigma, 1 - alpha * alpha);
    const Numbers u = oracle->velocity(c, x), score = oracle->score(c, x);
    for (std::size_t i = 0; i < x.size(); ++i)
      residual.compare(u[i], beta(tau) / 2 * (x[i] + score[i]));
  }
  return residual.worst();
}

// The target of training on the straight path, d psi_t / dt, must be (x1 - x) / (1 - t) at x =
// psi_t; with noise of standard deviation sigma_min left at t = 1, it must be (x1 - (1 - sigma_min)
// x) / (1 - (1 - sigma_min) t).
double straight_path(double wrong) {
  Residual residual(wrong);
  for (double sigma_min : {0., 0.1}) {
    for (double t : {0.1, 0.5, 0.9}) {
      Tape tape;
      const PathSample s = follow_path(cond_ot(sigma_min), pairs_at(tape, t));
      for (int i = 0; i < kPathRows; ++i) {
        const double shrink = 1 - sigma_min;
        residual.compare(s.dxt.values()[i],
                         (kX1[i] - shrink * s.xt.values()[i]) / (1 - shrink * t));
      }
    }
  }
  return residual.worst();
}

// Compares the library's conditional flow matching loss on the straight path psi = (1 - t) x0 + t
// x1 with the mean square of u(t, psi) - (x1 - x0), for a network u.
double cfm_on_straight_path(double wrong) {
  const Field network = small_network(1, 1);
  Residual residual(wrong);
  for (double t : {0.1, 0.5, 0.9}) {
    Tape tape;
    const double loss = cfm_loss(network, follow_path(cond_ot(), pairs_at(tape, t))).item();
    Numbers x;
    for (int i = 0; i < kPathRows; ++i) x.push_back((1 - t) * kX0[i] + t * kX1[i]);
    const Numbers u = answers(network, 1, x, t);
    double mean = 0;
    for (int i = 0; i < kPathRows; ++i) mean += std::pow(u[i] - (kX1[i] - kX0[i]), 2) / kPathRows;
    residual.compare(loss, mean);
  }
  return residual.worst();
}

}  // namespace pushforward::equations
