// The geometry of manifolds on the tape, row by row, and networks whose velocities are tangent.
//
// All functions map rows (B, dim()) to rows, are differentiable, and fail on other shapes.
#pragma once

#include "autograd/tensor/tensor.h"
#include "flow/field.h"
#include "flow/manifold/manifold.h"

namespace pushforward::inline PF_REAL {

// Returns the closest points of the manifold: x / |x| for unit vectors, and wrapped angles. The
// derivative of a wrapped angle is 1.
Var project(const Manifold& manifold, Var x);
// Returns the component of v that is tangent at the points x of the manifold: v - x (x . v) for unit
// vectors.
Var tangent(const Manifold& manifold, Var x, Var v);
// Returns exp_x(v) for points x and tangent vectors v. Angles are wrapped.
Var exp(const Manifold& manifold, Var x, Var v);
// Returns (exp_x(h v) - x) / h for the column h (B, 1), computed without a division, so that it is v
// where h is 0. It is the mean velocity, in the coordinates of the ambient space, of a point that moves
// from x with the velocity v along a geodesic for the time h. With a = h |v| it is, for unit vectors,
//   sin(a) / a v - 2 h (sin(a/2) / a)^2 |v|^2 x,
// and for angles, which are not wrapped, and euclidean coordinates v.
Var chord(const Manifold& manifold, Var x, Var v, Var h);
// Returns log_x(y) for points x and y, as log_at does (manifold.h), and fails where it does.
Var log(const Manifold& manifold, Var x, Var y);

// Returns the embedding of points in a space of embedded_dim() columns, which is smooth and the same
// for equal points: unit vectors as they are, (cos a, sin a) for the angles a of a torus (all cosines,
// then all sines), and the 9 numbers of the rotation matrix for a quaternion.
Var embed(const Manifold& manifold, Var x);

// Returns the embedding of points (N, dim()) as plain numbers, (N, embedded_dim()).
Tensor embedded_rows(const Manifold& manifold, const Tensor& x);

// Returns P f, the tangent vectors at the points p of the manifold that stand for the output f of a
// network, (B, dim()). P projects for unit vectors, and for a rotation q it is the quaternion product
// q (0, f_2, f_3, f_4), which has the opposite sign at -q.
Var tangent_output(const Manifold& manifold, Var p, Var f);

// Returns the field u(x, t) = P f(embed(p), t), where p is the projection of x, P is tangent_output, and
// `network` is f, which maps (B, embedded_dim()) to (B, dim()). Since u does not change along the normal
// of the manifold, its divergence in the ambient space is that on the manifold.
Field tangent_field(Field network, Manifold manifold);

}  // namespace pushforward::inline PF_REAL
