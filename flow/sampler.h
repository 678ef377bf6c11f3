// From a trained field to samples: source rows, chunk by chunk through all time steps, shared out
// over threads.
//
// Sample k depends on the seed and on k alone. A chunk is always drawn and carried whole, rows
// nobody asked for included, so that the first 100 of 10,000 samples and 100 samples alone are the
// same bits, on any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include "autograd/workers.h"
#include "flow/distribution.h"
#include "flow/evaluate.h"
#include "flow/integrate.h"

namespace pushforward {

// Thrown when the caller's `interrupted` says so.
struct SamplingInterrupted : std::runtime_error {
  SamplingInterrupted() : std::runtime_error("[sample] interrupted") {}
};

// How the ODE is solved.
struct SamplerOptions {
  SolverOptions solver{};
  int steps = 100;            // of a solver with fixed steps
  double begin = 0, end = 1;  // from noise to data; swapped, it encodes data as noise
  std::function<bool()>
      interrupted{};  // asked before every evaluation, from any thread; may be empty
};

// What sampling cost, over all rows asked for.
struct SampleCost {
  std::int64_t rows = 0;
  std::int64_t evaluations = 0, steps = 0, rejected = 0;  // summed over rows
  int least = 0, most = 0;                                // evaluations of one row
  double mean() const {
    return rows ? static_cast<double>(evaluations) / static_cast<double>(rows) : 0;
  }

  void add(const RowCost& row);
  void add(const SampleCost& other);
};

// The stream that sample rows are drawn from: its step is one that no training reaches.
constexpr Stream sample_stream(std::uint64_t seed) { return {seed, Purpose::noise, 0xffffffff}; }

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Samples of one field. Keeps a tape and a solver for each thread; after the first call of a size
// it allocates nothing.
class Sampler {
 public:
  // `saves`: points of every trajectory, evenly spread over time, both ends included; 0 for none.
  Sampler(Field field, int dim, SamplerOptions options, Workers& workers, int saves = 0);

  // Writes samples 0 .. n - 1 to out (n, D), in the units the field was trained in
  // (Distribution::restore goes back), and, where the sampler saves, their trajectories to
  // `trajectory` (saves, n, D).
  SampleCost sample(const Distribution& source, std::uint64_t seed, int n, real* out,
                    real* trajectory = nullptr);
  Tensor sample(const Distribution& source, std::uint64_t seed, int n);

  // Moves points x (n, D) from time `begin` to time `end`, in place.
  SampleCost transport(int n, real* x, real* trajectory = nullptr);

  // The times of the saved points.
  std::vector<double> save_times() const;

 private:
  // What one thread works with.
  struct Lane {
    Lane(const Field& field, int dim, const SamplerOptions& options, int saves);
    Evaluator evaluate;
    Integrator integrator;
    Rhs rhs;
    AlignedVector<real> x, saved;  // one chunk of points, and of trajectories
    SampleCost cost;
  };

  // Carries each chunk that `fill` made: fill(lane, first, rows) writes lane.x and says how many
  // rows to carry.
  template <class Fill>
  SampleCost run(int n, real* out, real* trajectory, Fill fill);
  void carry(Lane& lane, int first, int rows, int carried, int n, real* out, real* trajectory);

  int dim_;
  SamplerOptions options_;
  Workers& workers_;
  std::vector<double> grid_;
  std::vector<SavePoint> saves_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace pushforward::inline PF_REAL
