// What the two sweeps give together: Hessian-vector products, Jacobians and divergences.
#pragma once

#include "autograd/sweep.h"

namespace pushforward::inline PF_REAL {

// H v for a one-element y, H the Hessian in x: the jvp along v of the gradient (forward over
// reverse; Pearlmutter 1994). v and the result have the shape of x.
Var hvp(Var y, Var x, Var v, Record record = Record::no);

// The Jacobian d y / d x as a (size of y, size of x) matrix, one vjp a row.
Var jacobian(Var y, Var x, Record record = Record::no);

// The exact divergence of a field u (B, D) at x (B, D), as a (B, 1) column: sum_j d u_j / d x_j by
// D jvps. Row b of u must depend on row b of x alone, as a network applied row by row does. Without
// recording, the jvps are forgotten one by one, and the column stands alone on the tape.
Var divergence(Var u, Var x, Record record = Record::no);

// Hutchinson's estimate e . (du/dx)^T e of the divergence, as a (B, 1) column, from one vjp;
// unbiased when the probe e (B, D) has mean zero and unit covariance (Rademacher or normal;
// Hutchinson 1990, FFJORD eq. 7). Rows as in `divergence`.
Var hutchinson_divergence(Var u, Var x, Var probe, Record record = Record::no);

}  // namespace pushforward::inline PF_REAL
