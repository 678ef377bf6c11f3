// Tests flow maps on manifolds: exact maps of flows in closed form satisfy the conditions, jumps stay
// on the manifold, and gradients of the losses agree with differences.
#include "flow/maps/tangent_map.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "autograd/tensor/random_fill.h"
#include "flow/manifold/sources.h"
#include "flow/maps/loss.h"
#include "flow/solve/sampler.h"
#include "flow/train/batch.h"
#include "tests/flow/manifold/points.h"
#include "tests/flow/maps/tangent_maps.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

using Terms = EulerianTerms;
constexpr VelocityAtStart kOwn = VelocityAtStart::network;

struct NamedMapLoss {
  std::string name;
  MapLoss loss;
};
std::vector<NamedMapLoss> exact_map_losses() {
  return {
      {"lagrangian", {}},
      {"eulerian", {.condition = MapCondition::eulerian, .eulerian = Terms{kOwn, kOwn, false}}},
      {"eulerian through time",
       {.condition = MapCondition::eulerian, .eulerian = Terms{kOwn, kOwn, true}}},
      {"semigroup", {.condition = MapCondition::semigroup}},
      {"semigroup, any middle", {.condition = MapCondition::semigroup, .uniform_middle = true}}};
}

constexpr int kRows = 6;
constexpr double kStart[] = {0.3, 0, 0.9, 0.5, 0.05, 0.7}, kEnd[] = {0.8, 1, 0.2, 0.6, 0.75, 0.65};

std::vector<real> some_points(const Manifold& manifold) {
  std::vector<real> all;
  for (std::uint32_t r = 0; r < kRows; ++r)
    for (const double x : some_point(manifold, 5, r)) all.push_back(static_cast<real>(x));
  for (int r = 0; r < kRows; ++r) project_row(manifold, all.data() + r * manifold.dim());
  return all;
}

// Points of the manifold at pairs of times, forward and backward.
MapSample rows_on(Tape& tape, const Manifold& manifold) {
  const auto column = [&](const double* from) {
    std::vector<real> all;
    for (int r = 0; r < kRows; ++r) all.push_back(static_cast<real>(from[r]));
    return tape.input({kRows, 1}, all);
  };
  constexpr double part[] = {0.3, 0.9, 0.5, 0.1, 0.7, 0.6};
  MapSample sample;
  sample.rows = kRows;
  sample.start.xt = tape.input({kRows, manifold.dim()}, some_points(manifold));
  sample.start.t = column(kStart);
  sample.start.dxt = tape.full({kRows, manifold.dim()}, 1);
  sample.end = column(kEnd);
  sample.part = column(part);
  return sample;
}

double largest(Var differences) {
  double most = 0;
  for (const real d : differences.values()) most = std::max(most, std::abs(double(d)));
  return most;
}

// A network of 4 tanh units on [embedding, s, t] for the sphere, whose weights (1, 39) are `w`.
FlowMap small_network(const Tensor& w, bool fixed) {
  return [&w, fixed](Var x, Var s, Var t) {
    Tape& tape = *x.tape;
    const Var all =
        fixed ? tape.input(w.shape(), w.values()) : tape.parameter(0, w.shape(), w.data(), "w");
    const auto part = [&](int begin, Shape shape) {
      return reshape(slice(all, 1, begin, static_cast<int>(shape.size())), shape);
    };
    const Var inputs = concat(x, concat(s, t, 1), 1);
    const Var hidden = tanh(linear(inputs, part(0, {4, 5}), part(20, {1, 4})));
    return linear(hidden, part(24, {3, 4}), part(36, {1, 3}));
  };
}

Batch sphere_batch() {
  return Batch({.source = std::make_shared<UniformOnManifold>(sphere(3)),
                .data = std::make_shared<VonMisesFisherMixture>(
                    ManifoldMixture{{{0, 0, 1}, {1, 1, 0}}, {3, 20}, {1, 2}}),
                .manifold = std::make_shared<Manifold>(sphere(3))},
               40, 9);
}

Var sphere_loss(Tape& tape, Batch& batch, const FlowMap& map, const MapLoss& loss,
                const FlowMap* teacher) {
  const Manifold on = sphere(3);
  const MapSample sample = divide(batch.chunk(tape, 0, 40), cond_ot(), 0.25, {.both_ways = true},
                                  {2, Purpose::path_noise, 0}, 0, loss.end_velocity, &on);
  return map_loss(map, loss, sample, teacher);
}

}  // namespace

TEST_CASE("tangent map: every condition holds for exact flows on manifolds") {
  for (const TangentFlow& flow : tangent_flows()) {
    const FlowMap map = tangent_map(flow.network, flow.manifold);
    for (const NamedMapLoss& named : exact_map_losses()) {
      CAPTURE(flow.name, named.name);
      Tape tape;
      const MapSample sample = rows_on(tape, flow.manifold);
      CHECK(largest(map_residual(map, named.loss, sample)) < (kDouble ? 1e-10 : 5e-5));
      // An error of 1 % of the network, and one of the jumps alone.
      const FlowMap scaled = [&](Var z, Var s, Var t) {
        return scale(flow.network(z, s, t), real(1.01));
      };
      const FlowMap bent = [&](Var z, Var s, Var t) {
        const Var v = flow.network(z, s, t);
        return v * broadcast_cols(1 + real(0.01) * square(t - s), v.shape()[1]);
      };
      CHECK(largest(map_residual(tangent_map(bent, flow.manifold), named.loss, sample)) > 1e-3);
      // A constant multiple of a flow along geodesics at constant speed is another such flow.
      if (flow.name == "turning sphere" || flow.name == "shearing torus")
        CHECK(largest(map_residual(tangent_map(scaled, flow.manifold), named.loss, sample)) > 1e-3);
    }
  }
}

TEST_CASE("tangent map: jumps end where the flow does, and stay on the manifold") {
  for (const TangentFlow& flow : tangent_flows()) {
    CAPTURE(flow.name);
    const FlowMap map = tangent_map(flow.network, flow.manifold);
    const int dim = flow.manifold.dim();
    Tape tape;
    const MapSample sample = rows_on(tape, flow.manifold);
    const Var x = sample.start.xt, ends = jump(map, x, sample.start.t, sample.end);
    for (int r = 0; r < kRows; ++r) {
      const auto row = [&](Var v) {
        const auto all = v.values().subspan(std::size_t(r * dim), std::size_t(dim));
        return std::vector<double>(all.begin(), all.end());
      };
      std::vector<double> found = row(ends);
      const bool wraps = flow.manifold.factors()[0].geometry == Geometry::torus;
      if (!wraps) CHECK(off_manifold(flow.manifold, found) < (kDouble ? 1e-14 : 1e-6));
      project_row(flow.manifold, found.data());
      CHECK(distance(flow.manifold, found, flow.end(row(x), kStart[r], kEnd[r])) <
            (kDouble ? 1e-13 : 3e-6));
    }
    // A sampler takes the same jumps, in any number, and back.
    Workers workers(1);
    for (const std::vector<double>& grid : {std::vector<double>{0, 1}, {0, 0.4, 0.5, 1}}) {
      SamplerOptions options;
      options.method = SamplingMethod::jumps;
      options.grid = grid;
      options.solver.manifold = std::make_shared<Manifold>(flow.manifold);
      Sampler sampler(jumps_along(map, grid), dim, options, workers);
      const UniformOnManifold source(flow.manifold);
      const Tensor x0 = draw_rows(source, sample_stream(7), 100),
                   x1 = sampler.sample(source, 7, 100);
      Tensor back = x1;
      std::reverse(options.grid.begin(), options.grid.end());
      Sampler(jumps_along(map, options.grid), dim, options, workers).transport(100, back.data());
      const auto point = [&](const Tensor& of, int r) {
        return std::vector<double>(of.row(r).begin(), of.row(r).end());
      };
      for (int r = 0; r < 100; ++r) {
        CHECK(off_manifold(flow.manifold, point(x1, r)) < (kDouble ? 1e-14 : 1e-6));
        CHECK(distance(flow.manifold, point(x1, r), flow.end(point(x0, r), 0, 1)) <
              (kDouble ? 1e-12 : 2e-5));
        CHECK(distance(flow.manifold, point(back, r), point(x0, r)) < (kDouble ? 1e-12 : 4e-5));
      }
    }
  }
}

TEST_CASE("tangent map: the chord is the difference of exp, for long and for tiny times") {
  const Manifold manifold = product_manifold();
  const std::size_t d = static_cast<std::size_t>(manifold.dim());
  Tape tape;
  const std::vector<real> points = some_points(manifold);
  const Var x = tape.input({kRows, manifold.dim()}, points);
  std::vector<real> raw(points.size());
  fill_normal({3, Purpose::user, 0}, 0, kRows, manifold.dim(), raw.data());
  const Var v = tangent(manifold, x, tape.input(x.shape(), raw));
  for (const double h : {2., 0.5, -0.7, 1e-3, 1e-5, 0.}) {
    CAPTURE(h);
    const Var c = chord(manifold, x, v, tape.full({kRows, 1}, static_cast<real>(h)));
    for (std::size_t r = 0; r < kRows; ++r) {
      std::vector<double> from(d), along(d), to(d);
      for (std::size_t j = 0; j < d; ++j) {
        from[j] = double(x.values()[r * d + j]);
        along[j] = h * double(v.values()[r * d + j]);
      }
      to = exp_at(manifold, from, along);
      for_each_factor(manifold, [&](const Factor& factor, int at) {
        for (int k = at; k < at + factor.dim; ++k) {
          const std::size_t j = static_cast<std::size_t>(k);
          const double found = double(c.values()[r * d + j]), exact = (to[j] - from[j]) / h;
          const bool wraps = factor.geometry == Geometry::torus || h == 0;
          CHECK(found ==
                Approx(wraps ? double(v.values()[r * d + j]) : exact)
                    .epsilon(kDouble ? 1e-12 : 1e-5)
                    .margin((kDouble ? 1e-15 : 1e-6) * (3 + 1 / std::max(std::abs(h), 1e-6))));
        }
      });
    }
  }
  CHECK_THROWS_WITH(chord(manifold, x, v, x),
                    "[chord] times of shape (6, 10) for 6 points; give one for each point");
}

TEST_CASE("tangent map: gradients of the losses agree with differences") {
  if (!kDouble) return;  // float's rounding would hide the differences
  std::vector<NamedMapLoss> losses = exact_map_losses();
  losses.push_back({"mean flow",
                    {.condition = MapCondition::eulerian,
                     .eulerian = Terms{VelocityAtStart::sample, VelocityAtStart::sample, false}}});
  losses.push_back({"terminal velocity", {.end_velocity = true}});
  Tensor at({1, 39});
  fill_normal({5, Purpose::init}, 0, 1, 39, at.data());
  for (real& one : at.values()) one *= real(0.7);
  for (const NamedMapLoss& named : losses) {
    CAPTURE(named.name);
    Batch batch = sphere_batch();
    Tensor w = at;
    const FlowMap map = tangent_map(small_network(w, false), sphere(3)),
                  teacher = tangent_map(small_network(at, true), sphere(3));
    Tape tape;
    const Var loss = sphere_loss(tape, batch, map, named.loss, &teacher);
    const Var g = grad(loss, tape.parameter(0));
    for (std::size_t i = 0; i < 39; ++i) {
      CAPTURE(i);
      const auto value = [&](double h) {
        w.values()[i] = at.values()[i] + static_cast<real>(h);
        Tape moved;
        const double v = double(sphere_loss(moved, batch, map, named.loss, &teacher).item());
        w.values()[i] = at.values()[i];
        return v;
      };
      const double h = 1e-4;
      const double slope = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h);
      CHECK(double(g.values()[i]) == Approx(slope).epsilon(1e-7).margin(1e-9));
    }
  }
}

TEST_CASE("tangent map: a divided batch moves its rows along their geodesics") {
  Batch batch = sphere_batch();
  Tape tape;
  const Manifold on = sphere(3);
  const PathSample whole = batch.chunk(tape, 0, 40);
  const MapSample divided =
      divide(whole, cond_ot(), 0.25, {}, {2, Purpose::path_noise, 0}, 0, true, &on);
  REQUIRE(divided.start.xt.shape() == Shape({30, 3}));
  const double near = kDouble ? 1e-12 : 1e-5;
  const auto row = [](Var v, std::size_t r) {
    const auto all = v.values().subspan(3 * r, 3);
    return std::vector<double>(all.begin(), all.end());
  };
  for (std::size_t r = 0; r < 30; ++r) {
    const std::vector<double> x0 = row(whole.x0, 10 + r), x1 = row(whole.x1, 10 + r);
    const double whole_way = distance(on, x0, x1);
    for (const PathSample& at : {divided.start, divided.finish}) {
      const double t = double(at.t.values()[r]);
      CHECK(distance(on, x0, row(at.xt, r)) == Approx(t * whole_way).epsilon(near).margin(near));
      CHECK(distance(on, row(at.xt, r), x1) ==
            Approx((1 - t) * whole_way).epsilon(near).margin(near));
      CHECK(length_of(on, row(at.dxt, r)) == Approx(whole_way).epsilon(near).margin(near));
    }
    CHECK(double(divided.finish.t.values()[r]) == double(divided.end.values()[r]));
  }
}

TEST_CASE("tangent map: mistakes are named") {
  CHECK_THROWS_WITH(tangent_map(FlowMap(), sphere(3)), "[tangent_map] no network is given");
  Tape tape;
  const MapSample sample = rows_on(tape, torus(2));
  const FlowMap wide = tangent_map([](Var z, Var, Var) { return z; }, torus(2));
  CHECK_THROWS_WITH(
      wide(sample.start.xt, sample.start.t, sample.end),
      "[tangent_output] the network's output is (6, 4) at points (6, 2); it must have "
      "as many columns as a point");
}

}  // namespace pushforward::inline PF_REAL
