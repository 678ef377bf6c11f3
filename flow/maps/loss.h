// The losses that train a flow map v(x, s, t): conditions that the exact map satisfies, and a
// regression of its diagonal v(x, t, t) on velocities.
//
// With u_s(x) the velocity, X_{s,t}(x) = x + (t - s) v(x, s, t) and D = d/ds + u_s . grad_x, the
// derivative along the flow, the exact map satisfies (arXiv 2505.18825)
//   lagrangian   v + (t - s) dv/dt = v(X_{s,t}(x), t, t)
//   eulerian     v = u_s(x) + (t - s) D v
//   semigroup    v(x, s, t) = g v(x, s, m) + (1 - g) v(X_{s,m}(x), m, t),  m = s + g (t - s)
// Each loss is the mean square of the difference of the two sides at points x of the path at time s.
#pragma once

#include "autograd/tensor/rng.h"
#include "flow/manifold/manifold.h"
#include "flow/maps/flow_map.h"
#include "flow/maps/times.h"
#include "flow/path/path.h"
#include "flow/path/scheduler.h"

namespace pushforward {

// The condition that the rows off the diagonal are trained on.
// - lagrangian: the gradient goes through dv/dt and not through the right side.
// - eulerian: see EulerianTerms.
// - semigroup: the gradient goes through v(x, s, t) alone.
// - alpha_flow: v(x, s, t) is regressed on a w + (1 - a) v(x + a (t - s) w, s + a (t - s), t), with w
//   the sample's velocity and a = MapLoss::alpha. a = 1 fits the velocity of the whole way, a = 1/2
//   gives the condition of shortcut models, and a -> 0 gives MeanFlow. The difference of the two
//   sides is divided by a, so that the gradient has a limit (alpha-Flow, arXiv 2510.20771).
enum class MapCondition { lagrangian, eulerian, semigroup, alpha_flow };

constexpr const char* name_of(MapCondition condition) {
  switch (condition) {
    case MapCondition::lagrangian: return "lagrangian";
    case MapCondition::eulerian: return "eulerian";
    case MapCondition::semigroup: return "semigroup";
    case MapCondition::alpha_flow: return "alpha_flow";
  }
  return "";
}

// The velocity that a condition uses at time s. `sample` is dx_s/ds given both endpoints of the
// sample's path, whose mean given x_s is u_s. `network` is the network's own velocity v(x, s, s),
// as a constant for the gradient.
enum class VelocityAtStart { sample, network };

// The choices in the eulerian condition v = u_s + (t - s) (dv/ds + w . grad_x v). Known methods
// are:
// - MeanFlow (arXiv 2505.13447): tangent sample, target sample, through_time false.
// - improved MeanFlow: tangent network, target sample, through_time false.
// - the full condition: tangent network, target network, through_time true.
struct EulerianTerms {
  // The velocity w, along which the derivative of v is taken.
  VelocityAtStart tangent = VelocityAtStart::network;

  // The velocity u_s on the right side of the condition.
  VelocityAtStart target = VelocityAtStart::sample;

  // If true, the gradient also goes through dv/ds; otherwise the right side is a constant.
  bool through_time = false;
};

// The loss of a flow map.
struct MapLoss {
  // The condition that the rows off the diagonal are trained on.
  MapCondition condition = MapCondition::lagrangian;

  // The terms of the condition `eulerian`, which alone uses them.
  EulerianTerms eulerian{};

  // If true, g of the condition `semigroup` is uniform on (0, 1) (SplitMeanFlow) instead of 1/2.
  bool uniform_middle = false;

  // If true, each row of the condition also trains v(x_t, t, t) at the end t of its jump, where x_t is
  // on the row's own path: terminal velocity matching (arXiv 2511.19797), with `lagrangian` and a
  // teacher whose weights are a moving average.
  bool end_velocity = false;

  // The number a of the condition `alpha_flow`, from 0 to 1; alpha_after gives it a schedule.
  double alpha = 1;

  // Each row's square error e is multiplied by 1 / (e + weight_floor)^weight_power, a constant for
  // the gradient. A power of 0 gives the mean square. A larger one gives rows with large errors less
  // weight. The targets of rows at the same point differ, and the minimiser is then no longer their
  // mean: in two dimensions a power of 1 biases the flow itself, v(x, t, t).
  double weight_power = 0, weight_floor = 0.01;
};

// Returns alpha-Flow's a after the part `progress` of training, from 0 to 1: it falls from 1 to 0
// along a sigmoid, 1 / (1 + exp(sharpness (progress - 1/2))), and is exactly 1 or 0 within 0.005 of
// these ends.
double alpha_after(double progress, double sharpness = 25);

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The rows of a chunk as constants on one tape: some train the diagonal, the others a condition.
struct MapSample {
  PathSample diagonal;  // on the path at their times; without rows, its values are null
  PathSample start;     // on the path at s = start.t; without rows, its values are null
  Var end, part;        // t and g of the rows in `start`, (B, 1)
  PathSample
      finish{};  // the rows of `start` on their paths at t = end; null unless it was asked for
  int rows = 0;
};

// Divides the rows of a path sample: the first diagonal_rows(share, first_row, rows) of them train the
// diagonal and stay as they are. The others move along their paths to the first of a pair of times.
// With `finish`, their points at the second time are in MapSample::finish. Fails if the sample has no
// endpoints, and as draw_map_times does. The paths are geodesics of `manifold` unless it is null, with
// the scheduler cond_ot; it then fails as follow_geodesics does.
MapSample divide(const PathSample& sample, const Scheduler& scheduler, double share,
                 const MapTimes& times, Stream stream, int first_row, bool finish = false,
                 const Manifold* manifold = nullptr);

// Returns the mean loss over the rows of the sample, as one element. The sides of the conditions that
// are constants for the gradient are computed by `teacher`, or from the map itself if it is null.
// Fails if the map gives another shape than that of its points, on a sample without rows, and if
// MapLoss::end_velocity is set and the sample was divided without `finish`.
Var map_loss(const FlowMap& map, const MapLoss& loss, const MapSample& sample,
             const FlowMap* teacher = nullptr);

// Returns the differences of both sides of the loss's condition, (B, D), for the rows of
// sample.start. They are 0 for the exact map if EulerianTerms use the network's velocities.
Var map_residual(const FlowMap& map, const MapLoss& loss, const MapSample& sample,
                 const FlowMap* teacher = nullptr);

}  // namespace pushforward::inline PF_REAL
