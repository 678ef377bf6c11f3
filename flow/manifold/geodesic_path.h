// The geodesic path of flow matching on a manifold: x_t = exp_x0(t log_x0(x1)), with its velocity.
#pragma once

#include "flow/manifold/manifold.h"
#include "flow/path/path.h"

namespace pushforward::inline PF_REAL {

// Returns the points x_t of the geodesics from x0 to x1 at the times t, and their velocities, which
// the forward sweep over exp computes (Chen, Lipman 2024, eqs. 15 and 16). `ends` is from make_ends,
// and its endpoints are on the manifold. Fails on other shapes, on times outside [0, 1] and on
// antipodal endpoints, as log_at does (manifold.h); the message names the row and
// both points. It also fails while recording is paused (Pause), since it then has no derivatives.
PathSample follow_geodesics(const Manifold& manifold, const PathEnds& ends);

}  // namespace pushforward::inline PF_REAL
