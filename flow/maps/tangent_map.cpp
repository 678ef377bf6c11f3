#include "flow/maps/tangent_map.h"

#include <utility>

#include "autograd/ops.h"
#include "flow/manifold/tape.h"

namespace pushforward::inline PF_REAL {

FlowMap tangent_map(FlowMap network, Manifold manifold) {
  detail::check(bool(network), "tangent_map", "no network is given");
  return [network = std::move(network), manifold = std::move(manifold)](Var x, Var s, Var t,
                                                                        Labels labels) {
    const Var p = project(manifold, x);
    const Var v = tangent_output(manifold, p, network(embed(manifold, p), s, t, labels));
    return chord(manifold, p, v, t - s);
  };
}

}  // namespace pushforward::inline PF_REAL
