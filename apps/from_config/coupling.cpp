#include "apps/from_config/coupling.h"

#include <limits>
#include <string>

#include "flow/coupling/ot.h"
#include "flow/coupling/partial.h"
#include "flow/coupling/unbalanced.h"
#include "flow/manifold/coupling.h"

namespace pushforward::app::inline PF_REAL {

Coupling build_coupling(const Json& section, const Manifold* manifold) {
  const std::string type = section.at("type").get<std::string>();
  if (type == "ot" && manifold)
    return geodesic_ot_coupling(*manifold, section.at("label_weight").get<double>());
  if (type == "paired") return paired_coupling();
  if (type == "ot") {
    const bool within = section.at("within_classes").get<bool>();
    return ot_coupling(
        ConditionCosts{.label_weight = within ? std::numeric_limits<double>::infinity()
                                              : section.at("label_weight").get<double>(),
                       .condition_weight = section.at("condition_weight").get<double>()});
  }
  if (type == "partial") return partial_coupling(section.at("mass").get<double>());
  if (type == "unbalanced")
    return unbalanced_coupling({.reg = section.at("reg").get<double>(),
                                .mass_cost = section.at("mass_cost").get<double>(),
                                .tolerance = section.at("tolerance").get<double>(),
                                .max_iterations = section.at("iterations").get<int>()});
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
