// Derivatives that combine both sweeps: Hessian-vector products, Jacobians and divergences.
#pragma once

#include "autograd/sweep.h"

namespace pushforward::inline PF_REAL {

// Returns H v for a one-element y, where H is the Hessian in x: the jvp along v of the gradient
// (forward over reverse; Pearlmutter 1994). v and the result have the shape of x.
Var hvp(Var y, Var x, Var v, Record record = Record::no);

// Returns the Jacobian dy / dx as a (size of y, size of x) matrix, with one vjp per row.
Var jacobian(Var y, Var x, Record record = Record::no);

// Returns the exact divergence of a field u (B, D) at x (B, D) as a (B, 1) column: sum_j d
// u_j / d x_j, from D jvps. Row b of u must depend only on row b of x, as in a network that
// is applied to each row. Without recording, the memory of each jvp is freed, and only the
// result stays on the tape.
Var divergence(Var u, Var x, Record record = Record::no);

// Returns Hutchinson's estimate e . (du/dx)^T e of the divergence as a (B, 1) column, from one vjp.
// It is unbiased if the probe e (B, D) has mean zero and unit covariance (Rademacher or normal;
// Hutchinson 1990, FFJORD eq. 7). The rows must be independent as in `divergence`.
Var hutchinson_divergence(Var u, Var x, Var probe, Record record = Record::no);

}  // namespace pushforward::inline PF_REAL
