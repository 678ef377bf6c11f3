// From a trained field to samples: source rows, chunk by
// chunk through all time steps, shared out over threads.
//
// Sample k depends on the seed and on k alone. A chunk is always drawn and carried whole, rows
// nobody asked for included, so that the first 100 of 10,000 samples and 100 samples alone are the
// same bits, on any number of threads.
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

// The driver of options.method, for blocks of up to `rows` rows of `dim` numbers. Its right-hand
// side is the velocity for Method::ode, and the model's own output for the others.
std::unique_ptr<Driver> make_driver(const SamplerOptions& options, int rows, int dim);

// Samples of one field. Keeps a tape and a driver for each
// thread; after the first call of a size it allocates nothing.
class Sampler {
 public:
  // `model`: its output is what options.parameterization says. `saves`: points of every trajectory,
  // evenly spread over the steps (over time for an adaptive solver), both ends included; 0 for
  // none.
  Sampler(Field model, int dim, SamplerOptions options, Workers& workers, int saves = 0);

  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  // Writes samples 0 .. n - 1 to out (n, D), in the units the field
  // was trained in (Distribution::restore goes back), and, where the
  // sampler saves, their trajectories to `trajectory` (saves, n, D).
  SampleCost sample(const Distribution& source, std::uint64_t seed, int n, real* out,
                    real* trajectory = nullptr);
  Tensor sample(const Distribution& source, std::uint64_t seed, int n);

  // Moves points x (n, D) from the first time to the last, in place; point k counts as sample k.
  // The seed is of the noise of SDE methods.
  SampleCost transport(int n, real* x, real* trajectory = nullptr, std::uint64_t seed = 0);

  int dim() const { return dim_; }
  const SamplerOptions& options() const { return options_; }
  // The times it steps through; of an adaptive solver the two ends.
  const std::vector<double>& times() const { return grid_; }
  // The times of the saved points. denoise_last saves its end, t = 1, in the place of the last one.
  std::vector<double> save_times() const;

 private:
  // What one thread works with.
  struct Workspace {
    Workspace(const Field& field, int dim, const SamplerOptions& options, int saves);
    Evaluator evaluate;
    std::unique_ptr<Driver> driver;
    Rhs rhs;
    AlignedVector<real> x, saved;    // one chunk of points, and of trajectories
    int first = 0;                   // sample of the chunk in hand
    std::vector<int> labels, asked;  // its labels, and those of the rows in flight
    std::vector<RowCost> costs;      // of its rows
    SampleCost cost;
    // Of denoise_last.
    AlignedVector<real> prediction;
    std::vector<int> samples;
    std::vector<double> t;
  };

  // Carries each chunk that `fill` made: fill(workspace, first,
  // rows) writes workspace.x and says how many rows to carry.
  template <class Fill>
  SampleCost run(int n, real* out, real* trajectory, std::uint64_t seed, Fill fill);
  void integrate(Workspace& workspace, int first, int rows, int integrated_rows, int n, real* out,
                 real* trajectory);
  void drive(Workspace& workspace, int integrated_rows, const Saves& saves);
  void denoise(Workspace& workspace, int integrated_rows, const Saves& saves);

  int dim_;
  SamplerOptions options_;
  Workers& workers_;
  std::vector<double> grid_;
  std::vector<SavePoint> saves_;
  std::vector<std::unique_ptr<Workspace>> workspaces_;
};

}  // namespace pushforward::inline PF_REAL
