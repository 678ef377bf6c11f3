// Checks of the conditions of flow maps. The map is that of the exact flow of a mixture, computed by
// the solver, and its derivatives are differences.
#define PUSHFORWARD_REAL 64
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "flow/maps/exact_map.h"
#include "flow/maps/loss.h"
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

}  // namespace pushforward::equations
