// The oracle: the exact marginal flow between two mixtures of isotropic
// Gaussians, as plain numbers.
#pragma once

#include <span>
#include <vector>

#include "flow/distributions/mixture.h"
#include "flow/path/scheduler.h"

namespace pushforward {

// Closed-form quantities of xt = alpha x1 + sigma x0, with x0 ~ source and x1 ~ data independent
// mixtures of isotropic Gaussians. A finite data set is a mixture of point masses. Every sum is
// over the pairs p of a component of the data and a component of the source. Given the pair p, xt
// is Gaussian,
//   xt | p ~ N(m_p, v_p I),  m_p = alpha mu1_p + sigma mu0_p,
//   v_p = alpha^2 s1_p^2 + sigma^2 s0_p^2,
// where mu1_p and s1_p are the mean and standard deviation of the data's component, and mu0_p and
// s0_p those of the source's. r_p(x) is the probability of the pair given xt = x. Pair p is
// component p / S of the data and component p % S of the source, where S is the source's number of
// components.
//
// A pair with v_p = 0 is a point mass (a data point at sigma = 0). On it the log density is +inf.
// Elsewhere it is the log density of the other pairs, or -inf if there are none. Away from all
// points the posterior is its limit for sigma -> 0, which is 1 for the nearest point. Points at the
// same distance, and copies of one point, share it in proportion to their weights. As x carries no
// information about x0 there, E[x0 | x] is mu0, and the velocity is dalpha x1 + dsigma mu0, which
// is constant around each point.
//
// Points x are rows of `dim()` numbers, one after the other. The result for one row does not depend
// on the others. Every result comes in two forms: returned as a vector, or written to a span `out`
// of the stated size. The two forms fail on points that are not whole rows or not numbers, on
// coefficients that are negative or not finite, and on a span of another size.
class Oracle {
 public:
  // Fails on mixtures of different dimensions, on inconsistent sizes, and on invalid weights, stds
  // or means. Also fails if source and data both have point masses, because p_t then never has a
  // density.
  Oracle(Mixture source, Mixture data);

  int dim() const { return data_.dim; }
  int pairs() const { return source_.components() * data_.components(); }
  const Mixture& source() const { return source_; }
  const Mixture& data() const { return data_; }

  // Returns p_t, the distribution of xt, as a mixture with one component for each pair of a data
  // component and a source component.
  Mixture marginal(const Coefficients& c) const;
  // Computes ln p_t(x), one number for each row.
  void log_density(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> log_density(const Coefficients& c, std::span<const double> x) const {
    return returned(x, 1, [&](std::span<double> out) { log_density(c, x, out); });
  }
  // Computes the posterior r_p(x) = P(p | xt = x) (rows, pairs()) of the pairs p of components. It
  // is a softmax of log densities, so that nothing underflows.
  void posterior(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> posterior(const Coefficients& c, std::span<const double> x) const {
    return returned(x, pairs(), [&](std::span<double> out) { posterior(c, x, out); });
  }
  // Writes the posterior over the pairs of components, given the one point x, to `out` (pairs())
  // and returns ln p_t(x). Allocates nothing.
  double pairs_given(const Coefficients& c, std::span<const double> x, std::span<double> out) const;

  // Computes the posterior mean of the data, (rows, dim):
  //   E[x1 | xt = x] = sum_p r_p (mu1_p + alpha s1_p^2 / v_p (x - m_p)).
  // For pair p of a data component and a source component, r_p is its probability given x. mu1_p
  // and s1_p are the mean and standard deviation of the data component, and m_p and v_p are the
  // mean and variance of xt given p.
  void data_mean(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> data_mean(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { data_mean(c, x, out); });
  }
  // Computes the posterior mean of the source, (rows, dim):
  //   E[x0 | xt = x] = sum_p r_p (mu0_p + sigma s0_p^2 / v_p (x - m_p)).
  // For pair p of a data component and a source component, r_p is its probability given x. mu0_p
  // and s0_p are the mean and standard deviation of the source component, and m_p and v_p are the
  // mean and variance of xt given p.
  void source_mean(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> source_mean(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { source_mean(c, x, out); });
  }
  // Computes the marginal velocity u_t(x) = E[dxt | xt = x] = dalpha E[x1 | x] + dsigma E[x0 | x],
  // (rows, dim) (Lipman et al. 2023, eq. 8). For pair p of components, let r_p be its probability
  // given x, mu1_p and mu0_p its means, and m_p and v_p the mean and variance of xt given p, with
  // time derivative v_p'. Then the velocity is
  //   sum_p r_p u_p(x),  u_p(x) = dalpha mu1_p + dsigma mu0_p + (v_p' / (2 v_p)) (x - m_p).
  // v_p' contains sigma dsigma instead of dsigma, so the result is also correct where dsigma is
  // infinite and mu0 is 0. Fails where the velocity is infinite.
  void velocity(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> velocity(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { velocity(c, x, out); });
  }
  // Computes the score grad ln p_t(x) = -sum_p r_p (x - m_p) / v_p, (rows, dim). r_p is the
  // probability of pair p of components given x, and m_p and v_p are the mean and variance of xt
  // given p. For point masses (v_p = 0) it is 0 on a point, and infinite elsewhere.
  void score(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> score(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { score(c, x, out); });
  }
  // Computes the divergence div u_t(x), (rows). For pair p of components, let r_p be its
  // probability given x, m_p and v_p the mean and variance of xt given p, and u_p the velocity
  // given p. Let v_p' = dv_p/dt and g_p = -(x - m_p) / v_p. u is the marginal velocity, and D the
  // dimension. Then grad r_p = r_p (g_p - score), so
  //   div u = sum_p r_p (D v_p' / (2 v_p) + (g_p - score) . (u_p - u)).
  void divergence(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> divergence(const Coefficients& c, std::span<const double> x) const {
    return returned(x, 1, [&](std::span<double> out) { divergence(c, x, out); });
  }
  // Computes E[|dxt - u_t(x)|^2 | xt = x], (rows): the part of dxt that no velocity can predict.
  // Its mean over p_t, divided by D, is the minimum of the conditional flow matching loss (a mean
  // over columns), and the difference between that loss and the flow matching loss on u_t.
  void velocity_variance(const Coefficients& c, std::span<const double> x,
                         std::span<double> out) const;
  std::vector<double> velocity_variance(const Coefficients& c, std::span<const double> x) const {
    return returned(x, 1, [&](std::span<double> out) { velocity_variance(c, x, out); });
  }

  // Fails where the velocity is infinite: where dalpha or sigma dsigma is infinite, or where dsigma
  // is infinite and the source has a nonzero mean.
  void check_velocity(const Coefficients& c) const;

 private:
  struct ComponentPair;
  ComponentPair pair(const Coefficients& c, int p) const;
  // Fills out (rows, width): per_row(point, r, row) writes one row of it, given a point and the
  // posterior r of the pairs of components at that point.
  template <class PerRow>
  void answer(const Coefficients& c, std::span<const double> x, int width, std::span<double> out,
              const PerRow& per_row) const;
  // Returns a vector of `width` numbers for each point in x, filled by fill(span of the vector).
  template <class Fill>
  std::vector<double> returned(std::span<const double> x, int width, const Fill& fill) const {
    std::vector<double> out(x.size() / static_cast<std::size_t>(dim()) *
                            static_cast<std::size_t>(width));
    fill(out);
    return out;
  }
  double weigh(const Coefficients& c, const double* x, double* r) const;
  static void check_coefficients(const Coefficients& c);
  // Adds sum_p r_p u_p to u (dim): r_p is the probability of pair p of components, u_p the velocity
  // given p.
  void add_velocity(const Coefficients& c, const double* x, const double* r, double* u) const;

  Mixture source_, data_;
  std::vector<double> log_source_, log_data_;  // ln weights
  bool centred_source_;                        // whether every mean of the source is 0
};

}  // namespace pushforward
