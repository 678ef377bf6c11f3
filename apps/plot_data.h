// What the pictures of a run need, computed by the engine: samples, data, trajectories, the field
// over time.
#pragma once

#include <cstdint>
#include <vector>

#include "apps/engine.h"
#include "apps/figure.h"

namespace pushforward {

// A table or trajectory of the engine as the pictures take it.
Points as_points(const NdArray& array);
Trajectories as_trajectories(const NdArray& array);

// The learned field on a grid at t = 0, 1/4, 1/2, 3/4, 1, over the points of `flow` at those times.
// D = 1 or 2 only: else empty.
std::vector<FieldSlice> field_slices(const Engine& engine, const Config& config,
                                     const RunRequest& run, const Trajectories& flow);

}  // namespace pushforward
