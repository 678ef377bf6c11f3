// Builds the distributions of data and source from /data and /source of a config.
#pragma once

#include "apps/json/json.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// Builds the data set of a checked data section and reads its files. Throws Failure (exit 4)
// if a file cannot be read, and Failure (exit 2) if a number is beyond the range of `real`.
DistributionPtr build_data(const Json& section);

// Builds the source of a checked source section, in `dim` dimensions. Throws Failure (exit 2) if it
// is a data set of another dimension.
DistributionPtr build_source(const Json& section, int dim);

}  // namespace pushforward::app::inline PF_REAL
