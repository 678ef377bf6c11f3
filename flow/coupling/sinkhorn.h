// Entropic optimal transport: the plan P with given marginals that minimizes the total cost <P, C>
// minus reg times the entropy H(P).
//
// Sinkhorn's iterations update the potentials f and g of P_ij = exp((f_i + g_j - c_ij) / reg)
// (Cuturi, "Sinkhorn distances", NeurIPS 2013). They begin with log-sum-exps, which compute f and g
// without overflow. Then they scale rows and columns of the plan, which is faster. The logarithms
// of the scalings are added to f and g before they grow too large (Schmitzer, "Stabilized sparse
// scaling algorithms for entropy regularized transport problems", SIAM J. Sci. Comput. 41, 2019).
// If that converges slowly, Newton's method on the dual problem takes over (Brauer et al., "A
// Sinkhorn-Newton method for entropic optimal transport", 2017). For a small reg, the problem is
// first solved with a sequence of larger ones.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/interruption.h"

namespace pushforward {

// The options of an entropic plan.
struct SinkhornOptions {
  // The weight of the entropy, in the unit of the costs, which are squared distances for a
  // coupling. A small one comes close to the optimal permutation but needs more iterations; a large
  // one comes close to independent pairs. It must be positive and at most 1e300.
  double reg = 1;

  // For a plan of n rows and m columns, the iterations stop when the sum of |row sum - 1/n| and the
  // sum of |column sum - 1/m| are each at most this. A coupling draws from the plan, so it seldom
  // needs a smaller one. It must be positive.
  double tolerance = 1e-6;

  // The limit of the iterations, each of which takes about one pass over the n m numbers of the
  // plan. Sinkhorn::solve fails at the limit, and a coupling with or_exact takes the exact plan.
  // Raise it, or raise `reg`. It must be positive.
  int max_iterations = 20'000;
};

// A solver with its workspace. It allocates nothing after the first call of a size. Use it from one
// thread at a time. It can be interrupted.
class Sinkhorn : public Interruption {
 public:
  // Computes the plan for costs (n, m), row-major, between uniform marginals 1/n and 1/m. Throws if
  // options or sizes are not positive, if a cost is not finite, or if the iterations run out before
  // the tolerance is met; the message then gives the error that was reached.
  void solve(int n, int m, const double* cost, const SinkhornOptions& options);
  // Computes the plan as `solve` does, but returns false if the iterations run out. There is no
  // plan then.
  bool converges(int n, int m, const double* cost, const SinkhornOptions& options);

  // The plan (n, m) of the last solution, which adds up to 1, and its potentials f (n) and g (m).
  // They are empty before the first solution.
  const double* plan() const { return plan_.data(); }
  const std::vector<double>& f() const { return f_; }
  const std::vector<double>& g() const { return g_; }
  double cost() const { return cost_; }  // <P, C>
  // Returns the error of the worse marginal, as SinkhornOptions::tolerance measures it.
  double error() const { return error_; }
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
  void take_iteration() {
    check_interrupted();
    --left_;
  }
  double* row(int i) { return plan_.data() + static_cast<std::size_t>(i) * m_; }
  const double* costs(int i) const { return costs_ + static_cast<std::size_t>(i) * m_; }

  int n_ = 0, m_ = 0;
  const double* costs_ = nullptr;
  AlignedVector<double> plan_, u_, v_, sum_, maxima_;       // u_, v_: scalings; sum_: u^T plan
  AlignedVector<double> step_, residual_, search_, image_;  // vectors of the conjugate gradients
  std::vector<double> f_, g_, g_before_;
  double cost_ = 0, error_ = 0, range_ = 0;  // range_: of the costs, largest minus least
  int left_ = 0, left_at_start_ = 0;         // iterations that remain, now and at the start
};

}  // namespace pushforward
