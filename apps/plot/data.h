// What the pictures of a run are drawn from, as the engine computes it: the field over time,
// densities, ways between samples; and the engine's tables as the pictures take them.
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

// The training curves in a run's metrics.jsonl; without steps where it holds no losses or is missing.
LossCurve read_loss_curve(const std::string& run);

// The learned field on a grid at t = 0, 1/4, 1/2, 3/4, 1, over the points of `flow` at those times;
// at 0.02 or 0.98 where it is infinite at an end, and on a path that spreads widely each time in
// units of its spread, points and velocities. D = 1 or 2.
std::vector<FieldSlice> find_field(const Engine& engine, const Config& config,
                                   const RunRequest& run, const Trajectories& flow);

// The same beside the exact field, at t = 0.02, 1/4, 1/2, 3/4, 0.98, with the error at the points of
// `flow`. D = 1 or 2. NoPicture where the exact field is not known.
std::vector<FieldPair> find_exact_field(const Engine& engine, const Config& config,
                                        const RunRequest& run, const Trajectories& flow);

// The run's own density, by dopri5, on a grid over samples and data, beside the data's: its
// distribution's, or a kernel estimate from `data`. D = 1 or 2. NoPicture where the flow has no
// density, as from a source without one, or fails on the way.
DensityPair find_densities(const Engine& engine, const Config& config, const RunRequest& run,
                           const Points& samples, const Points& data);

// The way of up to 6 samples to as many others through their latents, 9 points each, by dopri5.
Trajectories find_way_between(const Engine& engine, const Config& config, const RunRequest& run,
                              const Points& samples);

}  // namespace pushforward::app
