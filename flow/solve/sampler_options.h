// The options of sampling, and its cost. Nothing here depends on `real`.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <vector>

#include "autograd/tensor/rng.h"
#include "flow/path/prediction.h"
#include "flow/solve/diffusion.h"
#include "flow/solve/method.h"
#include "flow/solve/solver_options.h"

namespace pushforward {

// Thrown when the caller's `interrupted` returns true.
struct SamplingInterrupted : std::runtime_error {
  SamplingInterrupted()
      : std::runtime_error("[interrupted] stopped before the end; nothing was written") {}
};

// How a flow is sampled. All methods except the adaptive ODE solvers take fixed steps along `grid`.
struct SamplerOptions {
  SolverOptions solver{};  // used by Method::ode
  Method method = Method::ode;
  Diffusion diffusion{};  // used by the SDE methods
  int steps = 100;  // number of evenly spaced fixed steps, unless `grid` is given
  double begin = 0, end = 1;  // from noise to data; swap them to encode data as noise
  std::vector<double> grid{};  // if not empty, replaces steps, begin and end
  Parameterization parameterization{};  // what the model predicts, and the path
  // `sample` starts at source_scale times the source's row. The scale is sigma(begin) for a
  // standard normal source, so it is sigma_max on the paths ve and edm (Scheduler::source_scale).
  // `transport` does not scale its points.
  double source_scale = 1;
  // Replaces the final x by alpha(1) E[x1 | x], at the cost of one evaluation. Use it for
  // flows that end a little before t = 1 (safe_time_range), and for paths that still have
  // noise at t = 1 (ve, edm).
  bool denoise_last = false;
  // Returns the label of a sample, 0 .. classes - 1 or kNoLabel. If empty, the field gets no
  // labels. Chunks are always integrated whole, so it must accept any sample number, also beyond
  // the last sample that is wanted.
  std::function<int(int sample)> label_of{};
  std::function<bool()>
      // Called before every evaluation, from any thread, to ask whether to stop. May be empty.
      interrupted{};

  // Returns the times of the steps: `grid`, or evenly spaced times from steps, begin and end; only
  // the two ends for an adaptive solver. Fails on inconsistent options.
  std::vector<double> times() const;
};

// The cost of sampling, over all rows asked for.
struct SampleCost {
  std::int64_t rows = 0;
  std::int64_t evaluations = 0, steps = 0, rejected = 0;  // summed over rows
  int min_evaluations = 0, max_evaluations = 0;  // the least and the most of any row
  double mean() const {
    return rows ? static_cast<double>(evaluations) / static_cast<double>(rows) : 0;
  }

  void add(const RowCost& row);
  void add(const SampleCost& other);
};

// The stream that sample rows are drawn from. Its step number is one that training never reaches.
constexpr Stream sample_stream(std::uint64_t seed) { return {seed, Purpose::noise, 0xffffffff}; }

}  // namespace pushforward
