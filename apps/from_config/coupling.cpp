#include "apps/from_config/coupling.h"

#include <string>

#include "flow/coupling/ot.h"
#include "flow/manifold/coupling.h"

namespace pushforward::app::inline PF_REAL {

Coupling build_coupling(const Json& section, const Manifold* manifold) {
  const std::string type = section.at("type").get<std::string>();
  if (type == "ot" && manifold)
    return geodesic_ot_coupling(*manifold, section.at("label_weight").get<double>());
  if (type == "paired") return paired_coupling();
  if (type == "ot") return ot_coupling(section.at("label_weight").get<double>());
  if (type == "sinkhorn") {
    return sinkhorn_coupling({.reg = section.at("reg").get<double>(),
                              .tolerance = section.at("tolerance").get<double>(),
                              .max_iterations = section.at("iterations").get<int>()},
                             true);
  }
  if (type == "schroedinger_bridge") {
    const bool exact = section.at("method") == "exact";
    return schroedinger_bridge_coupling(section.at("sigma").get<double>(),
                                        exact ? BridgeMethod::exact : BridgeMethod::sinkhorn, true);
  }
  return independent_coupling();
}

}  // namespace pushforward::app::inline PF_REAL
