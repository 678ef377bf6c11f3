// Samples from a trained velocity field: draws rows from the source and integrates them chunk by
// chunk (a chunk is a fixed number of rows), on several threads.
//
// Sample k depends on the seed and on k alone. A chunk is always drawn and integrated whole, even
// if not all of its rows are requested. The first 100 of 10,000 samples are therefore the same bits
// as 100 samples alone, for any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/distributions/distribution.h"
#include "flow/evaluate.h"
#include "flow/sampling.h"
#include "flow/solve/driver.h"
#include "flow/solve/sampler_options.h"

namespace pushforward::inline PF_REAL {

// Returns the solver for options.method, for blocks of up to `rows` rows of `dim` numbers. The
// right-hand side given to its `run` must return the velocity for SamplingMethod::ode, the mean
// velocity of each step for SamplingMethod::jumps, the drift for SamplingMethod::bridge_sde, and the
// model's own output for the other methods. Fails as the constructors of the solvers do.
std::unique_ptr<Driver> make_driver(const SamplerOptions& options, int rows, int dim);

// The samples that are integrated together. Blocks of samples begin at a multiple of it.
inline constexpr int kSamplerChunkRows = Chunks{}.size;

// Samples one field. It has a tape and a driver (solver) for each thread. It allocates nothing
// after the first call with a given size.
class Sampler {
 public:
  // options.parameterization defines what `model` predicts. `saves` is the number of points saved
  // on each trajectory, or 0. They are evenly spaced over the steps (over time for an adaptive
  // solver) and include the first and last point of the trajectory. Fails without a model, on a
  // dimension below 1, and as SamplerOptions::times and make_driver do.
  Sampler(Field model, int dim, SamplerOptions options, Workers& workers, int saves = 0);

  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  // Writes samples 0 .. n - 1 to out (n, D), in the units of training; Distribution::restore
  // converts them to the data's units. `source` is the distribution of the points at the first
  // time, divided by source_scale: the source of the flow, or with starts_on_path the distribution
  // of the path at that time. If `trajectory` (saves, n, D) is not null, it receives the saved
  // points. Fails on a source of another dimension, on n < 0, and if `trajectory` is given to a
  // sampler that was made with saves = 0. Also fails if the path at the first time is not noise
  // alone and starts_on_path is not set. Does not check the memory that it writes to. With `from`,
  // writes samples from .. from + n - 1 instead, the same bits as when all are sampled at once; it
  // fails unless `from` is a multiple of kSamplerChunkRows.
  SampleCost sample(const Distribution& source, std::uint64_t seed, int n, real* out,
                    real* trajectory = nullptr, int from = 0);
  Tensor sample(const Distribution& source, std::uint64_t seed, int n);  // fails on n < 0

  // Moves points x (n, D) from the first time to the last, in place. Point k is sample from + k. SDE
  // methods draw their noise from `seed`. The points of a larger set can be moved in parts, with the
  // same bits; fails unless `from` is a multiple of kSamplerChunkRows.
  SampleCost transport(int n, real* x, real* trajectory = nullptr, std::uint64_t seed = 0,
                       int from = 0);

  // Returns the rows that failed in the last `transport`, which continued without them
  // (SolverOptions::skips_failures). Their points are NaN.
  const RowFailures& failures() const { return failures_; }

  int dim() const { return dim_; }
  const SamplerOptions& options() const { return options_; }
  // Returns the times of the fixed steps. For an adaptive solver these are only the first and the
  // last time.
  const std::vector<double>& times() const { return grid_; }
  // Returns the times of the saved points. With denoise_last, the last one is t = 1.
  std::vector<double> save_times() const;

 private:
  // The workspace of one thread.
  struct Workspace : RowTotals {
    Workspace(const Field& field, int dim, const SamplerOptions& options, int saves);
    Evaluator evaluate;
    std::unique_ptr<Driver> driver;
    Rhs rhs;
    AlignedVector<real> x, saved;    // one chunk of points, and their saved points
    int first = 0;                   // the sample of the chunk's first row
    std::vector<int> labels, asked;  // the chunk's labels, and those of unfinished rows
    std::vector<RowCost> costs;      // the costs of the chunk's rows
    // The memory for the last step, if SamplerOptions::denoise_last is set.
    AlignedVector<real> prediction;
    std::vector<int> samples;
    std::vector<double> t;
  };

  // Integrates each chunk of rows. For each, fill(workspace, first, rows) writes the starting
  // points to workspace.x and returns the number of rows to integrate.
  template <class Fill>
  SampleCost run(int from, int n, real* out, real* trajectory, std::uint64_t seed, Fill fill);
  void integrate(Workspace& workspace, int at, int rows, int integrated_rows, int n, real* out,
                 real* trajectory);
  void drive(Workspace& workspace, int integrated_rows, const SaveRequest& saves);
  void denoise(Workspace& workspace, int integrated_rows, const SaveRequest& saves);

  int dim_;
  SamplerOptions options_;
  std::vector<double> grid_;
  std::vector<SavePoint> saves_;
  RowFailures failures_;
  ChunkLoop<Workspace> loop_;
};

}  // namespace pushforward::inline PF_REAL
