// Entropic optimal transport: the plan P of given marginals that makes <P, C> - reg H(P) least.
//
// Sinkhorn's iterations on the potentials f and g of P_ij = exp((f_i + g_j - c_ij) / reg) (Cuturi,
// "Sinkhorn distances", NeurIPS 2013), in the log domain where it matters: f and g are set by
// log-sum-exps, which nothing overflows; then plain scalings of the plan they define, as long as
// these stay moderate, are absorbed into them (Schmitzer, "Stabilized sparse scaling algorithms for
// entropy regularized transport problems", SIAM J. Sci. Comput. 41, 2019). Where that is slow,
// Newton's method on the dual (Brauer et al., "A Sinkhorn-Newton method for entropic optimal
// transport", 2017) takes over. A small reg is come down to from a large one.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"

namespace pushforward {

struct SinkhornOptions {
  double reg = 1;               // in the units of the cost, positive
  double tolerance = 1e-6;      // done when rows and columns add up to their marginals but for this
                                // much: absolute differences, summed over rows or over columns
  int max_iterations = 20'000;  // passes over the plan, about
};

// A solver with its memory; after the first call of
// a size it allocates nothing. One thread at a time.
class Sinkhorn {
 public:
  // The plan for costs (n, m), row-major, between uniform marginals 1/n and 1/m. Fails on options
  // or sizes that are not positive, costs that are not finite, and when the iterations are used up
  // before the tolerance is met, saying how far it came.
  void solve(int n, int m, const double* cost, const SinkhornOptions& options);

  // Of the last solution, empty before the first. The plan (n, m), adding up to 1; f (n) and g (m).
  const double* plan() const { return plan_.data(); }
  const std::vector<double>& f() const { return f_; }
  const std::vector<double>& g() const { return g_; }
  double cost() const { return cost_; }    // <P, C>
  double error() const { return error_; }  // of the worse marginal, as in `tolerance`
  int iterations() const { return left_at_start_ - left_; }

 private:
  bool descend(double reg, double tolerance, int max_iterations);
  void set_columns(double reg);
  double set_rows(double reg);
  void set_plan(double reg);
  bool scale(double tolerance, int max_iterations);
  void newton_step(double reg, int max_iterations);
  void solve_newton(int max_iterations);
  double column_error() const;
  bool moderate() const;
  void absorb(double reg);
  void finish();
  double* row(int i) { return plan_.data() + static_cast<std::size_t>(i) * m_; }
  const double* costs(int i) const { return costs_ + static_cast<std::size_t>(i) * m_; }

  int n_ = 0, m_ = 0;
  const double* costs_ = nullptr;
  AlignedVector<double> plan_, u_, v_, sum_, maxima_;       // u_, v_: scalings; sum_: u^T plan
  AlignedVector<double> step_, residual_, search_, image_;  // of conjugate gradients
  std::vector<double> f_, g_, g_before_;
  double cost_ = 0, error_ = 0;
  int left_ = 0, left_at_start_ = 0;  // iterations
};

}  // namespace pushforward
