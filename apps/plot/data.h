// Computes what the pictures of a run show: the field over time, densities and interpolations. Also
// converts the engine's tables to the types of the pictures.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/figures/figures.h"
#include "apps/figures/images.h"
#include "apps/figures/pairs.h"
#include "apps/figures/sets.h"

namespace pushforward::app {

// Convert a table, a trajectory or labels of the engine to the types of the pictures.
Points as_points(const NdArray& array);
Trajectories as_trajectories(const NdArray& array, std::vector<double> times = {});
std::vector<int> as_labels(const NdArray& array);

// Returns the shape of the images in the config's data, or nothing if its rows are not images.
std::optional<ImageShape> image_shape(const Config& config);

// Returns whether the noise of the run's path is much wider than the data, as on the paths ve and
// edm. On one scale for all times, the data would then be too small to see. So by_spread divides
// the points of each time of a trajectory by sqrt(alpha^2 + sigma^2), the spread of that time.
bool spreads_widely(const Config& config);
Trajectories by_spread(Trajectories flow, const Config& config);
// Returns what pictures divide by at time t: the spread if spreads_widely, else 1.
double spread_at(const Config& config, double t);

// Reads the training curves from a run's metrics.jsonl. Without losses or without the file
// they have no steps.
LossCurve read_loss_curve(const std::string& run);

// Returns the learned field on a grid at t = 0, 1/4, 1/2, 3/4, 1, with the points of `flow` at
// those times. An end where the field is infinite is replaced by 0.02 or 0.98. If spreads_widely,
// points and velocities of each time are in units of its spread. D = 1 or 2.
std::vector<FieldSlice> find_field(const Engine& engine, const Config& config,
                                   const RunRequest& run, const Trajectories& flow);

// Returns the learned and the exact field at t = 0.02, 1/4, 1/2, 3/4, 0.98, with the error at the
// points of `flow`. D = 1 or 2. Throws NoPicture if the exact field is not known.
std::vector<FieldPair> find_exact_field(const Engine& engine, const Config& config,
                                        const RunRequest& run, const Trajectories& flow);

// Returns the density of the run's flow, computed by dopri5 on a grid over samples and data, and
// the density of the data. If `run` has a label, both are those of its class. The data's density is
// exact if known, else a kernel estimate from `data`. D = 1 or 2. Throws NoPicture if the source
// has no density or the solver fails.
DensityPair find_densities(const Engine& engine, const Config& config, const RunRequest& run,
                           const Points& samples, const Points& data);

// Rows of the run's data, with their labels, or none if it has no classes.
struct LabelledPoints {
  Points points;
  std::vector<int> labels;
};

// Returns n rows of the run's data, or all rows of a finite set of at most n. With a label, all are
// of this class.
LabelledPoints draw_rows_of_class(const Engine& engine, const Config& config, int n,
                                  std::uint64_t seed, std::optional<int> label);

// Interpolates from up to 6 samples to the same number of other samples through their latents, with
// 9 points each, by dopri5.
Trajectories find_way_between(const Engine& engine, const Config& config, const RunRequest& run,
                              const Points& samples);

// Returns whether the run has a flow map whose jumps a picture can show.
bool draws_jumps(const Config& config, const PlotRequest& request);

// Samples of one flow from the same source points (n, D): by 1, 2, 4 and 16 steps of Euler's method
// (for a flow map, by 1, 2, 4 and 8 jumps), and as the last set by dopri5 with tolerances of 1e-5.
struct StepSets {
  std::vector<NamedPoints> sets;
  Points starts;
};

// Draws at most 2000 samples by each method of StepSets. Throws NoPicture if one of them cannot
// solve the run's flow.
StepSets find_steps(const Engine& engine, const Config& config, const PlotRequest& request);

// The conditional paths of up to 80 pairs of a source and a data point, and the paths of the flow
// from the same source points.
struct PathSets {
  Trajectories conditional, marginal;
};
PathSets find_paths(const Engine& engine, const Config& config, const PlotRequest& request);

// Returns up to 150 pairs of a training batch by the run's coupling, and pairs of the same points
// coupled independently.
std::array<PairedPoints, 2> find_pairs(const Engine& engine, const Config& config,
                                       const PlotRequest& request);

}  // namespace pushforward::app
