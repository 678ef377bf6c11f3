// Builds the coupling that a config describes.
#pragma once

#include "apps/json/json.h"
#include "flow/coupling/coupling.h"

namespace pushforward::app::inline PF_REAL {

// Builds the coupling of a checked /coupling section.
Coupling build_coupling(const Json& section);

}  // namespace pushforward::app::inline PF_REAL
