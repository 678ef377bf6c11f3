// What a model is to this room: a velocity field, a callable on a tape.
#pragma once

#include <functional>

#include "autograd/tape.h"

namespace pushforward::inline PF_REAL {

// u(x, t): x (B, D) and t (B, 1) on one tape, to the velocity (B, D) on the same tape, row by row.
// Built once a run, so a call allocates nothing. Chunks call it from several threads at a time,
// each with its own tape: it only reads its model.
using Field = std::function<Var(Var x, Var t)>;

}  // namespace pushforward::inline PF_REAL
