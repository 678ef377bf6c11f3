// Unbalanced entropic optimal transport: a plan whose marginals may differ from those of the batch, at
// a price.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/coupling/coupling.h"
#include "flow/interruption.h"

namespace pushforward {

// The options of an unbalanced plan.
struct UnbalancedOptions {
  // The weight of the entropy, in the unit of the costs, as in SinkhornOptions: a small one takes
  // more iterations and comes closer to the plan without entropy. It must be positive.
  double reg = 0.1;

  // The weight of the marginals' differences, in the unit of the costs. Mass is left out where
  // carrying it would cost more than about this, so lower it if the data has outliers. As it grows
  // the plan becomes balanced. It must be positive.
  double mass_cost = 10;

  // The iterations stop when no potential f changes by more than this times reg. A coupling draws
  // from the plan, so it seldom needs a smaller one. It must be positive.
  double tolerance = 1e-6;

  // The limit of the iterations, each of which takes two passes over the costs. Raise it, or raise
  // `reg`, if they run out: the plan is then that of the last one. It must be positive.
  int max_iterations = 20'000;
};

// A solver with its workspace. It allocates nothing after the first call of a size. Use it from one
// thread at a time. It can be interrupted.
class UnbalancedTransport : public Interruption {
 public:
  // Computes the plan P >= 0 (n, m) that minimises
  //   <P, C> + reg KL(P | a b^T) + mass_cost (KL(P 1 | a) + KL(P^T 1 | b)),
  // with a = 1/n, b = 1/m and KL(p | q) = sum p ln(p / q) - p + q, by scaling iterations on the
  // potentials (Chizat, Peyre, Schmitzer, Vialard 2018, arXiv 1607.05816, section 4):
  //   P_ij = exp((f_i + g_j - c_ij) / reg) / (n m),
  //   f_i = -k reg ln(sum_j exp((g_j - c_ij) / reg) / m), k = mass_cost / (mass_cost + reg),
  // and the same for g. After each iteration f + c and g - c with the best c take their place, without
  // which the iterations would be slow for a large mass_cost (Sejourne, Vialard, Peyre 2022, arXiv
  // 2201.00730). Returns false if the iterations run out; the plan is then that of the last
  // one. Throws if options or sizes are not positive, and if a cost is not finite.
  bool solve(int n, int m, const double* cost, const UnbalancedOptions& options);

  // The plan (n, m) of the last solution, whose sum is total(), and <P, C>.
  const double* plan() const { return plan_.data(); }
  double total() const { return total_; }
  double cost() const { return cost_; }

 private:
  AlignedVector<double> plan_, f_, g_, before_, maxima_, sum_;
  double total_ = 0, cost_ = 0;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The coupling of unbalanced optimal transport with squared distances (Eyring et al. 2024, arXiv
// 2311.15100). Each pair of the batch is drawn from the plan, divided by its sum: rows that are far
// from all others are drawn seldom, on both sides, so the flow takes a reweighted source to reweighted
// data. Coupling::replaced counts the batches whose iterations ran out, which have the plan of the
// last iteration. Throws under the conditions of UnbalancedTransport::solve. An iteration takes O(B^2)
// time, and costs and plan take 8 B^2 bytes each.
Coupling unbalanced_coupling(const UnbalancedOptions& options);

}  // namespace pushforward::inline PF_REAL
