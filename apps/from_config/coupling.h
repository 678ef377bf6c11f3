// Builds the coupling that a config describes.
#pragma once

#include "apps/json/json.h"
#include "flow/coupling/coupling.h"

namespace pushforward::app::inline PF_REAL {

// Builds the coupling of a checked /coupling section. A batch whose entropic plan does not converge
// gets the exact plan instead; Coupling::replaced counts these batches.
Coupling build_coupling(const Json& section);

}  // namespace pushforward::app::inline PF_REAL
