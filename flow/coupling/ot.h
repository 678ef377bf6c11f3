// Couplings by optimal transport within a batch: straighter paths than chance gives.
//
// Costs are squared Euclidean distances. Every source row
// of the batch is kept once, so x0 keeps its distribution exactly.
#pragma once

#include "flow/coupling/coupling.h"
#include "flow/coupling/sinkhorn.h"

namespace pushforward {

// How the coupling of a Schroedinger bridge is found.
enum class BridgeMethod { sinkhorn, exact };

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Minibatch optimal transport (Tong et al., arXiv 2302.00482, section 3.2; Pooladian et al., arXiv
// 2304.14772): the permutation of the batch with the least sum of |x1 - x0|^2, exactly.
//
// `label_weight` > 0, for data with labels: source row k is given the label of
// data row k, which is independent of it, and pairs whose labels differ cost that
// much more (C2OT, arXiv 2503.10636), lest transport skews the source given the
// label. From a few times the largest distance on, pairs keep to their label.
Coupling ot_coupling(double label_weight = 0);

// Entropic optimal transport within the batch: each source row draws its
// partner from its row of the plan, P(data row | source row), so data rows
// may meet several source rows or none. Fails as Sinkhorn::solve does.
Coupling sinkhorn_coupling(const SinkhornOptions& options);

// The coupling of the Schroedinger bridge whose reference is Brownian motion of scale sigma: the
// entropic plan with reg = 2 sigma^2 (Tong et al., proposition 3.4), or, `exact`, its limit for
// small sigma. Fails unless sigma is positive.
Coupling schroedinger_bridge_coupling(double sigma, BridgeMethod method = BridgeMethod::sinkhorn);

}  // namespace pushforward::inline PF_REAL
