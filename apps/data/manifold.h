// Builds data and sources on manifolds from their sections of a config.
#pragma once

#include <functional>

#include "apps/data/data.h"
#include "apps/run/manifold_code.h"

namespace pushforward::app::inline PF_REAL {

// Builds a data set of the type vmf_mixture, wrapped_mixture or manifold, and sets traits.manifold.
// `inner` builds the data set inside that of type manifold, which must be a finite set. Throws Failure
// (exit 4) if a row of it is not on the manifold, and Failure (exit 2) if it is no finite set or does
// not have a column that is named.
DistributionPtr build_manifold_data(const Json& section,
                                    const std::function<DistributionPtr()>& inner,
                                    const Holdout& holdout, DataTraits& traits);

// Builds a source of the type uniform, vmf or wrapped on the manifold. Throws Failure (exit 2) if the
// manifold does not have such a distribution.
DistributionPtr build_manifold_source(const Json& section, const Manifold& manifold);

}  // namespace pushforward::app::inline PF_REAL
