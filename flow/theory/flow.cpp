// Checks of flows and their densities. The solver, the likelihood and the log-density on the tape,
// each with the oracle's exact field, are compared with the oracle's p_t and with finite
// differences.
#define PUSHFORWARD_REAL 64
#include <numeric>

#include "autograd/ops.h"
#include "flow/density/likelihood.h"
#include "flow/density/on_tape.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"

namespace pushforward::equations {
namespace {

const Numbers kPlanePoints{0.3, -0.2, -1.1, 0.9, 0.8, 0.6};

double probability(const Oracle& oracle, const Coefficients& c, const Numbers& x) {
  return std::exp(oracle.log_density(c, x)[0]);
}

}  // namespace

// The time derivative of the solver's trajectories, by differences, must be the velocity at the
// points of the trajectories.
double flow_map(double wrong) {
  const OraclePtr oracle = plane_flow();
  const Rhs rhs = make_rhs(perturbed(oracle_field(oracle, cosine()), wrong), 2);
  Residual residual;
  const double h = 0.001;
  for (double t : {0.2, 0.5, 0.8}) {
    const Numbers times{0, t - 2 * h, t - h, t, t + h, t + 2 * h};
    const std::vector<Numbers> phi = integrate(rhs, 2, kPlanePoints, times);
    const Numbers u = oracle->velocity(cosine()(t), phi[3]);
    for (std::size_t i = 0; i < u.size(); ++i)
      residual.compare((phi[1][i] - 8 * phi[2][i] + 8 * phi[4][i] - phi[5][i]) / (12 * h), u[i]);
  }
  return residual.worst();
}

// The trajectories of a flow on the line do not cross, so the probability below a trajectory is
// constant: F_t(phi_t(x)) = F_0(x), where phi_t is the flow map and F_t the distribution function
// of p_t, a sum of erfc.
double conserved_mass(double wrong) {
  const OraclePtr oracle = line_flow();
  Residual residual;
  for (const Scheduler& path : {cond_ot(), cosine()}) {
    const Rhs rhs = make_rhs(perturbed(oracle_field(oracle, path), wrong), 1);
    const Numbers x{-2.5, -1, -0.1, 0.4, 1.3, 2.8}, times{0, 0.25, 0.5, 0.75, 1};
    const std::vector<Numbers> phi = integrate(rhs, 1, x, times);
    for (std::size_t k = 1; k < times.size(); ++k) {
      const Mixture p = oracle->marginal(path(times[k]));
      for (std::size_t i = 0; i < x.size(); ++i)
        residual.compare(cdf(p, phi[k][i]), cdf(oracle->source(), x[i]));
    }
  }
  return residual.worst();
}

// Compares p_t(x) with p_0(phi_t^{-1}(x)) times the determinant of the Jacobian of phi_t^{-1}, for
// the flow map phi_t. The solver backward in time gives phi_t^{-1}, and differences give its
// Jacobian in the plane.
double change_of_variables(double wrong) {
  const OraclePtr oracle = plane_flow();
  const Scheduler path = cond_ot();
  const Rhs rhs = make_rhs(perturbed(oracle_field(oracle, path), wrong), 2);
  Residual residual;
  const double h = 0.01;
  for (double t : {0.5, 1.}) {
    for (int point = 0; point < 3; ++point) {
      const double x = kPlanePoints[2 * point], y = kPlanePoints[2 * point + 1];
      Numbers stencil{x, y};
      for (int step : {-2, -1, 1, 2})
        stencil.insert(stencil.end(), {x + step * h, y, x, y + step * h});
      const Numbers times{t, 0}, back = integrate(rhs, 2, stencil, times)[1];
      // Returns d back_i / d x_j by differences, where `back` holds phi_t^{-1} at the points of a
      // stencil. Point 1 + 2 s + j of the stencil is step number s along axis j.
      const auto jacobian = [&](int i, int j) {
        const auto at = [&](int s) { return back[2 * (1 + 2 * s + j) + i]; };
        return (at(0) - 8 * at(1) + 8 * at(2) - at(3)) / (12 * h);
      };
      const double det = jacobian(0, 0) * jacobian(1, 1) - jacobian(0, 1) * jacobian(1, 0);
      const Numbers x0{back[0], back[1]};
      residual.compare(probability(*oracle, path(0), x0) * std::abs(det),
                       probability(*oracle, path(t), {x, y}));
    }
  }
  return residual.worst();
}

// Compares the two sides of the continuity equation, dp/dt and -div(p u), which are differences of
// the oracle's density and velocity, on every schedule.
double continuity(double wrong) {
  const OraclePtr oracle = noise_to_plane();
  Residual residual(wrong);
  for (const Scheduler& path : schedulers()) {
    for (double t : {0.2, 0.5, 0.8}) {
      for (const Numbers& x : {Numbers{0.3, -0.2}, Numbers{-1.1, 0.9}}) {
        double spread = 0;
        for (int j = 0; j < 2; ++j) {
          spread += slope_along(
              [&](const Numbers& at) {
                return oracle->velocity(path(t), at)[j] * probability(*oracle, path(t), at);
              },
              x, j, 2e-3);
        }
        const double change =
            slope([&](double s) { return probability(*oracle, path(s), x); }, t, 5e-4);
        residual.compare(-spread, change);
      }
    }
  }
  return residual.worst();
}

// Compares ln p_1, computed by the ODE backward in time with the divergence from the tape, with the
// oracle's ln p_1.
double density_along_flow(double wrong) {
  const OraclePtr oracle = plane_flow();
  Workers workers(1);
  LikelihoodOptions options;
  options.solver.adaptive = false;
  options.steps = 100;
  Likelihood likelihood(perturbed(oracle_field(oracle, cond_ot()), wrong),
                        as_distribution(oracle->source()), options, workers);
  const Numbers log_p = likelihood.log_density(Tensor({3, 2}, kPlanePoints));
  Residual residual;
  residual.compare(log_p, oracle->log_density(cond_ot()(1), kPlanePoints));
  return residual.worst();
}

// The gradient of the log-density at the data's end, through all steps of a solve on the tape,
// must be the oracle's score.
double density_gradient(double wrong) {
  const OraclePtr oracle = noise_to_plane();
  Tape tape;
  const Var x = tape.input({3, 2}, kPlanePoints);
  const Var log_p = log_density(perturbed(oracle_field(oracle, cond_ot()), wrong), x,
                                [](Var x0) { return gaussian_log_density(x0, 1); },
                                {.tableau = &kDopri5, .steps = 40});
  const Var score = grad(sum(log_p), x);
  Residual residual;
  residual.compare(score.values(), oracle->score(cond_ot()(1), kPlanePoints));
  return residual.worst();
}

}  // namespace pushforward::equations
