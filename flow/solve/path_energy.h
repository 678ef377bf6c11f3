// Measures how far a flow moves its points: the path energy, its excess over the minimum possible,
// and the straightness of the trajectories.
#pragma once

#include <cmath>

#include "flow/solve/sampler.h"

namespace pushforward {

// Means over the trajectories that start at given points.
struct PathMeasures {
  // The path energy PE: the mean of the integral of |v|^2 dt, for the velocity v along the
  // trajectory (arXiv 2302.00482, section 5).
  double energy = 0;
  // The mean over the trajectories of the integral of |(x1 - x0) - v|^2 dt, for a trajectory from
  // x0 to x1 with velocity v. It is 0 for straight lines at constant speed (Liu et al., arXiv
  // 2209.03003, section 2.2). If the times span a length T other than 1, (x1 - x0) / T replaces x1
  // - x0.
  double straightness = 0;
  SampleCost cost;  // the evaluations of the field
};

// Returns the normalised path energy |energy - w2^2| / w2^2 (arXiv 2302.00482, section 5), where
// `energy` is PathMeasures::energy and w2 > 0 is the 2-Wasserstein distance between source and
// target. No flow from source to target has less energy than w2^2.
inline double normalised_path_energy(double energy, double w2) {
  detail::check(w2 > 0, "path energy", "the distance between source and target is ", w2,
                "; it must be positive");
  return std::abs(energy - w2 * w2) / (w2 * w2);
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Measures the trajectories from points x0 (n, D) along options.times(). options.parameterization
// defines what the model predicts. The ODE solver of the options integrates |v|^2, for the velocity
// v, as one more coordinate; an adaptive solver controls the error of that coordinate too. If `x1`
// is not null, it receives the end points (n, D). options.denoise_last is ignored because that step
// is not part of the flow. Point k is sample k. Chunks of points are added in order, so the number
// of threads changes no bit. Fails if options.method is not SamplingMethod::ode.
PathMeasures measure_paths(const Field& model, const Tensor& x0, const SamplerOptions& options,
                           Workers& workers, Tensor* x1 = nullptr);

}  // namespace pushforward::inline PF_REAL
