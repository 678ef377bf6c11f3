// Computes the log-density of a flow: for given points, by the ODE from data back to the source,
// and for samples, while they are drawn.
//
// Along a flow dx/dt = u(x, t), d/dt ln p_t(x(t)) = -div u(x(t), t), so
//   ln p_1(x(1)) = ln p_0(x(0)) - integral over [0, 1] of div u(x(t), t) dt
// (Chen et al. 2018; Grathwohl et al. 2019; Lipman et al. 2023, appendix C). The integral is one
// more number in the state of each row, under the same error control as the others. Densities are
// in the units of the field. Distribution::log_scale converts them to the units of the raw data.
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

// The options of log-densities. They are conditional on the labels that label_of returns.
struct LikelihoodOptions : RowRequest {
  // The ODE solver. An adaptive one also controls the error of the log-density, so the tolerance
  // holds for it. An evaluation costs one call of the field and its divergence.
  SolverOptions solver{};

  // The number of evenly spaced steps, at least 1, if the solver takes fixed steps. The cost is
  // proportional to it.
  int steps = 100;

  // The times of the source and of the data, begin before end. ln p starts from the density at
  // `begin`, so the given source, times source_scale, must be distributed as the path is at
  // `begin`. If `begin` is inside the path, PathLaw (flow/train/path_law.h) is that distribution.
  double begin = 0, end = 1;

  // The times of fixed steps from source to data, for steps that are not evenly spaced. If it is
  // not empty, it replaces steps, begin and end; an adaptive solver uses only its first and last
  // time. The times must be finite and increase.
  std::vector<double> grid{};

  // The flow starts at x(begin) = source_scale x0, where x0 has the distribution of the source: it
  // is sigma(0) of the path. It must be positive and finite.
  double source_scale = 1;

  // The flow ends at x(end) = data_scale x1. Use alpha(end) for a flow that ends a little before t
  // = 1. The density is then that of x1 plus the noise that remains at `end`, of standard deviation
  // sigma(end) / alpha(end). It must be positive and finite.
  double data_scale = 1;

  // The method of the divergence, exact by default. It decides the cost in many dimensions.
  DivergenceOptions divergence{};

  // If true, also estimates the standard error of each ln p. This needs an estimated divergence
  // with more than one probe. This changes no bit of ln p, and adds one number per probe to the
  // state of each row.
  bool probe_errors = false;
};

// Returns the bits per dimension, -log2 P / D, of a row of D quantised numbers, from the
// log-density of the dequantised row (flow/distributions/dequantised.h): -(ln p + log_bin)
// / (D ln 2). `log_bin` is the log volume of a bin in the units of the density: D ln width
// + Distribution::log_scale(), with the width in raw units. For bytes that were scaled to
// [-1, 1], it is D ln(2/256). Fails on a dimension below 1.
inline double bits_per_dimension(double log_density, int dim, double log_bin) {
  detail::check(dim > 0, "bits per dimension", "a row of ", dim,
                " numbers; it must have at least one");
  return -(log_density + log_bin) / (dim * std::log(2.));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Computes log-densities of one field's flow. It works on chunks of rows, as Sampler does. The
// numbers of a row do not depend on the number of threads, and they depend on the other rows only
// through the round-off of matrix products. It allocates nothing after the first call with a given
// size, except what the source allocates.
class Likelihood {
 public:
  // Fails without a field or a source, when the source has no closed-form density, and on
  // inconsistent options.
  Likelihood(Field field, DistributionPtr source, LikelihoodOptions options, Workers& workers);

  Likelihood(const Likelihood&) = delete;
  Likelihood& operator=(const Likelihood&) = delete;

  // Writes ln p_1 of points x (n, D) to log_density (n). It is -inf for points that come from
  // outside the source's support. If `latents` (n, D) is not null, it receives the points x0 that
  // flow to x, in the source's units. With an estimated divergence, row k uses the probes of sample
  // k. With probe_errors, `error` (n), unless it is null, receives the standard error of ln p that
  // is due to the estimate. It is s / sqrt(P), where s is the standard deviation (divisor P - 1) of
  // the results of the P single probes. It is 0 for the exact divergence and NaN for one probe.
  // Fails on n < 0. The memory of pointers is not checked. With `first`, the points are rows first ..
  // first + n - 1 of a larger set, of which each part gets the same numbers as the whole; `first`
  // must be a multiple of the rows of a chunk, 128.
  SampleCost log_density(int n, const real* x, double* log_density, real* latents = nullptr,
                         double* error = nullptr, int first = 0);
  std::vector<double> log_density(const Tensor& x);

  // Returns the rows that failed in the last call, which continued without them
  // (SolverOptions::skips_failures). The ln p of these rows is NaN.
  const RowFailures& failures() const { return failures_; }

  // Writes samples 0 .. n - 1 to out (n, D), drawn as Sampler::sample draws them, and the ln p_1 of
  // each to log_density (n), in one solve. With fixed steps, the samples equal those of Sampler. An
  // adaptive solver also controls the error of the density, so the samples equal those of Sampler
  // up to the solver's tolerance. `error` is as in log_density.
  SampleCost sample(std::uint64_t seed, int n, real* out, double* log_density,
                    double* error = nullptr);

 private:
  // The workspace of one thread. `state` holds a chunk of rows: each is a point x, the number l
  // that integrates -div u, and with probe_errors the same number l_1, ..., l_P for each of the P
  // probes.
  struct Workspace : RowTotals {
    Workspace(const Field& field, int dim, const LikelihoodOptions& options);
    DensityRate rate;
    Integrator integrator;
    Rhs rhs;
    AlignedVector<real> state, x0;
    std::vector<double> log_source;
  };

  // Solves for n rows, chunk by chunk: solve(workspace, first, rows) solves the chunk of `rows`
  // rows that begins at row `first`.
  template <class Solve>
  SampleCost run(int n, const Solve& solve);
  void integrate(Workspace& workspace, int first, int rows, const std::vector<double>& grid);
  void log_source(Workspace& workspace, int rows) const;
  // Returns the standard error of one row's ln p, from the row's state.
  double probe_error(const real* state) const;

  int dim_, width_;  // the size of a point, and of a row's state
  DistributionPtr source_;
  LikelihoodOptions options_;
  std::vector<double> forth_, back_;          // time grids: source to data, data to source
  double log_source_scale_, log_data_scale_;  // D ln source_scale, D ln data_scale
  RowFailures failures_;
  ChunkLoop<Workspace> loop_;
};

}  // namespace pushforward::inline PF_REAL
