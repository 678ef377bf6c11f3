// Optimal transport within a batch by the squared lengths of geodesics.
#pragma once

#include "flow/coupling/coupling.h"
#include "flow/manifold/manifold.h"

namespace pushforward::inline PF_REAL {

// Returns the coupling that pairs the rows of a batch by the permutation with the least sum of
// squared distances on the manifold (Chen, Lipman 2024, section 3.2; ot_coupling is that of flat
// space). `label_weight` is as in ot_coupling. For B rows it takes O(B^3) time at worst and 8 B^2
// bytes. Throws if the weight is negative. If it is positive, the coupling throws on rows without
// labels.
Coupling geodesic_ot_coupling(Manifold manifold, double label_weight = 0);

}  // namespace pushforward::inline PF_REAL
