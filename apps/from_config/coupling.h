// From a config's section to the coupling it describes.
#pragma once

#include "apps/json/json.h"
#include "flow/coupling/coupling.h"

namespace pushforward::app::inline PF_REAL {

// /coupling.
Coupling build_coupling(const Json& section);

}  // namespace pushforward::app::inline PF_REAL
