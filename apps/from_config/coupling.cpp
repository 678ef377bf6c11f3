#include "apps/from_config/coupling.h"

#include <limits>

#include "apps/config/made.h"
#include "flow/coupling/ot.h"
#include "flow/coupling/partial.h"
#include "flow/coupling/unbalanced.h"
#include "flow/manifold/coupling.h"

namespace pushforward::app::inline PF_REAL {
namespace {

using V = const Section&;
using On = const Manifold*;

Coupling transport(V v, On manifold) {
  if (manifold) return geodesic_ot_coupling(*manifold, v.number("label_weight"));
  const bool within = v.boolean("within_classes");
  return ot_coupling(ConditionCosts{
      .label_weight = within ? std::numeric_limits<double>::infinity() : v.number("label_weight"),
      .condition_weight = v.number("condition_weight")});
}
Coupling entropic(V v, On) {
  SinkhornOptions options;
  read(sinkhorn_members(), v.json(), options);
  return sinkhorn_coupling(options, true);
}
Coupling unbalanced(V v, On) {
  UnbalancedOptions options;
  read(unbalanced_members(), v.json(), options);
  return unbalanced_coupling(options);
}
Coupling bridge(V v, On) {
  const bool exact = v.string("method") == "exact";
  return schroedinger_bridge_coupling(v.number("sigma"),
                                      exact ? BridgeMethod::exact : BridgeMethod::sinkhorn, true);
}

constexpr TypeMaker<Coupling, On> kCouplings[] = {
    {"independent", [](V, On) { return independent_coupling(); }},
    {"ot", transport},
    {"sinkhorn", entropic},
    {"schroedinger_bridge", bridge},
    {"partial", [](V v, On) { return partial_coupling(v.number("mass")); }},
    {"unbalanced", unbalanced},
    {"paired", [](V, On) { return paired_coupling(); }}};

}  // namespace

Coupling build_coupling(const Json& section, const Manifold* manifold) {
  return make_by_type(kCouplings, Section::over(section), manifold);
}

std::vector<std::string> built_couplings() { return types_of(kCouplings); }

}  // namespace pushforward::app::inline PF_REAL
