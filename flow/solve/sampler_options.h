// What a user chooses about sampling. No `real` in it.
#pragma once

#include <functional>
#include <vector>

#include "flow/path/prediction.h"
#include "flow/solve/diffusion.h"
#include "flow/solve/method.h"
#include "flow/solve/solver_options.h"

namespace pushforward {

// How a flow is sampled. All methods but the adaptive ODE solvers take fixed steps along `grid`.
struct SamplerOptions {
  SolverOptions solver{};  // of Method::ode
  Method method = Method::ode;
  Diffusion diffusion{};       // of the SDE methods
  int steps = 100;             // of fixed steps, evenly spread; a grid has its own
  double begin = 0, end = 1;   // from noise to data; swapped, it encodes data as noise
  std::vector<double> grid{};  // the times to step through, in the place of steps, begin and end
  Parameterization parameterization{};  // what the model's output means, and on which path
  // `sample` starts at source_scale times the source's row: sigma(begin)
  // for a standard normal source, so sigma_max on the paths ve and edm
  // (Scheduler::source_scale). `transport` takes points as they are.
  double source_scale = 1;
  // Ends with x = alpha(1) E[x1 | x] from where the flow has arrived, one evaluation: for flows
  // that end a little before t = 1 (safe_time_range), and for paths that end in noise (ve, edm).
  bool denoise_last = false;
  // The label of each sample, 0 .. classes - 1 or kNoLabel; empty: the field is given none. Samples
  // are carried in whole chunks, so it answers for any number, also beyond the last one wanted.
  std::function<int(int sample)> label_of{};
  std::function<bool()>
      interrupted{};  // asked before every evaluation, from any thread; may be empty

  // The times that the method goes through: `grid`, or one made from steps, begin and end; the two
  // ends alone for an adaptive solver. Fails on what cannot be, naming both sides.
  std::vector<double> times() const;
};

}  // namespace pushforward
