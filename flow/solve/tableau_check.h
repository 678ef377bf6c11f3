// Compile-time checks of each Runge-Kutta table: it is explicit, consistent, and has exactly the
// orders that it declares.
//
// The order conditions are those of Butcher's rooted trees, 17 of them up to order 5 (Hairer,
// Norsett, Wanner I, table II.2.1). They must hold to 1e-12.
#pragma once

#include "flow/solve/tableau.h"

namespace pushforward::order_conditions {

constexpr double kTolerance = 1e-12;

constexpr bool near(double x, double y) { return (x > y ? x - y : y - x) < kTolerance; }

constexpr double dot(const StageRow& x, const StageRow& y) {
  double s = 0;
  for (int i = 0; i < kMaxStages; ++i) s += x[i] * y[i];
  return s;
}

// Returns the elementwise product of x and y.
constexpr StageRow times(const StageRow& x, const StageRow& y) {
  StageRow z{};
  for (int i = 0; i < kMaxStages; ++i) z[i] = x[i] * y[i];
  return z;
}

constexpr StageRow ones(const Tableau& t) {
  StageRow z{};
  for (int i = 0; i < t.stages; ++i) z[i] = 1;
  return z;
}

// Returns the product of the method's matrix a and the vector x.
constexpr StageRow weigh(const Tableau& t, const StageRow& x) {
  StageRow z{};
  for (int i = 0; i < kMaxStages; ++i) z[i] = dot(t.a[i], x);
  return z;
}

// Returns whether the method's matrix a is strictly lower triangular, its entries beyond `stages`
// are 0, row i of a sums to c_i (the time of stage i), and the weights b sum to 1.
constexpr bool consistent(const Tableau& t) {
  for (int i = 0; i < kMaxStages; ++i) {
    for (int j = 0; j < kMaxStages; ++j) {
      if ((j >= i || i >= t.stages) && t.a[i][j] != 0) return false;
    }
    if (i >= t.stages && (t.b[i] != 0 || t.c[i] != 0 || t.e[i] != 0 || t.d[i] != 0)) return false;
  }
  const StageRow rows = weigh(t, ones(t));
  for (int i = 0; i < t.stages; ++i) {
    if (!near(rows[i], t.c[i])) return false;
  }
  return near(dot(t.b, ones(t)), 1);
}

// Returns whether the last stage is evaluated at the end of the step: at c = 1, and at the state y1
// after the step.
constexpr bool first_same_as_last(const Tableau& t) {
  for (int j = 0; j < t.stages; ++j) {
    if (t.a[t.stages - 1][j] != t.b[j]) return false;
  }
  return t.c[t.stages - 1] == 1;
}

// Returns the order, up to 5, of the solution with weights w at fraction s of the step. w = b at s
// = 1; for 0 < s < 1, w are the weights of an interpolant.
constexpr int order(const Tableau& t, const StageRow& w, double s = 1) {
  const StageRow c = t.c, c2 = times(c, c), c3 = times(c2, c);
  const StageRow ac = weigh(t, c), ac2 = weigh(t, c2), aac = weigh(t, ac);
  const double s2 = s * s, s3 = s2 * s, s4 = s3 * s, s5 = s4 * s;
  if (!near(dot(w, ones(t)), s)) return 0;
  if (!near(dot(w, c), s2 / 2)) return 1;
  if (!near(dot(w, c2), s3 / 3) || !near(dot(w, ac), s3 / 6)) return 2;
  if (!near(dot(w, c3), s4 / 4) || !near(dot(w, times(c, ac)), s4 / 8) ||
      !near(dot(w, ac2), s4 / 12) || !near(dot(w, aac), s4 / 24)) {
    return 3;
  }
  const bool fifth = near(dot(w, times(c3, c)), s5 / 5) && near(dot(w, times(c2, ac)), s5 / 10) &&
                     near(dot(w, times(c, ac2)), s5 / 15) && near(dot(w, times(c, aac)), s5 / 30) &&
                     near(dot(w, times(ac, ac)), s5 / 20) && near(dot(w, weigh(t, c3)), s5 / 20) &&
                     near(dot(w, weigh(t, times(c, ac))), s5 / 40) &&
                     near(dot(w, weigh(t, ac2)), s5 / 60) && near(dot(w, weigh(t, aac)), s5 / 120);
  return fifth ? 5 : 4;
}

constexpr StageRow embedded_weights(const Tableau& t) {
  StageRow w{};
  for (int i = 0; i < t.stages; ++i) w[i] = t.b[i] - t.e[i];
  return w;
}

// Returns the weights of the interpolant at fraction s of the step: cubic Hermite interpolation
// plus the quartic term with the weights t.d. The method's last stage must be the slope at the end
// of the step (fsal).
constexpr StageRow interpolant_weights(const Tableau& t, double s) {
  const double r = 1 - s;
  StageRow w{};
  for (int i = 0; i < t.stages; ++i) w[i] = s * s * (3 - 2 * s) * t.b[i] + s * s * r * r * t.d[i];
  w[0] += s * r * r;
  w[t.stages - 1] -= s * s * r;
  return w;
}

constexpr bool has_free_interpolant(const Tableau& t) {
  for (double x : t.d) {
    if (x != 0) return true;
  }
  return false;
}

constexpr bool holds(const Tableau& t) {
  bool ok = consistent(t) && order(t, t.b) == t.order && t.fsal == first_same_as_last(t);
  if (t.adaptive()) {
    // An adaptive solver reuses the last stage of a step as the first stage of the next one, so a
    // method with an error estimate must be fsal (first same as last).
    ok = ok && t.fsal && order(t, embedded_weights(t)) == t.embedded_order;
    const int continuous = has_free_interpolant(t) ? 4 : 3;
    for (double s : {0.1, 0.37, 0.5, 0.8})
      ok = ok && order(t, interpolant_weights(t, s), s) == continuous;
  }
  return ok;
}

static_assert(holds(kEuler));
static_assert(holds(kMidpoint));
static_assert(holds(kHeun));
static_assert(holds(kRalston));
static_assert(holds(kHeun3));
static_assert(holds(kRk4));
static_assert(holds(kRk438));
static_assert(holds(kBosh3));
static_assert(holds(kDopri5));
static_assert(holds(kTsit5));

}  // namespace pushforward::order_conditions
