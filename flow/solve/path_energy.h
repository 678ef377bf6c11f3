// How much a flow moves: path energy, its excess over the least possible, and straightness.
#pragma once

#include <cmath>

#include "flow/solve/sampler.h"

namespace pushforward {

// Of the trajectories that start at given points, means over them.
struct PathMeasures {
  double energy = 0;        // PE = E of the integral of |v|^2 dt (arXiv 2302.00482, section 5)
  double straightness = 0;  // E of the integral of |(x1 - x0) - v|^2 dt, 0 for straight lines at
                            // constant speed (Liu et al., arXiv 2209.03003, section 2.2); over
                            // times of another length T, (x1 - x0) / T
  SampleCost cost;          // evaluations of the field
};

// NPE = |PE - W2^2| / W2^2 (arXiv 2302.00482, section 5), W2 > 0 the distance between source and
// target: no flow from the one to the other has less energy than W2^2.
inline double normalised_path_energy(double energy, double w2) {
  detail::check(w2 > 0, "path energy", "the distance between source and target is ", w2,
                "; it must be positive");
  return std::abs(energy - w2 * w2) / (w2 * w2);
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Follows the flow of a model, whose output is what options.parameterization says, from points x0
// (n, D) along options.times() with the ODE solver of the options, which integrates |v|^2 as one more
// coordinate (an adaptive one controls its error as well): Euler's method sums it over its steps.
// Where `x1` is given, the end points (n, D) go there. denoise_last is left out: it is no part of
// the flow. Point k counts as sample k; chunks are added in order, so threads change no bit. Fails
// on methods that follow no velocity.
PathMeasures measure_paths(const Field& model, const Tensor& x0, const SamplerOptions& options,
                           Workers& workers, Tensor* x1 = nullptr);

}  // namespace pushforward::inline PF_REAL
