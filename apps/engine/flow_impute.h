// Fills missing numbers of points with draws from their distribution under a run's flow, given the
// known numbers, for `pushforward impute` and `pushforward sample --given`.
#pragma once

#include <cstdint>
#include <span>

#include "apps/engine/engine.h"
#include "apps/engine/run_flow.h"
#include "autograd/tensor/rng.h"
#include "flow/solve/impute.h"

namespace pushforward::app::inline PF_REAL {

// Documented at `impute` of Engine (apps/engine/engine.h).
Imputed impute_points(const Config& config, const ImputeRequest& request, const NdArray& points);

// Throws Failure (exit 2) "[what] ..." unless the path of the config is a Markov chain from data to
// standard normal noise, as impute_points needs.
void check_imputes(const Section& config, const char* what);

// Returns the options for filling points of the flow in this many steps. They have no labels.
ImputeOptions impute_options(const RunFlow& flow, int steps, int particles);

// Writes row `row` (D) of the flow's table as a point of the flow (E), before its units. Missing
// numbers are NaN, and so are their code columns. Known whole numbers and angles have the noise of
// row `number` of the stream.
void encode_incomplete(const RunFlow& flow, std::span<const double> row, Stream stream,
                       std::uint32_t number, std::span<double> out);

}  // namespace pushforward::app::inline PF_REAL
