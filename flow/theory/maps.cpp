// Checks of the conditions of flow maps, and of the pairs of a flow. The map is that of the exact flow of a mixture, computed by
// the solver, and its derivatives are differences.
#define PUSHFORWARD_REAL 64
#include <cmath>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "flow/maps/exact_map.h"
#include "flow/maps/loss.h"
#include "flow/oracle/exact_field.h"
#include "flow/solve/ode.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"

namespace pushforward::equations {
namespace {

// Returns (1 + wrong) v(x, s, t), with v the mean velocity of the flow from noise to the mixture of
// noise_to_plane along the path cond_ot. The solver's tolerance is 1e-13.
FlowMap solved_map(double wrong) {
  const OraclePtr oracle = noise_to_plane();
  const Scheduler path = cond_ot();
  const StateSlope slope = [oracle, path](std::span<const double> x, double t,
                                          std::span<double> dx) {
    oracle->velocity(path(t), x, dx);
  };
  const PlainMap map = [slope](std::span<const double> x, double s, double t) {
    return pushforward::integrate(slope, Numbers(x.begin(), x.end()), {s, t},
                                  {.rtol = 1e-13, .atol = 1e-13});
  };
  return [v = map_by_differences(map), wrong](Var x, Var s, Var t) {
    return scale(v(x, s, t), 1 + wrong);
  };
}

// Returns the largest difference of both sides of a condition of the losses (flow/maps/loss.h), for
// a jump forward and a jump backward.
double map_condition(const MapLoss& loss, double wrong) {
  Tape tape;
  MapSample sample;
  sample.rows = 2;
  sample.start.xt = tape.input({2, 2}, {0.3, -0.2, -1.1, 0.9});
  sample.start.t = tape.input({2, 1}, {0.1, 0.7});
  sample.end = tape.input({2, 1}, {0.6, 0.3});
  sample.part = tape.input({2, 1}, {0.4, 0.6});
  const Var both = map_residual(solved_map(wrong), loss, sample);
  Residual residual;
  for (const double difference : both.values()) residual.compare(difference, 0);
  return residual.worst();
}

}  // namespace

// The derivative of the jump's end in its last time must be the velocity there.
double lagrangian_map(double wrong) {
  return map_condition({.condition = MapCondition::lagrangian}, wrong);
}

// The jump's end must not change if its start moves along the flow.
double eulerian_map(double wrong) {
  const EulerianTerms network{VelocityAtStart::network, VelocityAtStart::network, true};
  return map_condition({.condition = MapCondition::eulerian, .eulerian = network}, wrong);
}

// Two jumps must end where one does.
double semigroup_map(double wrong) {
  return map_condition({.condition = MapCondition::semigroup, .uniform_middle = true}, wrong);
}

// The loss of terminal velocity matching for a map that is not exact and another teacher, against its
// formula. The derivative of the jump's end in its last time is computed by differences.
double terminal_map(double wrong) {
  const auto map_of = [](double factor) {
    return FlowMap([factor](Var x, Var s, Var t) {
      const Var weight = scale(sin(s + scale(t, 1.7)), factor);
      return broadcast_cols(weight, 2) * x + broadcast_cols(t * s, 2);
    });
  };
  const FlowMap map = map_of(1.3), teacher = map_of(0.8);
  const auto value = [](double factor, double x, double s, double t) {
    return factor * std::sin(s + 1.7 * t) * x + t * s;
  };
  Tape tape;
  MapSample sample;
  sample.rows = 2;
  sample.start.xt = tape.input({2, 2}, {0.3, -0.2, -1.1, 0.9});
  sample.start.t = tape.input({2, 1}, {0.1, 0.7});
  sample.end = tape.input({2, 1}, {0.6, 0.3});
  sample.finish.xt = tape.input({2, 2}, {1.3, 0.4, -0.5, 0.2});
  sample.finish.dxt = tape.input({2, 2}, {0.6, -1.2, 0.1, 2.});
  sample.finish.t = sample.end;
  const MapLoss loss{.condition = MapCondition::lagrangian, .end_velocity = true};
  double expected = 0;
  for (int k = 0; k < 4; ++k) {
    const double x = sample.start.xt.values()[k], s = sample.start.t.values()[k / 2],
                 t = sample.end.values()[k / 2], y = sample.finish.xt.values()[k];
    const double rises =
        slope([&](double to) { return x + (to - s) * value(1.3, x, s, to); }, t, 1e-3);
    const double end = x + (t - s) * value(0.8, x, s, t);
    expected += (std::pow(rises - value(0.8, end, t, t), 2) +
                 std::pow(value(1.3, y, t, t) - sample.finish.dxt.values()[k], 2)) /
                4;
  }
  Residual residual(wrong);
  residual.compare(map_loss(map, loss, sample, &teacher).item(), expected);
  return residual.worst();
}

// The pairs (x0, X(x0)) of a flow on the line, as training at t = 0 uses them: the point is x0, and one
// step of Euler's method with the pair's velocity must end where the flow does, which keeps the
// distribution function.
double one_step(double wrong) {
  Residual residual(wrong);
  const OraclePtr oracle = line_flow();
  const Field u = oracle_field(oracle, cond_ot());
  const Numbers x0 = line_grid(3, 0.25);
  const Numbers x1 = integrate(make_rhs(u, 1), 1, x0, Numbers{0, 1}).back();
  const int n = static_cast<int>(x0.size());
  Tape tape;
  const PathEnds ends = make_ends(tape, n, 1);
  for (int k = 0; k < n; ++k) ends.t[k] = 0, ends.x0[k] = x0[k], ends.x1[k] = x1[k];
  const PathSample sample = follow_path(cond_ot(), ends);
  for (int k = 0; k < n; ++k) {
    residual.compare(sample.xt.values()[k], x0[k]);
    residual.compare(cdf(oracle->data(), sample.xt.values()[k] + sample.dxt.values()[k]),
                     cdf(oracle->source(), x0[k]));
  }
  return residual.worst();
}

}  // namespace pushforward::equations
