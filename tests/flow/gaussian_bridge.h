// The Schroedinger bridge between N(-a, I) and N(a, I) in closed form, and the divergence of samples
// from it.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "autograd/ops.h"
#include "autograd/tensor/tensor.h"
#include "flow/measure/symmetric.h"
#include "flow/solve/bridge_sde.h"

namespace pushforward::inline PF_REAL {

// With the reference sigma W, the law at time t is N((2 t - 1) a, var(t) I) with
//   var(t) = sqrt(4 + sigma^4) t (1 - t) + (1 - t)^2 + t^2
// (Bunne et al. 2023, arXiv 2202.05722, and Tong et al. 2024, arXiv 2307.03672). a is the same in each
// of the d coordinates.
struct GaussianBridge {
  int dim = 2;
  double a = 1, sigma = 1;

  double factor() const { return std::sqrt(4 + std::pow(sigma, 4)); }
  double mean(double t) const { return (2 * t - 1) * a; }
  double variance(double t) const { return factor() * t * (1 - t) + (1 - t) * (1 - t) + t * t; }

  // v = 2 a + var' / (2 var) (x - mean), and E[z | x] = gamma (x - mean) / var.
  BridgeFields fields() const {
    const auto off = [*this](Var x, Var t, auto slope) {
      std::span<real> m, f;
      const Var means = x.tape->uninitialised(t.shape(), m, "mean"),
                factors = x.tape->uninitialised(t.shape(), f, "factor");
      for (std::size_t r = 0; r < m.size(); ++r) {
        const double at = static_cast<double>(t.values()[r]);
        m[r] = static_cast<real>(mean(at));
        f[r] = static_cast<real>(slope(at));
      }
      return broadcast_cols(factors, dim) * (x - broadcast_cols(means, dim));
    };
    BridgeFields fields;
    fields.sigma = sigma;
    fields.velocity = [*this, off](Var x, Var t) {
      return off(x, t,
                 [this](double at) {
                   return (factor() * (1 - 2 * at) - 2 * (1 - at) + 2 * at) / (2 * variance(at));
                 }) +
             static_cast<real>(2 * a);
    };
    fields.noise = [*this, off](Var x, Var t) {
      return off(x, t,
                 [this](double at) { return sigma * std::sqrt(at * (1 - at)) / variance(at); });
    };
    return fields;
  }

  // Returns KL(N(m, S) | law at t) for the mean m and the covariance S of n points x (n, dim).
  double divergence(double t, int n, const real* x) const {
    const std::size_t d = static_cast<std::size_t>(dim);
    std::vector<double> center(d), covariance(d * d);
    for (int r = 0; r < n; ++r)
      for (std::size_t j = 0; j < d; ++j)
        center[j] += static_cast<double>(x[static_cast<std::size_t>(r) * d + j]) / n;
    for (int r = 0; r < n; ++r) {
      const real* const row = x + static_cast<std::size_t>(r) * d;
      for (std::size_t i = 0; i < d; ++i)
        for (std::size_t j = 0; j < d; ++j)
          covariance[i * d + j] += (static_cast<double>(row[i]) - center[i]) *
                                   (static_cast<double>(row[j]) - center[j]) / n;
    }
    const double v = variance(t);
    double kl = 0;
    for (std::size_t j = 0; j < d; ++j)
      kl += covariance[j * d + j] / v + std::pow(center[j] - mean(t), 2) / v - 1 + std::log(v);
    for (const double eigenvalue : symmetric_eigen(dim, covariance).values)
      kl -= std::log(eigenvalue);
    return kl / 2;
  }
};

}  // namespace pushforward::inline PF_REAL
