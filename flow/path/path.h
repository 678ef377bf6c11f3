// Conditional paths: they map pairs of endpoints and times to the points and velocities that
// training regresses on.
#pragma once

#include "flow/field.h"
#include "flow/path/noise.h"
#include "flow/path/scheduler.h"

namespace pushforward::inline PF_REAL {

// A chunk of rows on a path, as constants on one tape. t is (B, 1), the others are (B, D).
struct PathSample {
  Var t, xt, dxt;  // dxt = d xt / dt, conditional on both endpoints and on the noise
  Var x0, x1;
  // One label a row, or empty. The memory belongs to the Batch that made the sample.
  Labels labels{};
};

// Memory for a chunk on the tape, to be filled before `follow_path`.
struct PathEnds {
  PathSample sample;
  real *t = nullptr, *x0 = nullptr, *x1 = nullptr;  // (B, 1), (B, D), (B, D)
};

// Room for `rows` rows of `dim` numbers on the tape's arena; fails unless both are positive.
PathEnds make_ends(Tape& tape, int rows, int dim);

// xt = alpha x1 + sigma x0 and dxt = dalpha x1 + dsigma
// x0, row by row, for the ends and times filled in. Fails on ends that make_ends did not make, and
// on times outside of [0, 1]. Does not check that the ends are finite.
PathSample follow_path(const Scheduler& scheduler, const PathEnds& ends);

// The same with noise on the path: + gamma z and + dgamma z, z standard normal (B, D). Fails where
// there is noise and no z.
PathSample follow_path(const Scheduler& scheduler, const PathEnds& ends, const PathNoise& noise,
                       const real* z);

}  // namespace pushforward::inline PF_REAL
