// Derivatives that combine both sweeps: Hessian-vector products, Jacobians and divergences.
#pragma once

#include "autograd/sweep.h"

namespace pushforward::inline PF_REAL {

// Returns H v, where H is the Hessian of the one-element y with respect to x: the derivative of the
// gradient along the direction v (forward mode over reverse mode; Pearlmutter 1994). v and the
// result have the shape of x.
Var hvp(Var y, Var x, Var v, Record record = Record::no);

// Returns the Jacobian dy / dx as a (size of y, size of x) matrix, from one reverse sweep per row.
Var jacobian(Var y, Var x, Record record = Record::no);

// Returns the exact divergence sum_j d u_j / d x_j of a field u (B, D) at the B points x (B, D) as
// a (B, 1) column, from D forward sweeps. Row b of u must depend only on row b of x, as in a
// network that is applied to each row. With Record::no, the memory of each sweep is freed, and only
// the result stays on the tape.
Var divergence(Var u, Var x, Record record = Record::no);

// Returns Hutchinson's estimate e . (du/dx)^T e of the divergence as a (B, 1) column, from one
// reverse sweep. It is unbiased if the probe e (B, D) has mean zero and unit covariance (Rademacher
// or normal; Hutchinson 1990, FFJORD eq. 7). As in `divergence`, row b of u must depend only on row
// b of x.
Var hutchinson_divergence(Var u, Var x, Var probe, Record record = Record::no);

}  // namespace pushforward::inline PF_REAL
