// Builds the coupling that a config describes.
#pragma once

#include <string>
#include <vector>

#include "apps/json/json.h"
#include "flow/coupling/coupling.h"
#include "flow/manifold/manifold.h"

namespace pushforward::app::inline PF_REAL {

// Builds the coupling of a checked /coupling section. A batch whose entropic plan does not converge
// gets the exact plan instead; Coupling::replaced counts these batches.
// On a manifold, unless it is null, the cost of transport is the squared length of geodesics.
Coupling build_coupling(const Json& section, const Manifold* manifold = nullptr);

// Returns the types that build_coupling knows.
std::vector<std::string> built_couplings();

}  // namespace pushforward::app::inline PF_REAL
