// Computes what the pictures of a run on the sphere show: its points as unit vectors, its velocity and
// its density.
#pragma once

#include <vector>

#include "apps/engine/engine.h"
#include "apps/figures/figures.h"
#include "apps/run/manifold_code.h"

namespace pushforward::app {

// Return points and trajectories in the columns of a table as unit vectors (N, 3). The code must be
// that of a globe (ManifoldCode::globe).
Points on_sphere(const ManifoldCode& code, const Points& rows);
Trajectories on_sphere(const ManifoldCode& code, const Trajectories& rows);

// Returns the learned field at 500 points that cover the sphere evenly, at t = 0, 1/4, 1/2, 3/4, 1,
// with the points of `flow` at those times, all as unit vectors and tangent vectors.
std::vector<FieldSlice> find_sphere_field(const Engine& engine, const Config& config,
                                          const RunRequest& run, const ManifoldCode& code,
                                          const Trajectories& flow);

// Returns the density of the run's flow by dopri5, per unit of the sphere's area, at the centres of
// cells of 4 degrees of longitude (x) and latitude (y). Throws NoPicture if the source has no density
// or the solver fails.
DensityGrid find_sphere_density(const Engine& engine, const Config& config, const RunRequest& run,
                                const ManifoldCode& code);

}  // namespace pushforward::app
