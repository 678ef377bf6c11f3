// Conditional paths: they map pairs of endpoints and times to the points and velocities that
// training regresses on.
#pragma once

#include "flow/field.h"
#include "flow/path/noise.h"
#include "flow/path/scheduler.h"

namespace pushforward::inline PF_REAL {

// A chunk of a batch's rows on a path, as constants on one tape. t is (B, 1), the others are (B,
// D).
struct PathSample {
  Var t, xt, dxt;  // dxt = d xt / dt, conditional on both endpoints and on the noise
  Var x0, x1;
  Var z{};  // the noise that gamma multiplies; null on a path without noise, and if not kept
  // One label per row, or empty. The memory belongs to the Batch that made the sample.
  Labels labels{};
};

// Memory on the tape for the times and endpoints of a chunk. Fill it before calling `follow_path`.
struct PathEnds {
  PathSample sample;
  real *t = nullptr, *x0 = nullptr, *x1 = nullptr;  // (B, 1), (B, D), (B, D)
};

// Allocates `rows` rows of dimension `dim` on the tape's arena. Throws unless both are positive.
PathEnds make_ends(Tape& tape, int rows, int dim);

// Computes xt = alpha x1 + sigma x0 and its time derivative dxt = dalpha x1 + dsigma x0, row by
// row. Throws if `ends` does not come from make_ends, or a time is outside [0, 1]. Does not check
// that the endpoints are finite.
PathSample follow_path(const Scheduler& scheduler, const PathEnds& ends);

// Computes the sample on a path with noise: adds gamma z to xt and its time derivative dgamma z to
// dxt. z (B, D) is standard normal. Throws if there is noise and z is null.
PathSample follow_path(const Scheduler& scheduler, const PathEnds& ends, const PathNoise& noise,
                       const real* z);

}  // namespace pushforward::inline PF_REAL
