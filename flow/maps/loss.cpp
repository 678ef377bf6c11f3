#include "flow/maps/loss.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/manifold/geodesic_path.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The mean velocity of a map at these points, after checking its shape.
Var mean_velocity(const FlowMap& map, Var x, Var s, Var t, Labels labels) {
  const Var v = map(x, s, t, labels);
  check(v && v.shape() == x.shape(), "map_loss", "the map gave ", v ? v.shape() : Shape{},
        " for points ", x.shape(), "; a mean velocity has the shape of its points");
  return v;
}

// Computes the two sides of the conditions (loss.h) at the rows of a sample. Values that the member
// `constant` computes are constants for the gradient.
class Conditions {
 public:
  Conditions(const FlowMap& map, const FlowMap* teacher, const MapSample& sample)
      : map_(map),
        teacher_(teacher ? *teacher : map),
        own_(!teacher),
        x_(sample.start.xt),
        s_(sample.start.t),
        t_(sample.end),
        part_(sample.part),
        velocity_(sample.start.dxt),
        labels_(sample.start.labels),
        tape_(*x_.tape) {}

  Var lagrangian() const {
    const Var v = student();
    const Var slope = jvp(v, t_, ones(), Record::yes);
    const Var goal = constant([&] {
      const Var mean = own_ ? v : mean_velocity(teacher_, x_, s_, t_, labels_);
      return mean_velocity(teacher_, x_ + times(t_ - s_, mean), t_, t_, labels_);
    });
    return v + times(t_ - s_, slope) - goal;
  }

  Var eulerian(const EulerianTerms& terms) const {
    const Var along = at_start(terms.tangent);
    const Var target = terms.target == terms.tangent ? along : at_start(terms.target);
    const Var v = student();
    const Var moved = own_ ? v : mean_velocity(teacher_, x_, s_, t_, labels_);
    const Var length = t_ - s_;
    if (terms.through_time) {
      const Var in_time = jvp(v, s_, ones(), Record::yes);
      const Var in_space = jvp(moved, x_, along);  // recorded as a constant
      return v - target - times(length, in_time + in_space);
    }
    const Var slope = jvp(moved, {x_, s_}, {along, ones()});  // recorded as a constant
    return v - constant([&] { return target + times(length, slope); });
  }

  Var semigroup(bool uniform) const {
    const Var v = student();
    return v - constant([&] {
             const Var g = uniform ? part_ : tape_.full(s_.shape(), real(0.5));
             const Var m = s_ + g * (t_ - s_);
             const Var first = mean_velocity(teacher_, x_, s_, m, labels_);
             const Var middle = x_ + times(m - s_, first);
             const Var second = mean_velocity(teacher_, middle, m, t_, labels_);
             return second + times(g, first - second);
           });
  }

  Var alpha_flow(double alpha) const {
    check(alpha >= 0 && alpha <= 1, "map_loss", "alpha is ", alpha, "; it must be from 0 to 1");
    if (alpha == 0)
      return eulerian({.tangent = VelocityAtStart::sample, .target = VelocityAtStart::sample});
    const Var v = student();
    if (alpha == 1) return v - velocity_;
    // The goal is such that v - goal = (v - (a w + (1 - a) later)) / a for the present v.
    const real a = static_cast<real>(alpha);
    return v - constant([&] {
             const Var step = a * (t_ - s_);
             const Var ahead = x_ + times(step, velocity_);
             const Var later = mean_velocity(teacher_, ahead, s_ + step, t_, labels_);
             const Var mean = own_ ? v : mean_velocity(teacher_, x_, s_, t_, labels_);
             return scale(mean, 1 - 1 / a) + velocity_ + scale(later, (1 - a) / a);
           });
  }

 private:
  Var student() const { return mean_velocity(map_, x_, s_, t_, labels_); }
  template <class F>
  Var constant(const F& compute) const {
    const Pause pause(tape_);
    return compute();
  }
  Var at_start(VelocityAtStart which) const {
    if (which == VelocityAtStart::sample) return velocity_;
    return constant([&] { return mean_velocity(teacher_, x_, s_, s_, labels_); });
  }
  Var ones() const { return tape_.full(s_.shape(), 1); }
  Var times(Var column, Var points) const {
    return broadcast_cols(column, x_.shape().cols()) * points;
  }

  const FlowMap &map_, &teacher_;
  bool own_;  // the map is its own teacher
  Var x_, s_, t_, part_, velocity_;
  Labels labels_;
  Tape& tape_;
};

// Returns the rows begin .. begin + count - 1 of a sample, without their endpoints.
PathSample rows_of(const PathSample& sample, int begin, int count) {
  PathSample rows;
  rows.t = slice(sample.t, 0, begin, count);
  rows.xt = slice(sample.xt, 0, begin, count);
  rows.dxt = slice(sample.dxt, 0, begin, count);
  return rows;
}

Labels labels_of(const PathSample& sample, int begin, int count) {
  if (sample.labels.empty()) return {};
  return sample.labels.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count));
}

// Returns the mean square of v(x, t, t) - dx/dt in each row, (B, 1).
Var velocity_errors(const FlowMap& map, const PathSample& at) {
  return mean_cols(square(mean_velocity(map, at.xt, at.t, at.t, at.labels) - at.dxt));
}

// Copies the last `count` rows of `from` to `to`.
void copy_last_rows(Var from, int count, real* to) {
  const std::size_t size =
      static_cast<std::size_t>(count) * static_cast<std::size_t>(from.shape().cols());
  std::ranges::copy(from.values().last(size), to);
}

}  // namespace

MapSample divide(const PathSample& sample, const Scheduler& scheduler, double share,
                 const MapTimes& times, Stream stream, int first_row, bool finish,
                 const Manifold* manifold) {
  check(sample.x0 && sample.x1, "map_loss",
        "the sample has no endpoints, from which its paths could be followed; draw it by a Batch");
  const auto follow = [&](const PathEnds& ends) {
    return manifold ? follow_geodesics(*manifold, ends) : follow_path(scheduler, ends);
  };
  Tape& tape = *sample.t.tape;
  const int rows = sample.xt.shape().rows();
  const int diagonal = diagonal_rows(share, first_row, rows), others = rows - diagonal;
  MapSample divided;
  divided.rows = rows;
  if (diagonal > 0) {
    divided.diagonal = rows_of(sample, 0, diagonal);
    divided.diagonal.labels = labels_of(sample, 0, diagonal);
  }
  if (others == 0) return divided;
  const PathEnds ends = make_ends(tape, others, sample.xt.shape().cols());
  copy_last_rows(sample.x0, others, ends.x0);
  copy_last_rows(sample.x1, others, ends.x1);
  std::span<real> t, part;
  divided.end = tape.uninitialised({others, 1}, t, "t");
  divided.part = tape.uninitialised({others, 1}, part, "part");
  draw_map_times(times, stream, static_cast<std::uint32_t>(first_row + diagonal), others,
                 {ends.t, t.data(), part.data()});
  divided.start = follow(ends);
  divided.start.labels = labels_of(sample, diagonal, others);
  if (!finish) return divided;
  const PathEnds later = make_ends(tape, others, sample.xt.shape().cols());
  copy_last_rows(sample.x0, others, later.x0);
  copy_last_rows(sample.x1, others, later.x1);
  std::ranges::copy(t, later.t);
  divided.finish = follow(later);
  divided.finish.labels = divided.start.labels;
  return divided;
}

Var map_residual(const FlowMap& map, const MapLoss& loss, const MapSample& sample,
                 const FlowMap* teacher) {
  check(bool(sample.start.xt), "map_loss", "the sample has no rows off the diagonal");
  const Conditions conditions(map, teacher, sample);
  switch (loss.condition) {
    case MapCondition::eulerian: return conditions.eulerian(loss.eulerian);
    case MapCondition::semigroup: return conditions.semigroup(loss.uniform_middle);
    case MapCondition::alpha_flow: return conditions.alpha_flow(loss.alpha);
    case MapCondition::lagrangian: break;
  }
  return conditions.lagrangian();
}

Var map_loss(const FlowMap& map, const MapLoss& loss, const MapSample& sample,
             const FlowMap* teacher) {
  check(sample.rows > 0, "map_loss", "the sample has no rows");
  Var errors;  // (B, 1), the mean square of each row
  if (sample.diagonal.xt) errors = velocity_errors(map, sample.diagonal);
  if (sample.start.xt) {
    Var others = mean_cols(square(map_residual(map, loss, sample, teacher)));
    if (loss.end_velocity) {
      check(bool(sample.finish.xt), "map_loss",
            "end_velocity needs the points at the ends of the jumps; divide the sample with them");
      others = others + velocity_errors(map, sample.finish);
    }
    errors = errors ? concat(errors, others, 0) : others;
  }
  if (loss.weight_power == 0) return mean(errors);
  check(loss.weight_power > 0 && loss.weight_floor > 0, "map_loss", "the weight is 1 / (e + ",
        loss.weight_floor, ")^", loss.weight_power, "; both numbers must be above 0");
  const Var weights = stop_gradient(pow(shift(errors, static_cast<real>(loss.weight_floor)),
                                        static_cast<real>(-loss.weight_power)));
  return mean(weights * errors);
}

}  // namespace pushforward::inline PF_REAL
