// What the pictures of a run need, computed by the engine:
// samples, data, trajectories, the field over time, densities.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/figures/figures.h"
#include "apps/figures/images.h"

namespace pushforward::app {

// A table or trajectory of the engine as the pictures take it.
Points as_points(const NdArray& array);
Trajectories as_trajectories(const NdArray& array, std::vector<double> times = {});
std::vector<int> as_labels(const NdArray& array);

// How the rows of the config's data become images, where they are some.
std::optional<ImageShape> image_shape(const Config& config);

// Whether the noise of the run's path is so much wider than the data that one scale for all times
// would show nothing (ve, edm), and trajectories with each time divided by its spread,
// sqrt(alpha^2 + sigma^2).
bool spreads_widely(const Config& config);
Trajectories by_spread(Trajectories flow, const Config& config);

// The learned field on a grid at t = 0, 1/4, 1/2, 3/4, 1, over the points of `flow` at those times;
// at 0.02 or 0.98 where it is infinite at an end, and on a path that spreads widely each time in
// units of its spread, points and velocities. D = 1 or 2 only: else empty.
std::vector<FieldSlice> field_slices(const Engine& engine, const Config& config,
                                     const RunRequest& run, const Trajectories& flow);

// The same beside the exact field, at t = 0.02, 1/4, 1/2, 3/4, 0.98, with the
// error at the points of `flow`. Empty where the exact field is not known, or
// is not what was learned: with a coupling, noise on the path, or a class.
std::vector<FieldPair> field_pairs(const Engine& engine, const Config& config,
                                   const RunRequest& run, const Trajectories& flow);

// The run's own density, by dopri5, on a grid over samples and data, beside the data's: its
// distribution's, or a kernel estimate from `data`. D = 1 or 2 only: else none. None either where
// the flow has no density, as from a source without one, or fails on the way; `why` then says so.
std::optional<DensityPair> density_pair(const Engine& engine, const Config& config,
                                        const RunRequest& run, const Points& samples,
                                        const Points& data, std::string& why);

// The way of up to 6 samples to as many others through their latents, 9 points each, by dopri5.
Trajectories way_between(const Engine& engine, const Config& config, const RunRequest& run,
                         const Points& samples);

}  // namespace pushforward::app
