// Computes log-densities of a run's flow, for the commands `pushforward loglik` and `pushforward
// sample --loglik`.
#pragma once

#include <vector>

#include "apps/flows/run_flow.h"
#include "flow/density/likelihood.h"

namespace pushforward::app::inline PF_REAL {

// log_density_of_run, log_density_in_blocks and log_density_of_data are documented at Engine (apps/engine/engine.h).
Densities log_density_of_run(const Config& config, const DensityRequest& request,
                             const NdArray& points);
Densities log_density_in_blocks(const Config& config, const DensityRequest& request,
                                const NdArray& table, const NextPoints& next,
                                const TakeDensities& take);
NdArray log_density_of_data(const Config& config, const NdArray& points);

// Returns the options of the ODE for log-densities: those of the run's sampler and the request, or of
// dopri5 if the run samples by jumps or by the SDE of a bridge, which have no density.
SamplerOptions density_options(const Config& config, const RunFlow& flow,
                               const SolverRequest& request);

// Returns the likelihood of a flow solved with `options`. If the flow cannot be followed to the end
// time of /sampler, the data is assumed to be at the last possible time, scaled by alpha there. A
// flow that begins after t = 0 starts from the distribution of the path at that time. The ln p of
// rows that cannot be solved is NaN. Throws Failure (exit 2) if the distribution at the first time
// has no closed form, or if the sampler is not an ODE solver, since only an ODE has a density along
// its paths.
Likelihood make_likelihood(const Config& config, const RunFlow& flow, const SamplerOptions& options,
                           const SolverRequest& request, const DivergenceRequest& divergence,
                           Workers& workers);

// Describes the estimate behind log-densities with the standard errors `errors` (n), and the time to
// which the data was smoothed (RunFlow::smoothed_to). Nothing is estimated if the divergence is
// exact.
EstimateOf make_estimate(const DivergenceRequest& request, int dim, std::vector<double> errors,
                         double smoothed_to);

// Converts log-densities per unit of volume in the field's units to log-densities per unit of
// volume in the data's units.
NdArray per_data_volume(const Units& units, std::vector<double> log_density);

}  // namespace pushforward::app::inline PF_REAL
