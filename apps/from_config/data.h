// From /data and /source of a config to the distributions that batches are drawn from.
#pragma once

#include "apps/json/json.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// The data set of a data section (Json, checked). Reads the
// files it names; Failure (exit 4) when one can't be read.
DistributionPtr build_data(const Json& section);

// The source of a source section, in `dim` dimensions.
DistributionPtr build_source(const Json& section, int dim);

}  // namespace pushforward::app::inline PF_REAL
