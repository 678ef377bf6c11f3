// The log-density of a run's flow: the engine's side of loglik and `sample --loglik`.
#pragma once

#include <vector>

#include "apps/engine/run_flow.h"
#include "flow/density/likelihood.h"

namespace pushforward::app::inline PF_REAL {

// See Engine (apps/engine/engine.h).
Densities log_density_of_run(const Config& config, const DensityRequest& request,
                             const NdArray& points);
NdArray log_density_of_data(const Config& config, const NdArray& points);

// The likelihood of a flow that is solved as `options` say. Where they end before the time that
// /sampler asks for, as the flow cannot go on, the data is taken to stand there at its scale
// alpha(end). Failure (exit 2) where they name a
// sampler that is no ODE solver: only the ODE's paths carry a density.
Likelihood make_likelihood(const Config& config, const RunFlow& flow, const SamplerOptions& options,
                           const SolverRequest& request, const DivergenceRequest& divergence,
                           Workers& workers);

// Log-densities per unit of the field's volume, as those per unit of the data's.
NdArray per_data_volume(const Units& units, std::vector<double> log_density);

}  // namespace pushforward::app::inline PF_REAL
