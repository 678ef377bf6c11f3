// Checks of the flow matching loss (FM), the conditional flow matching loss (CFM), and their
// difference, which is constant. Expectations are exact sums over a grid or over finite
// distributions.
#define PUSHFORWARD_REAL 64
#include <algorithm>
#include <array>
#include <map>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"
#include "flow/train/loss.h"

namespace pushforward::equations {
namespace {

const Numbers kLossTimes{0.25, 0.5, 0.75};

// The flow goes from normal noise to three points on the line, so that every expectation given x1
// is one integral.
const Mixture kNoise{1, {1}, {0}, {1}};
const Mixture kThreePoints{1, {0.5, 0.3, 0.2}, {-1, 0.5, 2}, {0, 0, 0}};

// The flow matching and conditional flow matching losses of one network, as sums over the times
// kLossTimes.
struct Losses {
  double fm = 0;         // expectation over x ~ p_t, with the oracle's p_t and u_t
  double fm_pairs = 0;   // over pairs (x0, x1) instead, at psi_t(x0 | x1)
  double cfm = 0;        // over pairs, by follow_path and cfm_loss, one weighted row at a time
  double cfm_given = 0;  // over x ~ p_t(. | x1), with u_t(x | x1) by the affine formula
  double variance = 0;   // the oracle's variance of dxt given xt
};

Losses losses(int which, const Scheduler& path, double wrong) {
  const Oracle oracle(kNoise, kThreePoints);
  const Field network = small_network(1, which);
  const double step = 0.04;
  Losses sum;
  for (double t : kLossTimes) {
    const Coefficients c = path(t);
    const Numbers x = line_grid(9, step), net = answers(network, 1, x, t);
    const Numbers log_p = oracle.log_density(c, x), u = oracle.velocity(c, x),
                  variance = oracle.velocity_variance(c, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double p = std::exp(log_p[i]) * step;
      sum.fm += p * std::pow(net[i] - (1 + wrong) * u[i], 2);
      sum.variance += (1 + wrong) * p * variance[i];
    }
    for (int k = 0; k < kThreePoints.components(); ++k) {
      const double x1 = kThreePoints.means[k], mass = kThreePoints.weights[k] * step;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double given =
            c.dsigma / c.sigma * (x[i] - c.alpha * x1) + c.dalpha * x1;  // u_t(x | x1)
        sum.cfm_given += mass * normal(x[i], c.alpha * x1, c.sigma) * std::pow(net[i] - given, 2);
      }
      const Numbers x0 = line_grid(8, 0.16);
      Numbers xt;
      for (double one : x0) xt.push_back(c.alpha * x1 + c.sigma * one);
      const Numbers net_xt = answers(network, 1, xt, t), u_xt = oracle.velocity(c, xt);
      Tape tape;
      for (std::size_t i = 0; i < x0.size(); ++i) {
        const double pair = kThreePoints.weights[k] * normal(x0[i], 0, 1) * 0.16;
        sum.fm_pairs += pair * std::pow(net_xt[i] - u_xt[i], 2);
        const Scope scope(tape);
        const PathEnds ends = make_ends(tape, 1, 1);
        *ends.t = t, *ends.x0 = x0[i], *ends.x1 = x1;
        sum.cfm += (1 + wrong) * pair * cfm_loss(network, follow_path(path, ends)).item();
      }
    }
  }
  return sum;
}

}  // namespace

// The flow matching loss as an expectation over x ~ p_t must equal its expectation over pairs (x0,
// x1) at the points psi_t(x0 | x1), because the marginal path is the mixture of the conditional
// ones.
double fm_loss(double wrong) {
  Residual residual;
  for (int which : {1, 2}) {
    const Losses l = losses(which, cond_ot(), wrong);
    residual.compare(l.fm, l.fm_pairs);
  }
  return residual.worst();
}

// Compares the oracle's velocity with the integral over x1 of u_t(x | x1) p_t(x | x1) q(x1) /
// p_t(x), where q is the data's density and u_t(x | x1) the velocity given x1, on every schedule.
double marginal_velocity(double wrong) {
  const OraclePtr oracle = noise_to_line();
  const Numbers grid = line_grid(8, 0.01);
  Residual residual(wrong);
  for (const Scheduler& path : schedulers()) {
    for (double t : {0.1, 0.5, 0.8}) {
      const Coefficients c = path(t);
      const Numbers x{-2.2, 0.1, 1.7}, u = oracle->velocity(c, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        double above = 0, p = 0;
        for (double x1 : grid) {
          const double weight = normal(x[i], c.alpha * x1, c.sigma) * density(oracle->data(), x1);
          p += weight;
          above += weight * (c.dsigma / c.sigma * (x[i] - c.alpha * x1) + c.dalpha * x1);
        }
        residual.compare(u[i], above / p);
      }
    }
  }
  return residual.worst();
}

// Compares two forms of the conditional flow matching loss: over x0 ~ p0 with target d psi_t / dt,
// and over x ~ p_t(. | x1) with target u_t(x | x1).
double two_forms_of_cfm(double wrong) {
  Residual residual;
  for (const Scheduler& path : {cond_ot(), cosine(), linear_vp()}) {
    const Losses l = losses(1, path, wrong);
    residual.compare(l.cfm, l.cfm_given);
  }
  return residual.worst();
}

// The flow matching loss and the conditional flow matching loss must differ by the mean variance of
// dxt given xt, for any network.
double cfm_constant(double wrong) {
  Residual residual;
  for (int which : {1, 2, 3}) {
    const Losses l = losses(which, cond_ot(), 0);
    const double variance = losses(which, cond_ot(), wrong).variance;
    residual.compare(variance, l.cfm - l.fm);
  }
  return residual.worst();
}

// Compares the gradients of the flow matching loss and the conditional one. Source and data are on
// lattices, and times are binary fractions, so the paths of several pairs pass through exactly the
// same point. The expectations in the two losses are then finite sums, and u_t at a point is the
// mean of dxt over the pairs that pass through it. No density is needed, and the only error is
// rounding.
double cfm_gradient(double wrong) {
  const Numbers data{0, 0, 4, 0, 2, 5, 5, 3, 1, 4, 6, 6};
  const int sources = 16, points = static_cast<int>(data.size()) / 2;
  const int rows = static_cast<int>(kLossTimes.size()) * sources * points;
  Tape tape;
  const PathEnds ends = make_ends(tape, rows, 2);
  int row = 0;
  for (double t : kLossTimes) {
    for (int i = 0; i < sources; ++i) {
      for (int k = 0; k < points; ++k, ++row) {
        ends.t[row] = t;
        ends.x0[2 * row] = i % 4, ends.x0[2 * row + 1] = i / 4;
        ends.x1[2 * row] = data[2 * k], ends.x1[2 * row + 1] = data[2 * k + 1];
      }
    }
  }
  const PathSample sample = follow_path(cond_ot(), ends);

  struct Meeting {
    double count = 0, u[2] = {0, 0};
  };
  std::map<std::array<double, 3>, Meeting> meetings;
  const auto meeting = [&](int r) -> Meeting& {
    const std::span<const double> x = sample.xt.values();
    return meetings[{ends.t[r], x[2 * r], x[2 * r + 1]}];
  };
  for (int r = 0; r < rows; ++r) {
    Meeting& m = meeting(r);
    ++m.count;
    for (int j = 0; j < 2; ++j) m.u[j] += sample.dxt.values()[2 * r + j];
  }
  std::span<double> u;
  PathSample marginal = sample;
  marginal.dxt = tape.uninitialised({rows, 2}, u, "u_t(x)");
  double variance = 0;
  for (int r = 0; r < rows; ++r) {
    const Meeting& m = meeting(r);
    for (int j = 0; j < 2; ++j) {
      u[2 * r + j] = (1 + wrong) * m.u[j] / m.count;
      variance += std::pow(sample.dxt.values()[2 * r + j] - u[2 * r + j], 2) / (2 * rows);
    }
  }

  const Field network = small_network(2, 1);
  const Var cfm = cfm_loss(network, sample), fm = cfm_loss(network, marginal);
  Residual residual;
  residual.compare(fm.item() + variance, cfm.item());
  for (int slot = 0; slot < 4; ++slot)
    residual.compare(grad(fm, tape.parameter(slot)).values(),
                     grad(cfm, tape.parameter(slot)).values());
  return residual.worst();
}

}  // namespace pushforward::equations
