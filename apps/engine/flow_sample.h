// Samples from a trained run, evaluates its field and draws its data, for `pushforward sample`,
// `velocity`, `plot` and `data`.
#pragma once

#include "apps/engine/engine.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// sample_run, sample_run_in_blocks, vary_points, velocity_of_run and the functions below that draw data are documented at Engine
// (apps/engine/engine.h).
Samples sample_run(const Config& config, const SampleRequest& request);
Samples sample_run_in_blocks(const Config& config, const SampleRequest& request,
                             const TakeSamples& take);
Samples vary_points(const Config& config, const SampleRequest& request, const NdArray& points);
Moved velocity_of_run(const Config& config, const RunRequest& request, const NdArray& points,
                      double t);
NdArray draw_data(const Config& config, int n, std::uint64_t seed);
void draw_data_blocks(const Config& config, int n, std::uint64_t seed, const TakeRows& take);
NdArray draw_data_labels(const Config& config, int n, std::uint64_t seed);
DataRows data_rows(const Config& config, int n, std::uint64_t seed);

}  // namespace pushforward::app::inline PF_REAL
