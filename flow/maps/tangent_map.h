// Flow maps on manifolds: networks of two times whose jumps follow geodesics.
#pragma once

#include "flow/manifold/manifold.h"
#include "flow/maps/flow_map.h"

namespace pushforward::inline PF_REAL {

// Returns the flow map whose jumps are X_{s,t}(x) = exp_p((t - s) P f(embed(p), s, t)), where p is the
// projection of x and `network` is f, which maps (B, embedded_dim()) to (B, dim()); embed and P are
// those of tangent_field (flow/manifold/tape.h). The mean velocity that the map returns is that in the
// coordinates of the ambient space, v(x, s, t) = (X_{s,t}(p) - p) / (t - s), and on the diagonal the
// tangent vector P f. So x + (t - s) v is on the manifold for a point x of it; angles are not wrapped.
//
// The conditions of flow maps (loss.h) hold for it as in flat space, since the flow of a tangent field
// is one of the ambient space too. The exception is alpha_flow, whose step along a straight line leaves
// the manifold. Fails without a network, and if it gives other columns than those of a point.
FlowMap tangent_map(FlowMap network, Manifold manifold);

}  // namespace pushforward::inline PF_REAL
