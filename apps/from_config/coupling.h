// Builds the coupling that a config describes.
#pragma once

#include "apps/json/json.h"
#include "flow/coupling/coupling.h"

namespace pushforward::app::inline PF_REAL {

// Builds the coupling of a checked /coupling section. A batch whose entropic plan is not found gets
// the exact one; Coupling::replaced counts them.
Coupling build_coupling(const Json& section);

}  // namespace pushforward::app::inline PF_REAL
