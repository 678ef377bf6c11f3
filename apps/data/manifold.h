// Builds data and sources on manifolds from their sections of a config.
#pragma once

#include <string>
#include <vector>

#include "apps/data/data.h"
#include "apps/run/manifold_code.h"

namespace pushforward::app::inline PF_REAL {

// Build the data sets of the types vmf_mixture and wrapped_mixture, and set traits.manifold.
DistributionPtr build_vmf_mixture(const Json& section, DataTraits& traits);
DistributionPtr build_wrapped_mixture(const Json& section, DataTraits& traits);

// Builds the data set of the type manifold from the finite set inside it, and sets traits.manifold.
// Throws Failure (exit 4) if a row of it is not on the manifold, and Failure (exit 2) if it is no
// finite set or does not have a column that is named.
DistributionPtr build_table_on_manifold(const Json& section, const Distribution& inner,
                                        const Holdout& holdout, DataTraits& traits);

// Builds a source of the type uniform, vmf or wrapped on the manifold. Throws Failure (exit 2) if the
// manifold does not have such a distribution.
DistributionPtr build_manifold_source(const Json& section, const Manifold& manifold);

// Return the types of sources that are built in flat space (build_source in data.h) and on manifolds.
std::vector<std::string> built_flat_sources();
std::vector<std::string> built_manifold_sources();

}  // namespace pushforward::app::inline PF_REAL
