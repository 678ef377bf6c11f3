// Checks of flows on manifolds: the velocity of geodesics, the log-density along a flow on the sphere,
// and the conditions of flow maps there.
#define PUSHFORWARD_REAL 64
#include <cmath>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "flow/density/likelihood.h"
#include "flow/manifold/geodesic_path.h"
#include "flow/manifold/sources.h"
#include "flow/manifold/tape.h"
#include "flow/maps/loss.h"
#include "flow/maps/tangent_map.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"

namespace pushforward::equations {

// The velocity that the forward sweep gives must be that of the rest of the way, log_xt(x1) / (1 - t).
double geodesic(double wrong) {
  const Manifold manifold({{Geometry::sphere, 3}, {Geometry::torus, 2}, {Geometry::rotation, 4}});
  constexpr int kRows = 20;
  const std::size_t d = static_cast<std::size_t>(manifold.dim());
  const UniformOnManifold uniform(manifold);
  Tape tape;
  PathEnds ends = make_ends(tape, kRows, manifold.dim());
  uniform.draw({1, Purpose::noise, 0}, 0, kRows, ends.x0, nullptr);
  uniform.draw({1, Purpose::data, 0}, 0, kRows, ends.x1, nullptr);
  for (int r = 0; r < kRows; ++r) ends.t[r] = 0.9 * r / kRows;
  const PathSample sample = follow_geodesics(manifold, ends);
  Residual residual(wrong);
  for (std::size_t r = 0; r < kRows; ++r) {
    Numbers rest = log_at(manifold, sample.xt.values().subspan(r * d, d),
                          sample.x1.values().subspan(r * d, d));
    for (double& one : rest) one /= 1 - ends.t[r];
    residual.compare(sample.dxt.values().subspan(r * d, d), rest);
  }
  return residual.worst();
}

// The flow of the tangent part of c e moves z = x . e as dz/dt = c (1 - z^2), so a = atanh z grows by c
// t, and from the uniform source ln p_1 = -ln 4 pi + 2 ln(cosh a / cosh(a - c)).
double manifold_density(double wrong) {
  constexpr double c = 0.8;
  const Manifold manifold = sphere(3);
  const Field field = tangent_field(
      [](Var x, Var) {
        return broadcast_rows(x.tape->input({1, 3}, {0, 0, c}), x.shape()[0]);
      },
      manifold);
  LikelihoodOptions options;
  options.solver.rtol = options.solver.atol = 1e-11;
  options.solver.manifold = std::make_shared<Manifold>(manifold);
  Workers workers(1);
  Likelihood likelihood(perturbed(field, wrong), UniformOnManifold(manifold), options, workers);
  Numbers points, exact;
  for (const double z : {-0.9, -0.5, 0., 0.3, 0.8}) {
    const double s = std::sqrt(1 - z * z);
    points.insert(points.end(), {s * std::cos(5 * z), s * std::sin(5 * z), z});
    exact.push_back(-std::log(4 * pi) +
                    2 * std::log(std::cosh(std::atanh(z)) / std::cosh(std::atanh(z) - c)));
  }
  const Tensor x({5, 3}, points);
  Residual residual;
  residual.compare(likelihood.log_density(x), exact);
  return residual.worst();
}

// The sphere turns about its axis by 1.3 (t - s) + (t^2 - s^2) / 2. The network of its flow map is the
// logarithm of the turned point, divided by t - s, and on the diagonal the velocity.
double manifold_map(double wrong) {
  const FlowMap network = [wrong](Var x, Var s, Var t) {
    const Var x1 = slice(x, 1, 0, 1), x2 = slice(x, 1, 1, 1), h = t - s;
    if (s.values()[0] == t.values()[0]) {
      const Var rate = scale(shift(s, 1.3), 1 + wrong);
      return concat(concat(-(rate * x2), rate * x1, 1), scale(x1, 0), 1);
    }
    const Var angle = h * shift(scale(s + t, 0.5), 1.3), c = cos(angle), d = sin(angle);
    const Var turned = concat(concat(c * x1 - d * x2, d * x1 + c * x2, 1), slice(x, 1, 2, 1), 1);
    return scale(log(sphere(3), x, turned) / broadcast_cols(h, 3), 1 + wrong);
  };
  const FlowMap map = tangent_map(network, sphere(3));
  const EulerianTerms own{VelocityAtStart::network, VelocityAtStart::network, true};
  Residual residual;
  for (const MapLoss& loss :
       {MapLoss{}, MapLoss{.condition = MapCondition::eulerian, .eulerian = own},
        MapLoss{.condition = MapCondition::semigroup, .uniform_middle = true}}) {
    Tape tape;
    MapSample sample;
    sample.rows = 2;
    sample.start.xt = tape.input({2, 3}, {0.6, 0, 0.8, -0.48, 0.64, -0.6});
    sample.start.t = tape.input({2, 1}, {0.1, 0.7});
    sample.end = tape.input({2, 1}, {0.6, 0.3});
    sample.part = tape.input({2, 1}, {0.4, 0.6});
    const Var both = map_residual(map, loss, sample);
    for (const double difference : both.values()) residual.compare(difference, 0);
  }
  return residual.worst();
}

}  // namespace pushforward::equations
