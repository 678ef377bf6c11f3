// The log-density of a flow: of points, by the ODE backward from
// data to source, and of samples, in the pass that makes them.
//
// Along a flow dx/dt = u(x, t), d/dt ln p_t(x(t)) = -div u(x(t), t), so
//   ln p_1(x(1)) = ln p_0(x(0)) - integral over [0, 1] of div u(x(t), t) dt
// (Chen et al. 2018; Grathwohl et al. 2019; Lipman et al. 2023, appendix C). The integral is one
// more number of each row's state, under the same control of error as the others. Densities are per
// unit of the field's own units; Distribution::log_scale takes them to the raw data's.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/density/density_rate.h"
#include "flow/distributions/distribution.h"
#include "flow/sampling.h"
#include "flow/solve/integrate.h"
#include "flow/solve/sampler.h"

namespace pushforward {

struct LikelihoodOptions {
  SolverOptions solver{};
  int steps = 100;             // of a solver with fixed steps
  double begin = 0, end = 1;   // the source stands at `begin`, data at `end`
  std::vector<double> grid{};  // times from source to data, in the place of steps, begin and end
  double source_scale = 1;     // x(begin) = source_scale x0: sigma(0) of the path
  // x(end) = data_scale x1. alpha(end), of a flow that must end a little before t = 1: then p_1 is
  // taken from what is left of it there, a distribution wider by the noise sigma(end) / alpha(end).
  double data_scale = 1;
  DivergenceOptions divergence{};
  // The label of row k, for a field that takes labels: densities are then those given the label.
  // Called from any thread; empty: rows have none.
  std::function<int(int row)> label_of{};
  // Asked before every evaluation, from any thread; may be empty.
  std::function<bool()> interrupted{};
};

// -log2 P / D of a row of D quantised numbers, from the log-density of the dequantised row
// (flow/distributions/dequantised.h): -(ln p + log_bin) / (D ln 2). `log_bin` is the ln of the
// volume of a bin in the units p is a density in: D ln width + Distribution::log_scale(), with the
// width in raw units: D ln(2/256) for bytes that were scaled to [-1, 1].
inline double bits_per_dimension(double log_density, int dim, double log_bin) {
  return -(log_density + log_bin) / (dim * std::log(2.));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Log-densities of one field. Works chunk by chunk as Sampler does: a row's numbers do not depend
// on the threads at all, and on the other rows only in the round-off of matrix products. After the
// first call of a size it allocates nothing (but for what the source allocates).
class Likelihood {
 public:
  // Fails when the source has no density in closed form, and on impossible options.
  Likelihood(Field field, DistributionPtr source, LikelihoodOptions options, Workers& workers);

  Likelihood(const Likelihood&) = delete;
  Likelihood& operator=(const Likelihood&) = delete;

  // Writes ln p_1 of points x (n, D) to log_density (n): -inf where the flow came from outside the
  // source's support. `latents` (n, D), unless null: the x0 that flow to them, in the source's
  // units. With an estimated divergence, row k meets the probes of sample k.
  SampleCost log_density(int n, const real* x, double* log_density, real* latents = nullptr);
  std::vector<double> log_density(const Tensor& x);

  // Samples 0 .. n - 1 to out (n, D), drawn as Sampler::sample draws them, and their ln p_1 to
  // log_density (n), in one pass. An adaptive solver minds the density too, so its samples equal
  // Sampler's up to its tolerance; with fixed steps they are the same.
  SampleCost sample(std::uint64_t seed, int n, real* out, double* log_density);

 private:
  // What one thread works with; `state` is a chunk of rows (x, l).
  struct Workspace {
    Workspace(const Field& field, int dim, const LikelihoodOptions& options);
    DensityRate rate;
    Integrator integrator;
    Rhs rhs;
    AlignedVector<real> state, x0;
    std::vector<double> log_source;
    SampleCost cost;
  };

  // Solves the chunks of n rows: solve(workspace, first, rows) does one.
  template <class Solve>
  SampleCost run(int n, const Solve& solve);
  void integrate(Workspace& workspace, int first, int rows, const std::vector<double>& grid);
  void log_source(Workspace& workspace, int rows) const;

  int dim_;
  DistributionPtr source_;
  LikelihoodOptions options_;
  Workers& workers_;
  std::vector<double> forth_, back_;          // time grids
  double log_source_scale_, log_data_scale_;  // D ln of the two
  std::vector<std::unique_ptr<Workspace>> workspaces_;
};

}  // namespace pushforward::inline PF_REAL
