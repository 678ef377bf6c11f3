#include "flow/manifold/tape.h"

#include <cmath>
#include <utility>
#include <vector>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Below this square of an angle, series replace quotients that are 0 / 0 at 0.
constexpr real kSmall = real(1e-6);

void check_rows(const char* where, const Manifold& manifold, Var x) {
  check(x.shape().rank == 2 && x.shape()[1] == manifold.dim(), where, "points of shape ", x.shape(),
        " for a manifold of ", manifold.dim(), " coordinates; points are (rows, coordinates)");
}

bool is_unit(const Factor& factor) {
  return factor.geometry == Geometry::sphere || factor.geometry == Geometry::rotation;
}

// Returns the columns of x that belong to a factor.
Var part(const Manifold& manifold, Var x, const Factor& factor, int at) {
  return manifold.factors().size() == 1 ? x : slice(x, 1, at, factor.dim);
}

// Applies f(factor, offset) to each factor and returns the results side by side.
template <class F>
Var by_factor(const Manifold& manifold, F f) {
  Var all;
  for_each_factor(manifold, [&](const Factor& factor, int at) {
    const Var one = f(factor, at);
    all = all ? concat(all, one, 1) : one;
  });
  return all;
}

// Returns x times the column c (B, 1).
Var times_column(Var x, Var c) { return x * broadcast_cols(c, x.shape()[1]); }
Var dot_rows(Var a, Var b) { return sum_cols(a * b); }

// Returns a constant with the shape of x whose elements are f of those of x.
template <class F>
Var constant_of(Var x, F f) {
  std::span<real> to;
  const Var made = x.tape->uninitialised(x.shape(), to, "constant");
  const auto from = x.values();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<real>(f(static_cast<double>(from[i])));
  return made;
}

// Subtracts whole turns, which are constants to both sweeps.
Var wrapped(Var angle) {
  return angle - constant_of(angle, [](double a) { return a - wrapped_angle(a); });
}

// A column s of squares, with kSmall where it is too small to divide by, and 1 in the other places.
struct Guarded {
  Var large, value;
};
Guarded guarded(Var large, Var s) {
  return {large, where(large, s, s.tape->full(s.shape(), kSmall))};
}
double is_large(double square) { return square > static_cast<double>(kSmall) ? 1 : 0; }

Var exp_of_unit(Var x, Var v) {
  const Var s = sum_cols(square(v));
  const auto [large, value] = guarded(constant_of(s, is_large), s);
  const Var angle = sqrt(value), s2 = square(s);
  const Var cosine =
      where(large, cos(angle), real(1) - scale(s, real(0.5)) + scale(s2, real(1. / 24)));
  const Var sinc = where(large, sin(angle) / angle,
                         real(1) - scale(s, real(1. / 6)) + scale(s2, real(1. / 120)));
  return times_column(x, cosine) + times_column(v, sinc);
}

// Returns sin(a) / a of the column s = a^2.
Var sinc_of_square(Var s) {
  const auto [large, value] = guarded(constant_of(s, is_large), s);
  const Var angle = sqrt(value);
  return where(large, sin(angle) / angle,
               real(1) - scale(s, real(1. / 6)) + scale(square(s), real(1. / 120)));
}

// 2 (sin(a/2) / a)^2 |v|^2 is half of (sin(a/2) / (a/2))^2 |v|^2.
Var chord_of_unit(Var x, Var v, Var h) {
  const Var length = sum_cols(square(v)), s = length * square(h);
  const Var bend = scale(h * length * square(sinc_of_square(scale(s, real(0.25)))), real(0.5));
  return times_column(v, sinc_of_square(s)) - times_column(x, bend);
}

// The angle is computed in double from the values, and one step z + z^3 / 6 of the arc sine gives it
// its derivatives: with sine and cosine of the angle a0 + z, z = asin(sine cos a0 - cosine sin a0).
Var angle_of(Var sine, Var cosine) {
  std::span<real> sines, cosines, angles;
  Tape& tape = *sine.tape;
  const Var a0 = tape.uninitialised(sine.shape(), angles, "angle"),
            sin0 = tape.uninitialised(sine.shape(), sines, "sine"),
            cos0 = tape.uninitialised(sine.shape(), cosines, "cosine");
  for (std::size_t i = 0; i < angles.size(); ++i) {
    angles[i] = static_cast<real>(
        std::atan2(static_cast<double>(sine.values()[i]), static_cast<double>(cosine.values()[i])));
    sines[i] = static_cast<real>(std::sin(static_cast<double>(angles[i])));
    cosines[i] = static_cast<real>(std::cos(static_cast<double>(angles[i])));
  }
  const Var z = (sine * cos0 - cosine * sin0) / sqrt(square(sine) + square(cosine));
  return a0 + z + scale(z * square(z), real(1. / 6));
}

// Throws as log_at does for each pair of rows of one factor.
void check_pairs(const Factor& factor, Var x, Var y) {
  const Manifold one({factor});
  Scope scope(*x.tape);
  std::span<real> logs;
  x.tape->uninitialised(x.shape(), logs, "log");
  const std::size_t d = static_cast<std::size_t>(factor.dim);
  for (std::size_t at = 0; at < logs.size(); at += d)
    log_row(one, x.values().data() + at, y.values().data() + at, logs.data() + at);
}

Var log_of_unit(const Factor& factor, Var x, Var y) {
  check_pairs(factor, x, y);
  if (factor.geometry == Geometry::rotation)
    y = times_column(y, constant_of(dot_rows(x, y), [](double c) { return c < 0 ? -1. : 1.; }));
  const Var cosine = dot_rows(x, y), normal = y - times_column(x, cosine);
  const Var s = sum_cols(square(normal));
  // The sine is also small for points that are almost antipodal, where the series does not hold.
  const Var close = constant_of(s, is_large),
            behind = constant_of(cosine, [](double c) { return c < 0 ? 1. : 0.; });
  const auto [large, value] =
      guarded(constant_of(close + behind, [](double v) { return v > 0; }), s);
  const Var sine = sqrt(value);
  const Var series = real(1) + scale(s, real(1. / 6)) + scale(square(s), real(3. / 40));
  return times_column(normal, where(large, angle_of(sine, cosine) / sine, series));
}

// Returns the 9 numbers of the rotation matrices of unit quaternions (B, 4), row by row.
Var matrices(Var q) {
  const Var w = slice(q, 1, 0, 1), x = slice(q, 1, 1, 1), y = slice(q, 1, 2, 1),
            z = slice(q, 1, 3, 1);
  const auto twice = [](Var a) { return scale(a, 2); };
  const Var entries[] = {real(1) - twice(square(y) + square(z)),
                         twice(x * y - w * z),
                         twice(x * z + w * y),
                         twice(x * y + w * z),
                         real(1) - twice(square(x) + square(z)),
                         twice(y * z - w * x),
                         twice(x * z - w * y),
                         twice(y * z + w * x),
                         real(1) - twice(square(x) + square(y))};
  Var all = entries[0];
  for (int k = 1; k < 9; ++k) all = concat(all, entries[k], 1);
  return all;
}

// Returns the quaternion products q (0, f_2, f_3, f_4), which are tangent at q.
Var left_product(Var q, Var f) {
  const Var w = slice(q, 1, 0, 1), x = slice(q, 1, 1, 1), y = slice(q, 1, 2, 1),
            z = slice(q, 1, 3, 1);
  const Var a = slice(f, 1, 1, 1), b = slice(f, 1, 2, 1), c = slice(f, 1, 3, 1);
  const Var real_part = -(x * a + y * b + z * c);
  const Var i = w * a + y * c - z * b, j = w * b + z * a - x * c, k = w * c + x * b - y * a;
  return concat(concat(real_part, i, 1), concat(j, k, 1), 1);
}

Var tangent_of_unit(Var x, Var v) { return v - times_column(x, dot_rows(x, v)); }

}  // namespace

Var project(const Manifold& manifold, Var x) {
  check_rows("project", manifold, x);
  return by_factor(manifold, [&](const Factor& factor, int at) {
    const Var one = part(manifold, x, factor, at);
    if (factor.geometry == Geometry::torus) return wrapped(one);
    if (!is_unit(factor)) return one;
    return times_column(one, reciprocal(sqrt(sum_cols(square(one)))));
  });
}

Var tangent(const Manifold& manifold, Var x, Var v) {
  check_rows("tangent", manifold, x);
  check_rows("tangent", manifold, v);
  return by_factor(manifold, [&](const Factor& factor, int at) {
    const Var of = part(manifold, v, factor, at);
    return is_unit(factor) ? tangent_of_unit(part(manifold, x, factor, at), of) : of;
  });
}

Var exp(const Manifold& manifold, Var x, Var v) {
  check_rows("exp", manifold, x);
  check_rows("exp", manifold, v);
  return by_factor(manifold, [&](const Factor& factor, int at) {
    const Var from = part(manifold, x, factor, at), along = part(manifold, v, factor, at);
    if (is_unit(factor)) return exp_of_unit(from, along);
    return factor.geometry == Geometry::torus ? wrapped(from + along) : from + along;
  });
}

Var chord(const Manifold& manifold, Var x, Var v, Var h) {
  check_rows("chord", manifold, x);
  check_rows("chord", manifold, v);
  check(h.shape().rank == 2 && h.shape()[0] == x.shape()[0] && h.shape()[1] == 1, "chord",
        "times of shape ", h.shape(), " for ", x.shape()[0], " points; give one for each point");
  return by_factor(manifold, [&](const Factor& factor, int at) {
    const Var along = part(manifold, v, factor, at);
    return is_unit(factor) ? chord_of_unit(part(manifold, x, factor, at), along, h) : along;
  });
}

Var log(const Manifold& manifold, Var x, Var y) {
  check_rows("log", manifold, x);
  check_rows("log", manifold, y);
  return by_factor(manifold, [&](const Factor& factor, int at) {
    const Var from = part(manifold, x, factor, at), to = part(manifold, y, factor, at);
    if (is_unit(factor)) return log_of_unit(factor, from, to);
    return factor.geometry == Geometry::torus ? wrapped(to - from) : to - from;
  });
}

Var embed(const Manifold& manifold, Var x) {
  check_rows("embed", manifold, x);
  return by_factor(manifold, [&](const Factor& factor, int at) {
    const Var one = part(manifold, x, factor, at);
    if (factor.geometry == Geometry::torus) return concat(cos(one), sin(one), 1);
    return factor.geometry == Geometry::rotation ? matrices(one) : one;
  });
}

Tensor embedded_rows(const Manifold& manifold, const Tensor& x) {
  Tape tape;
  const Var rows = embed(manifold, tape.input(x.shape(), x.values()));
  return Tensor({x.rows(), manifold.embedded_dim()},
                std::vector<real>(rows.values().begin(), rows.values().end()));
}

Var tangent_output(const Manifold& manifold, Var p, Var f) {
  check_rows("tangent_output", manifold, p);
  check(f && f.shape() == p.shape(), "tangent_output", "the network's output is ",
        f ? f.shape() : Shape{}, " at points ", p.shape(),
        "; it must have as many columns as a point");
  return by_factor(manifold, [&](const Factor& factor, int at) {
    const Var of = part(manifold, f, factor, at);
    if (!is_unit(factor)) return of;
    const Var from = part(manifold, p, factor, at);
    return factor.geometry == Geometry::rotation ? left_product(from, of)
                                                 : tangent_of_unit(from, of);
  });
}

Field tangent_field(Field network, Manifold manifold) {
  check(bool(network), "tangent_field", "no network is given");
  return
      [network = std::move(network), manifold = std::move(manifold)](Var x, Var t, Labels labels) {
        const Var p = project(manifold, x);
        return tangent_output(manifold, p, network(embed(manifold, p), t, labels));
      };
}

}  // namespace pushforward::inline PF_REAL
