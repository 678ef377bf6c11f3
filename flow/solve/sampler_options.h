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
// along `grid`. Sampler fails on options that do not fit together.
struct SamplerOptions : RowRequest {
  // The Runge-Kutta method, its tolerances and its failures, for SamplingMethod::ode. The SDE
  // methods, dpm_solver and edm_heun do not step with it.
  SolverOptions solver{};

  // The method that moves points from noise to data. For each row, a step of euler_maruyama,
  // dpm_solver or jumps costs one evaluation of the model, and a step of stochastic_heun or
  // edm_heun at most two. A step of `ode` costs at most as many evaluations as its Runge-Kutta
  // method has stages. The default works for every coupling; dpm_solver needs few steps. The SDE
  // methods correct errors on the way, but need a standard normal source that is independent of the
  // data.
  SamplingMethod method = SamplingMethod::ode;

  // The noise that the SDE methods add to the samples. The other methods ignore it.
  Diffusion diffusion{};

  // The scale of the Brownian noise of a bridge, above 0, for SamplingMethod::bridge_sde, which
  // alone uses it.
  double bridge_sigma = 0;

  // The number of evenly spaced fixed steps from `begin` to `end`, at least 1. The cost is
  // proportional to it. Raise it until the samples no longer change. Adaptive solvers ignore it,
  // and so do all methods if `grid` is given.
  int steps = 100;

  // The first and the last time of the flow, which must differ. The default goes from noise to
  // data; swap the two times to encode data as noise. A flow that begins inside the path needs
  // starts_on_path, and one that ends before t = 1 leaves the noise sigma(end) x0 in its samples
  // unless denoise_last is set. If the model's prediction does not determine the flow at one of the
  // times, `times` fails; safe_time_range (flow/solve/time_range.h) returns times at which it does.
  double begin = 0, end = 1;

  // The times of the steps, for steps that are not evenly spaced; if it is not empty, it replaces
  // steps, begin and end. The functions of flow/path/time_grid.h make such grids; edm_heun is meant
  // for edm_grid. The times must be finite and strictly monotone, and an adaptive solver fails with
  // a grid.
  std::vector<double> grid{};

  // What the model predicts, and the path on which it was trained. The sampler converts the
  // prediction; this costs no evaluation.
  Parameterization parameterization{};

  // Sampler::sample starts each flow at source_scale times a row drawn from the source. The scale
  // is sigma(begin) for a standard normal source, so it is sigma_max on the paths ve and edm
  // (Scheduler::source_scale). Sampler::transport does not scale its points. It must be positive
  // and finite.
  double source_scale = 1;

  // If true, Sampler::sample starts from rows alpha x1 + sigma x0 of the path at the first time
  // instead of rows of the source; PathLaw (flow/train/path_law.h) draws such rows. This is needed
  // unless the path is noise alone at the first time (noise_alone, flow/solve/time_range.h).
  bool starts_on_path = false;

  // If true, replaces the final x by alpha(1) E[x1 | x], at the cost of one evaluation of the
  // model. Use it for flows that end a little before t = 1 (safe_time_range), and for paths that
  // still have noise at t = 1 (ve, edm). Flows from data to noise fail with it.
  bool denoise_last = false;

  // Returns the times of the steps: `grid`, or evenly spaced times from steps, begin and end; only
  // the two ends for an adaptive solver. Fails on inconsistent options.
  std::vector<double> times() const;
};

}  // namespace pushforward
