// The general Gaussian path psi_t(x | x1) = sigma_t(x1) x
// + mu_t(x1): say mu and sigma, and its velocity follows.
//
// Lipman et al. 2023, theorem 3: u_t(x | x1) = sigma_t' / sigma_t (x - mu_t) + mu_t', where ' is
// the derivative in t. It is taken by the forward sweep, so a path is two formulas and no slopes.
#pragma once

#include <functional>

#include "flow/path/path.h"

namespace pushforward::inline PF_REAL {

// mu_t(x1) (B, D) and sigma_t(x1) (B, D), positive, of x1 (B, D) and t (B, 1), written in ops.
struct GaussianPath {
  std::function<Var(Var x1, Var t)> mu, sigma;
};

// u_t(x | x1) at x (B, D), of x1 (B, D) and t (B, 1). Fails on other shapes, also of what mu and
// sigma give, and without either.
Var conditional_velocity(const GaussianPath& path, Var x, Var x1, Var t);

// psi_t(x0 | x1) and its velocity, for training: cfm_loss takes it. Fails in the same cases, and on
// ends that make_ends did not make.
PathSample follow_path(const GaussianPath& path, const PathEnds& ends);

}  // namespace pushforward::inline PF_REAL
