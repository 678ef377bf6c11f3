// Tests the geometry on the tape: equal to that of plain numbers, with derivatives that agree with
// differences, and tangent fields.
#include "flow/manifold/tape.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/manifold/geodesic_path.h"
#include "tests/flow/manifold/points.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kNear = kDouble ? 1e-12 : 3e-6;
constexpr int kRows = 16;

// Returns points of a manifold, or tangent vectors at them if `at` is given, as rows on the tape.
Var rows_of(Tape& tape, const Manifold& manifold, std::uint64_t seed) {
  std::vector<real> all;
  for (std::uint32_t row = 0; row < kRows; ++row)
    for (const double one : some_point(manifold, seed, row)) all.push_back(static_cast<real>(one));
  return tape.input({kRows, manifold.dim()}, all);
}

std::vector<double> row(Var x, int r) {
  const std::size_t d = static_cast<std::size_t>(x.shape()[1]);
  const auto values = x.values().subspan(static_cast<std::size_t>(r) * d, d);
  return {values.begin(), values.end()};
}

double worst(const std::vector<double>& a, const std::vector<double>& b) {
  double found = 0;
  for (std::size_t k = 0; k < a.size(); ++k) found = std::max(found, std::abs(a[k] - b[k]));
  return found;
}

// A smooth function of the embedding, in place of a network.
Var smooth(Var z, int columns) {
  std::vector<real> w;
  for (int k = 0; k < z.shape()[1] * columns; ++k)
    w.push_back(static_cast<real>(std::sin(1.7 * k + 0.3)));
  return tanh(matmul(z, z.tape->input({z.shape()[1], columns}, w)));
}

}  // namespace

TEST_CASE("manifold on the tape: equal to the geometry of plain numbers") {
  for (const Manifold& manifold : some_manifolds()) {
    INFO(manifold.words());
    Tape tape;
    const Var x = rows_of(tape, manifold, 1), y = rows_of(tape, manifold, 2);
    const Var v = log(manifold, x, y), end = exp(manifold, x, v), along = tangent(manifold, x, y),
              p = project(manifold, scale(x, real(1.5)));
    for (int r = 0; r < kRows; ++r) {
      CHECK(worst(row(v, r), log_at(manifold, row(x, r), row(y, r))) < 10 * kNear);
      CHECK(distance(manifold, row(end, r), row(y, r)) < 10 * kNear);
      CHECK(worst(row(along, r), tangent_at(manifold, row(x, r), row(y, r))) < kNear);
      std::vector<double> closest = row(x, r);
      for (double& one : closest) one *= 1.5;
      project_row(manifold, closest.data());
      CHECK(worst(row(p, r), closest) < 10 * kNear);
    }
  }
}

TEST_CASE("manifold on the tape: exp and log at equal and close points") {
  for (const Manifold& manifold : {sphere(3), rotations()}) {
    Tape tape;
    const Var x = rows_of(tape, manifold, 1), zero = tape.full(x.shape(), 0);
    CHECK(worst(row(exp(manifold, x, zero), 3), row(x, 3)) == 0);
    CHECK(worst(row(log(manifold, x, x), 3), row(zero, 3)) < kNear);
    const Var v = scale(tangent(manifold, x, rows_of(tape, manifold, 2)), real(1e-4));
    CHECK(worst(row(log(manifold, x, exp(manifold, x, v)), 5), row(v, 5)) <
          (kDouble ? 1e-15 : 1e-6));
  }
  Tape tape;
  const Var x = tape.input({1, 2}, {1, 0}), y = tape.input({1, 2}, {-1, 0});
  CHECK_THROWS_WITH(log(sphere(2), x, y), Contains("are antipodal"));
}

TEST_CASE("manifold on the tape: derivatives agree with differences") {
  if (!kDouble) return;
  for (const Manifold& manifold : some_manifolds()) {
    INFO(manifold.words());
    // A weighted sum of exp_x(s v) and log_x(exp_x(s v)), as a function of s.
    const auto value = [&](double s, double* slope) {
      Tape tape;
      const Var x = rows_of(tape, manifold, 1);
      const Var v = scale(tangent(manifold, x, rows_of(tape, manifold, 5)), real(0.3));
      const Var t = tape.full({kRows, 1}, static_cast<real>(s));
      const Var y = exp(manifold, x, v * broadcast_cols(t, manifold.dim()));
      const Var back = log(manifold, y, x), z = embed(manifold, y);
      const Var total = sum(smooth(z, 2)) + sum(smooth(back, 3));
      if (slope) {
        *slope = static_cast<double>(sum(grad(total, t)).item());
        const Var up = jvp(total, t, tape.full(t.shape(), 1));
        CHECK(static_cast<double>(up.item()) == Approx(*slope).epsilon(1e-9));
      }
      return static_cast<double>(total.item());
    };
    double slope = 0;
    value(0.7, &slope);
    const double h = 1e-5,
                 difference = (value(0.7 + h, nullptr) - value(0.7 - h, nullptr)) / (2 * h);
    CHECK(slope == Approx(difference).epsilon(1e-6));
  }
}

TEST_CASE("geodesic path: points and velocities are those of the closed form") {
  for (const Manifold& manifold : some_manifolds()) {
    INFO(manifold.words());
    Tape tape;
    PathEnds ends = make_ends(tape, kRows, manifold.dim());
    for (std::uint32_t r = 0; r < kRows; ++r) {
      const auto x = some_point(manifold, 1, r), y = some_point(manifold, 2, r);
      for (std::size_t j = 0; j < x.size(); ++j) {
        ends.x0[r * x.size() + j] = static_cast<real>(x[j]);
        ends.x1[r * x.size() + j] = static_cast<real>(y[j]);
      }
      ends.t[r] = static_cast<real>(r) / (kRows - 1);
    }
    const PathSample sample = follow_geodesics(manifold, ends);
    CHECK(distance(manifold, row(sample.xt, 0), row(sample.x0, 0)) < 10 * kNear);
    CHECK(distance(manifold, row(sample.xt, kRows - 1), row(sample.x1, kRows - 1)) < 10 * kNear);
    for (int r = 0; r < kRows; ++r) {
      const double length = distance(manifold, row(sample.x0, r), row(sample.x1, r)),
                   t = static_cast<double>(ends.t[r]);
      CHECK(length_of(manifold, row(sample.dxt, r)) == Approx(length).epsilon(10 * kNear));
      // The rest of the way at this velocity ends in x1.
      std::vector<double> rest = row(sample.dxt, r);
      for (double& one : rest) one *= 1 - t;
      const auto end = exp_at(manifold, row(sample.xt, r), rest);
      CHECK(distance(manifold, end, row(sample.x1, r)) < 30 * kNear);
    }
  }
}

TEST_CASE("geodesic path: antipodal endpoints are an error that names their row") {
  Tape tape;
  PathEnds ends = make_ends(tape, 2, 2);
  const real from[] = {1, 0, 0, 1}, to[] = {0, 1, 0, -1};
  std::copy_n(from, 4, ends.x0);
  std::copy_n(to, 4, ends.x1);
  ends.t[0] = ends.t[1] = real(0.5);
  CHECK_THROWS_WITH(
      follow_geodesics(sphere(2), ends),
      "[geodesic] row 1 of the batch, from (0, 1) to (0, -1): two points of a sphere are antipodal, and many geodesics of "
      "equal length join them; move one of them");
  CHECK_THROWS_WITH(
      follow_geodesics(sphere(3), ends),
      "[geodesic] endpoints of 2 coordinates for a manifold of 3; give points of the manifold");
  ends.t[1] = 2;
  CHECK_THROWS_WITH(follow_geodesics(sphere(2), ends),
                    "[geodesic] row 1 has time 2; times are in [0, 1]");
  CHECK_THROWS_WITH(follow_geodesics(sphere(2), PathEnds{}),
                    "[geodesic] there are no endpoints; make them by make_ends");
  CHECK_THROWS_WITH(project(sphere(3), tape.full({2, 2}, 1)),
                    "[project] points of shape (2, 2) for a manifold of 3 coordinates; points are "
                    "(rows, coordinates)");
}

TEST_CASE("tangent fields: tangent, constant along the normal, and odd for quaternions") {
  for (const Manifold& manifold : some_manifolds()) {
    INFO(manifold.words());
    const Field field =
        tangent_field([&](Var z, Var) { return smooth(z, manifold.dim()); }, manifold);
    Tape tape;
    const Var x = rows_of(tape, manifold, 1), t = tape.full({kRows, 1}, real(0.5));
    const Var u = field(x, t);
    CHECK(std::abs(static_cast<double>(sum(u * u).item())) > 0.1);
    for (int r = 0; r < kRows; ++r)
      CHECK(worst(tangent_at(manifold, row(x, r), row(u, r)), row(u, r)) < kNear);
    const bool unit = manifold == sphere(3) || manifold == rotations();
    if (unit) CHECK(worst(row(field(scale(x, real(1.3)), t), 2), row(u, 2)) < kNear);
    if (manifold == rotations()) CHECK(worst(row(field(-x, t), 2), row(-u, 2)) < kNear);
    if (manifold == torus(3))
      CHECK(worst(row(field(x + real(2 * std::numbers::pi), t), 2), row(u, 2)) < 10 * kNear);
  }
  const Field wrong = tangent_field([](Var z, Var) { return z; }, torus(2));
  Tape tape;
  CHECK_THROWS_WITH(
      wrong(tape.full({3, 2}, 0), tape.full({3, 1}, 0)),
      "[tangent_output] the network's output is (3, 4) at points (3, 2); it must have as "
      "many columns as a point");
  CHECK_THROWS_WITH(tangent_field({}, torus(2)), "[tangent_field] no network is given");
}

}  // namespace pushforward::inline PF_REAL
