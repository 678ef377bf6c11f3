// The oracle: the exact marginal flow between two mixtures of round Gaussians, as plain numbers.
#pragma once

#include <span>
#include <vector>

#include "flow/distributions/mixture.h"
#include "flow/path/scheduler.h"

namespace pushforward {

// All that has a closed form about xt = alpha x1 + sigma x0, x0 ~ source and x1 ~ data independent
// mixtures of round Gaussians; a finite data set is one of point masses. Every sum goes over the
// pairs p of a component of the data and one of the source: given its pair, xt is Gaussian,
//   xt | p ~ N(m_p, v_p I),  m_p = alpha mu1_p + sigma mu0_p,  v_p = alpha^2 s1_p^2 + sigma^2
//   s0_p^2,
// and r_p(x) is the probability of the pair given xt = x. Pair p is component p / S of the data and
// p % S of the source, S the source's number of components.
//
// Where v_p = 0 (a point mass at sigma = 0) the answers are those of the distribution itself: p_t
// puts a mass there, so its log density is +inf at the point; elsewhere it is that of the other
// pairs,
// -inf without any. Off every point the posterior is its limit for sigma -> 0, the nearest point;
// points equally near, and copies of one point, share it by weight. What x does not tell stays at
// its mean, so x0 is mu0: the velocity is dalpha x1 + dsigma mu0, constant around each point.
//
// Points x are rows of `dim()` numbers, one after the other. Answers for one row do not depend on
// the others. Every answer comes in two forms: returned as a vector, or written to a span `out` of
// the size that is said. Both fail on points that are not whole rows or not numbers, on
// coefficients that are negative or not finite, and, the second, on a span of another size.
class Oracle {
 public:
  // Fails on mixtures of different dimension, with sizes that differ, or with numbers that are no
  // mixture; and on point masses on both sides, between which p_t never has a density.
  Oracle(Mixture source, Mixture data);

  int dim() const { return data_.dim; }
  int pairs() const { return source_.components() * data_.components(); }
  const Mixture& source() const { return source_; }
  const Mixture& data() const { return data_; }

  // p_t itself, a component for each pair.
  Mixture marginal(const Coefficients& c) const;
  // ln p_t(x), (rows).
  void log_density(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> log_density(const Coefficients& c, std::span<const double> x) const {
    return returned(x, 1, [&](std::span<double> out) { log_density(c, x, out); });
  }
  // r_p(x) = P(p | xt = x), (rows, pairs()): a softmax of log densities, so nothing underflows.
  void posterior(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> posterior(const Coefficients& c, std::span<const double> x) const {
    return returned(x, pairs(), [&](std::span<double> out) { posterior(c, x, out); });
  }
  // The same of one row, to `out` (pairs()); returns ln p_t(x). Allocates nothing.
  double pairs_given(const Coefficients& c, std::span<const double> x, std::span<double> out) const;

  // E[x1 | xt = x] = sum_p r_p (mu1_p + alpha s1_p^2 / v_p (x - m_p)), (rows, dim).
  void data_mean(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> data_mean(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { data_mean(c, x, out); });
  }
  // E[x0 | xt = x] = sum_p r_p (mu0_p + sigma s0_p^2 / v_p (x - m_p)), (rows, dim).
  void source_mean(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> source_mean(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { source_mean(c, x, out); });
  }
  // u_t(x) = E[dxt | xt = x] = dalpha E[x1 | x] + dsigma E[x0 | x], (rows, dim): the marginal
  // velocity of Lipman et al. 2023, eq. 8, as
  //   sum_p r_p u_p(x),  u_p(x) = dalpha mu1_p + dsigma mu0_p + (v_p' / 2 v_p) (x - m_p),
  // which takes sigma dsigma, not dsigma, and so stays right
  // where dsigma is infinite. Fails where the velocity itself is.
  void velocity(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> velocity(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { velocity(c, x, out); });
  }
  // grad ln p_t(x) = -sum_p r_p (x - m_p) / v_p, (rows, dim).
  // Infinite beside a point of a distribution of points, 0 on it.
  void score(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> score(const Coefficients& c, std::span<const double> x) const {
    return returned(x, dim(), [&](std::span<double> out) { score(c, x, out); });
  }
  // div u_t(x), (rows). With g_p = -(x - m_p) / v_p, grad r_p = r_p (g_p - score), so
  //   div u = sum_p r_p (D v_p' / 2 v_p + (g_p - score) . (u_p - u)).
  void divergence(const Coefficients& c, std::span<const double> x, std::span<double> out) const;
  std::vector<double> divergence(const Coefficients& c, std::span<const double> x) const {
    return returned(x, 1, [&](std::span<double> out) { divergence(c, x, out); });
  }
  // E[|dxt - u_t(x)|^2 | xt = x], (rows): what no velocity can predict.
  // Its mean over p_t is D times the least value of the CFM loss (which
  // is a mean over columns), and the CFM loss exceeds the FM loss by it.
  void velocity_variance(const Coefficients& c, std::span<const double> x,
                         std::span<double> out) const;
  std::vector<double> velocity_variance(const Coefficients& c, std::span<const double> x) const {
    return returned(x, 1, [&](std::span<double> out) { velocity_variance(c, x, out); });
  }

  // Fails where the velocity is infinite: at a time when dalpha or
  // sigma dsigma is, or dsigma for a source that is not centred.
  void check_velocity(const Coefficients& c) const;

 private:
  struct ComponentPair;
  ComponentPair pair(const Coefficients& c, int p) const;
  // per_row(x, r, out): from a row and its posterior to the `width` numbers answered for it.
  template <class PerRow>
  void answer(const Coefficients& c, std::span<const double> x, int width, std::span<double> out,
              const PerRow& per_row) const;
  // What `fill` writes to a vector of `width` numbers a row.
  template <class Fill>
  std::vector<double> returned(std::span<const double> x, int width, const Fill& fill) const {
    std::vector<double> out(x.size() / static_cast<std::size_t>(dim()) *
                            static_cast<std::size_t>(width));
    fill(out);
    return out;
  }
  double weigh(const Coefficients& c, const double* x, double* r) const;
  static void check_coefficients(const Coefficients& c);
  // Adds r_p (u_p) over all pairs to u (dim).
  void add_velocity(const Coefficients& c, const double* x, const double* r, double* u) const;

  Mixture source_, data_;
  std::vector<double> log_source_, log_data_;  // ln weights
  bool centred_source_;                        // every mean of the source is 0
};

}  // namespace pushforward
