// The options of sampling. Nothing in this file depends on `real`, the number type of the engine
// (float or double).
#pragma once

#include <vector>

#include "flow/chunk_loop.h"
#include "flow/path/prediction.h"
#include "flow/solve/diffusion.h"
#include "flow/solve/method.h"
#include "flow/solve/solver_options.h"

namespace pushforward {

// Returns whether a solver that takes fixed steps with this Runge-Kutta table evaluates the
// velocity at the end of its last step.
bool looks_at_end(const Tableau& tableau);

// The options of sampling a flow. All methods except the adaptive ODE solvers take fixed steps
// along `grid`.
struct SamplerOptions : RowRequest {
  SolverOptions solver{};  // used by SamplingMethod::ode
  SamplingMethod method = SamplingMethod::ode;
  Diffusion diffusion{};  // used by the SDE methods
  int steps = 100;        // number of evenly spaced fixed steps, unless `grid` is given
  // The first and the last time of the flow. The default goes from noise to data; swap the two
  // times to encode data as noise. A flow that begins after t = 0 has to start from the
  // distribution of the path at that time (starts_on_path). A flow that ends before t = 1 leaves
  // the noise sigma(end) x0 in its samples, unless denoise_last is set.
  double begin = 0, end = 1;
  std::vector<double> grid{};           // if not empty, replaces steps, begin and end
  Parameterization parameterization{};  // what the model predicts, and the path
  // Sampler::sample starts each flow at source_scale times a row drawn from the source. The scale
  // is sigma(begin) for a standard normal source, so it is sigma_max on the paths ve and edm
  // (Scheduler::source_scale). Sampler::transport does not scale its points.
  double source_scale = 1;
  // If true, Sampler::sample starts from rows alpha x1 + sigma x0 of the path at the first time
  // instead of rows of the source; PathLaw (flow/train/path_law.h) draws such rows. This is needed
  // unless the path is noise alone at the first time (noise_alone, flow/solve/time_range.h).
  bool starts_on_path = false;
  // If true, replaces the final x by alpha(1) E[x1 | x], at the cost of one evaluation of the
  // model. Use it for flows that end a little before t = 1 (safe_time_range), and for paths that
  // still have noise at t = 1 (ve, edm).
  bool denoise_last = false;

  // Returns the times of the steps: `grid`, or evenly spaced times from steps, begin and end; only
  // the two ends for an adaptive solver. Fails on inconsistent options.
  std::vector<double> times() const;
};

}  // namespace pushforward
