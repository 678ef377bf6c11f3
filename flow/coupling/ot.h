// Couplings by optimal transport within a batch. The paths between the rows that they pair are
// straighter than those between random pairs.
//
// Costs are squared Euclidean distances. Each source row of the batch is used exactly once, so the
// distribution of x0 does not change.
#pragma once

#include "flow/coupling/coupling.h"
#include "flow/coupling/sinkhorn.h"

namespace pushforward {

// What optimal transport adds to the squared distance of a pair whose rows are given different things
// (C2OT, Cheng and Schwing 2025, arXiv 2503.10636). Source row k counts as given what data row k of
// the batch is given, which is independent of the source row. Without such a cost, transport skews the
// source given the label or condition, and samples given one start from the wrong distribution.
struct ConditionCosts {
  // Added if the labels differ. Infinity forbids such pairs; a large finite weight does as well.
  double label_weight = 0;

  // Times the squared distance between the conditions, as the network gets them, which are
  // standardized numbers, and 0 and 1 for categories.
  double condition_weight = 0;
};

// The solver of the Schroedinger bridge coupling.
enum class BridgeMethod { sinkhorn, exact };

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Minibatch optimal transport (Tong et al., arXiv 2302.00482, section 3.2; Pooladian et al., arXiv
// 2304.14772): the permutation of the batch with the least sum of |x1 - x0|^2, computed exactly.
// For B rows it takes O(B^3) time at worst and 8 B^2 bytes. Larger batches make straighter paths.
//
// `label_weight` > 0 needs data with labels. It gives source row k the label of data row k, which
// is independent of the source row, and adds label_weight to the cost of pairs whose labels differ.
// This keeps transport from skewing the source distribution given the label (C2OT, arXiv
// 2503.10636). With a weight of a few times the largest distance, all pairs have equal labels.
// Throws if the weight is negative. If it is positive, the coupling throws on rows without labels.
Coupling ot_coupling(double label_weight = 0);
// The same with a cost for conditions, and with an infinite cost for labels if it is infinite. If a
// weight is positive, the coupling throws on rows without labels or without conditions. Throws if a
// weight is negative or NaN, or if condition_weight is infinite.
Coupling ot_coupling(const ConditionCosts& costs);

// Entropic optimal transport within the batch, with the weight options.reg of the entropy. Each
// source row draws its data row from P(data row | source row), which is the source row's part of
// the plan. So a data row may be drawn several times or never. Throws under the conditions of
// Sinkhorn::solve. With `or_exact`, a batch whose iterations run out gets the optimal permutation
// instead, which is the limit of the plan for small reg. For a batch of B rows, the costs of the
// two plans differ by at most reg ln B. Coupling::replaced counts such batches. Each iteration
// takes O(B^2) time, and costs and plan take 8 B^2 bytes each.
Coupling sinkhorn_coupling(const SinkhornOptions& options, bool or_exact = false);

// The coupling of the Schroedinger bridge whose reference is Brownian motion of scale sigma: the
// entropic plan in which the entropy has the weight 2 sigma^2 (Tong et al., proposition 3.4).
// `exact` uses the limit of this plan for small sigma, the optimal permutation. `or_exact` acts as
// in sinkhorn_coupling. Throws unless sigma is positive.
Coupling schroedinger_bridge_coupling(double sigma, BridgeMethod method = BridgeMethod::sinkhorn,
                                      bool or_exact = false);

}  // namespace pushforward::inline PF_REAL
