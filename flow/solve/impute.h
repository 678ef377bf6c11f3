// Fills missing numbers of points: draws them from their distribution given the known numbers,
// under a flow that was trained on complete points.
//
// The method is a particle filter with the replacement method as its proposal (SMCDiff: Trippe et
// al. 2023, "Diffusion probabilistic modeling of protein backbones in 3D for the motif-scaffolding
// problem", algorithm 1). It needs an affine path xt = alpha x1 + sigma x0 with x0 standard normal
// and independent of x1. Such a path is that of a Markov chain from data to noise:
//   xs = a xt + sqrt(v) z,  a = alpha_s / alpha_t,  v = sigma_s^2 - a^2 sigma_t^2,  s < t.
// One sample is drawn like this:
//   1. The known numbers y are moved to noise along this chain, which gives y_t at all times.
//   2. Several points, the particles, start as noise, and move to the data. A step from s to t draws
//      normal numbers with the mean and variance of xt given xs. By Bayes' rule for the chain,
//        mean = (v alpha_t E[x1 | xs] + a sigma_t^2 xs) / sigma_s^2,
//        variance = v sigma_t^2 / sigma_s^2 + (v alpha_t / sigma_s^2)^2 Var(x1 | xs),
//      where Var(x1 | xs) = sigma_s^2 / alpha_s dE[x1 | xs] / dxs, column by column. The derivative
//      is estimated by a difference, averaged over the particles.
//   3. At each step the known columns of a particle are set to y_t. The particle's weight is
//      multiplied by the density of y_t under the normal distribution of the step. Particles are
//      drawn anew in proportion to their weights if few of them carry most of the weight.
//   4. One particle is chosen in proportion to the weights.
// The distribution of the result tends to the conditional distribution as the number of particles
// and the number of steps grow. With one particle there are no weights, and this is the replacement
// method (Song et al. 2021, appendix I.2), whose error does not vanish.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/chunk_loop.h"
#include "flow/evaluate.h"
#include "flow/path/prediction.h"

namespace pushforward::inline PF_REAL {

// The options of imputation. Imputer fails on options out of range.
struct ImputeOptions : RowRequest {
  // What the model predicts, and the path on which it was trained.
  Parameterization parameterization{};

  // The times of the steps, which must increase from a time at which the path is practically noise
  // alone (noise_alone in flow/solve/time_range.h). The last step goes to E[x1 | x], from the last
  // time or, if sigma is 0 there, from the time before it. A step evaluates the model twice for
  // each particle, except that the last step, and a first one from alpha = 0, evaluate it once.
  // More steps bring the result closer to the conditional distribution.
  std::vector<double> times{};

  // The number of particles for each sample, at least 1. The cost is proportional to it. More are
  // needed if the known numbers are improbable under the flow, or if many columns are known: raise
  // it if ImputeReport::least_effective is close to 1.
  int particles = 64;
};

// What `impute` says about its result. The effective number of particles is 1 / sum of the squared
// weights: it is the number of particles if all have the same weight, and 1 if one has all weight.
struct ImputeReport {
  std::int64_t evaluations = 0;  // of the model: a call with n rows counts as n
  int incomplete = 0;            // rows with a missing number
  // The smallest effective number of any step, averaged over these rows, and the least of all.
  double mean_effective = 0, least_effective = 0;
};

// Fills missing numbers under one model. It has a tape for each thread.
class Imputer {
 public:
  // Fails without a model, on a dimension below 1, on fewer than 1 particle, and on times that are
  // not a grid of increasing times. Also fails on a path that still contains data at the first
  // time, and on a path that is not such a Markov chain (v < 0).
  Imputer(Field model, int dim, ImputeOptions options, Workers& workers);
  ~Imputer();

  // Writes to out (n, D) the points (n, D) with every NaN replaced by a draw. Known numbers keep
  // their bits. Row r is sample first + r; its draws depend on `seed` and on this number alone.
  // Fails on n < 0, and if n, `first` or the particles make more than 2^32 rows of random numbers.
  // Throws IntegrationFailure if the model returns a number that is not finite. Does not check the
  // memory of points and out.
  ImputeReport impute(int n, const real* points, std::uint64_t seed, real* out, int first = 0);

 private:
  struct Step;
  struct Block;

  void fill(Block& block, int first_sample, int rows, std::uint64_t seed, const real* points,
            real* out) const;
  void noise_known(Block& block, std::uint64_t seed) const;
  void estimate_variance(Block& block, const Step& step, std::uint64_t seed) const;
  void weigh(Block& block, const Step& step) const;
  void resample(Block& block, int sample, std::uint64_t seed, int k) const;
  void predict(Block& block, const AlignedVector<real>& x, double t,
               AlignedVector<real>& output) const;
  bool is_incomplete(const real* row) const;
  // Returns the place in (samples, D) of number e of an array (samples, particles, D).
  std::size_t number_of(std::size_t e) const {
    const std::size_t d = static_cast<std::size_t>(dim_);
    return e / (d * options_.particles) * d + e % d;
  }

  int dim_, samples_;  // samples_: the number of samples in a block
  ImputeOptions options_;
  Workers& workers_;
  std::vector<Step> steps_;
  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace pushforward::inline PF_REAL
