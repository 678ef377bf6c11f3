// Flows on manifolds in closed form, as networks of two times for tangent_map.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "flow/manifold/tape.h"
#include "flow/maps/flow_map.h"

namespace pushforward::inline PF_REAL {

// A flow whose map X_{s,t} is known. `network` is v of exp_x((t - s) v) = X_{s,t}(x), given the
// embedding of x; its columns before the projection are tangent already, except for rotations, whose
// network gives angular velocities. `end` is X_{s,t}(x) of one point.
struct TangentFlow {
  std::string name;
  Manifold manifold;
  FlowMap network;
  std::function<std::vector<double>(const std::vector<double>& x, double s, double t)> end;
};

// The sphere turns about its axis with the angular velocity 1.3 + t, by an angle a from s to t. The
// geodesic to the end is not the circle of the flow, so v depends on both times.
inline Var turned(Var x, Var angle) {
  const Var x1 = slice(x, 1, 0, 1), x2 = slice(x, 1, 1, 1);
  const Var c = cos(angle), s = sin(angle);
  return concat(concat(c * x1 - s * x2, s * x1 + c * x2, 1), slice(x, 1, 2, 1), 1);
}
inline TangentFlow turning_sphere() {
  const FlowMap network = [](Var x, Var s, Var t) {
    if (std::ranges::equal(s.values(), t.values())) {
      const Var rate = shift(s, real(1.3)), x1 = slice(x, 1, 0, 1), x2 = slice(x, 1, 1, 1);
      return concat(concat(-(rate * x2), rate * x1, 1), scale(x1, 0), 1);
    }
    const Var h = t - s, angle = h * shift(scale(s + t, real(0.5)), real(1.3));
    return log(sphere(3), x, turned(x, angle)) / broadcast_cols(h, 3);
  };
  return {"turning sphere", sphere(3), network,
          [](const std::vector<double>& x, double s, double t) {
            const double a = (t - s) * (1.3 + (s + t) / 2), c = std::cos(a), d = std::sin(a);
            return std::vector<double>{c * x[0] - d * x[1], d * x[0] + c * x[1], x[2]};
          }};
}

// On the sphere S^3 every point moves along a great circle at the speed 2: x -> 2 J x.
inline TangentFlow great_circles() {
  const FlowMap network = [](Var x, Var, Var) {
    const auto column = [&](int k, real by) { return scale(slice(x, 1, k, 1), by); };
    return concat(concat(column(1, -2), column(0, 2), 1), concat(column(3, -2), column(2, 2), 1),
                  1);
  };
  return {"great circles of S^3", sphere(4), network,
          [](const std::vector<double>& x, double s, double t) {
            const double c = std::cos(2 * (t - s)), d = std::sin(2 * (t - s));
            return std::vector<double>{c * x[0] - d * x[1], c * x[1] + d * x[0],
                                       c * x[2] - d * x[3], c * x[3] + d * x[2]};
          }};
}

// On the torus the first angle moves at the speed 3, and the second one by 2 sin of the first. The
// embedding has the cosines of both angles, then the sines.
inline Var sheared(Var cosine, Var sine, Var h) {
  const Var turn = scale(h, 3);
  // The mean of 2 sin(a + 3 h'), h' from 0 to h, is 2 (cos a - cos(a + 3 h)) / (3 h).
  return scale(cosine - cosine * cos(turn) + sine * sin(turn), 2) / turn;
}
inline TangentFlow shearing_torus() {
  const FlowMap network = [](Var z, Var s, Var t) {
    const Var cosine = slice(z, 1, 0, 1), sine = slice(z, 1, 2, 1);
    const Var first = s.tape->full(s.shape(), 3);
    if (std::ranges::equal(s.values(), t.values())) return concat(first, scale(sine, 2), 1);
    return concat(first, sheared(cosine, sine, t - s), 1);
  };
  return {"shearing torus", torus(2), network,
          [](const std::vector<double>& x, double s, double t) {
            const double h = t - s;
            return std::vector<double>{
                wrapped_angle(x[0] + 3 * h),
                wrapped_angle(x[1] + 2 * (std::cos(x[0]) - std::cos(x[0] + 3 * h)) / 3)};
          }};
}

// A body turns with a constant angular velocity, that of the quaternion rate (0, 0.3, -1, 0.5).
inline TangentFlow turning_body() {
  const FlowMap network = [](Var z, Var, Var) {
    const Var w = z.tape->input({1, 4}, {0, real(0.3), real(-1), real(0.5)});
    return broadcast_rows(w, z.shape()[0]);
  };
  return {
      "turning body", rotations(), network, [](const std::vector<double>& q, double s, double t) {
        const double size = std::sqrt(0.09 + 1 + 0.25), a = size * (t - s);
        const double k = std::sin(a) / size, w = std::cos(a), x = 0.3 * k, y = -k, z = 0.5 * k;
        return std::vector<double>{
            q[0] * w - q[1] * x - q[2] * y - q[3] * z, q[0] * x + q[1] * w + q[2] * z - q[3] * y,
            q[0] * y - q[1] * z + q[2] * w + q[3] * x, q[0] * z + q[1] * y - q[2] * x + q[3] * w};
      }};
}

inline std::vector<TangentFlow> tangent_flows() {
  return {turning_sphere(), great_circles(), shearing_torus(), turning_body()};
}

}  // namespace pushforward::inline PF_REAL
