// The general Gaussian path psi_t(x | x1) = sigma_t(x1) x + mu_t(x1). The user gives mu and sigma.
//
// The velocity is u_t(x | x1) = sigma_t' / sigma_t (x - mu_t) + mu_t' (Lipman et al. 2023, theorem
// 3), where ' is the derivative with respect to t. Forward-mode differentiation computes the
// derivatives sigma_t' and mu_t'.
#pragma once

#include <functional>

#include "flow/path/path.h"

namespace pushforward::inline PF_REAL {

// A path given by its mean and its width. Both are written in ops. Each takes x1 (B, D) and t (B,
// 1) and returns (B, D).
struct GaussianPath {
  // The mean and the width of x given x1 at time t. sigma must be positive. Both are required: the
  // functions of this file fail if one is empty. They evaluate both with their derivatives with
  // respect to t, by a forward sweep.
  std::function<Var(Var x1, Var t)> mu, sigma;
};

// Returns u_t(x | x1) at x (B, D), given x1 (B, D) and t (B, 1). Throws on other shapes, also of
// the values of mu and sigma, and if mu or sigma is missing.
Var conditional_velocity(const GaussianPath& path, Var x, Var x1, Var t);

// Returns the sample at psi_t(x0 | x1) with its velocity, as cfm_loss needs it. Throws as
// conditional_velocity does, and if `ends` does not come from make_ends.
PathSample follow_path(const GaussianPath& path, const PathEnds& ends);

}  // namespace pushforward::inline PF_REAL
