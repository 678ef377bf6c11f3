// Tests the losses of flow maps: they are 0 for exact maps and notice an error of 1 %, and their
// gradients agree with differences.
#include "flow/maps/loss.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "autograd/tensor/random_fill.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/train/batch.h"
#include "tests/flow/maps/gaussian_map.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

using Terms = EulerianTerms;
constexpr VelocityAtStart kSample = VelocityAtStart::sample, kNetwork = VelocityAtStart::network;

struct NamedLoss {
  std::string name;
  MapLoss loss;
};
// Every loss whose difference is 0 for the exact map in each row.
std::vector<NamedLoss> exact_losses() {
  return {
      {"lagrangian", {}},
      {"eulerian",
       {.condition = MapCondition::eulerian, .eulerian = Terms{kNetwork, kNetwork, false}}},
      {"eulerian through time",
       {.condition = MapCondition::eulerian, .eulerian = Terms{kNetwork, kNetwork, true}}},
      {"semigroup", {.condition = MapCondition::semigroup}},
      {"semigroup, any middle", {.condition = MapCondition::semigroup, .uniform_middle = true}}};
}
std::vector<NamedLoss> all_losses() {
  std::vector<NamedLoss> all = exact_losses();
  all.push_back(
      {"mean flow",
       {.condition = MapCondition::eulerian, .eulerian = Terms{kSample, kSample, false}}});
  all.push_back(
      {"improved mean flow",
       {.condition = MapCondition::eulerian, .eulerian = Terms{kNetwork, kSample, false}}});
  for (const double a : {0., 0.3, 1.})
    all.push_back(
        {"alpha flow " + std::to_string(a), {.condition = MapCondition::alpha_flow, .alpha = a}});
  all.push_back({"weighted", {.weight_power = 1}});
  return all;
}

// Rows of Gaussian data N(2, 1/4) at pairs of times, forward and backward.
MapSample gaussian_rows(Tape& tape) {
  MapSample sample;
  sample.rows = 4;
  sample.start.xt = tape.input({4, 1}, {real(0.9), real(-0.3), real(1.4), real(2.5)});
  sample.start.t = tape.input({4, 1}, {real(0.3), real(0), real(0.9), real(0.5)});
  sample.start.dxt = tape.input({4, 1}, {1, 2, 3, 4});
  sample.end = tape.input({4, 1}, {real(0.8), real(1), real(0.2), real(0.6)});
  sample.part = tape.input({4, 1}, {real(0.3), real(0.9), real(0.5), real(0.1)});
  return sample;
}

double greatest(Var differences) {
  double most = 0;
  for (const real d : differences.values()) most = std::max(most, std::abs(double(d)));
  return most;
}

// A network of 3 tanh units on [x, s, t] for points of 2 numbers, whose weights (1, 23) are `w`. Its
// weights are a parameter, or with `fixed` a constant.
FlowMap small_map(const Tensor& w, bool fixed) {
  return [&w, fixed](Var x, Var s, Var t) {
    Tape& tape = *x.tape;
    const Var all =
        fixed ? tape.input(w.shape(), w.values()) : tape.parameter(0, w.shape(), w.data(), "w");
    const auto part = [&](int begin, Shape shape) {
      return reshape(slice(all, 1, begin, static_cast<int>(shape.size())), shape);
    };
    const Var inputs = concat(x, concat(s, t, 1), 1);
    const Var hidden = tanh(linear(inputs, part(0, {3, 4}), part(12, {1, 3})));
    return linear(hidden, part(15, {2, 3}), part(21, {1, 2}));
  };
}

Tensor weights() {
  Tensor w({1, 23});
  fill_normal({5, Purpose::init}, 0, 1, 23, w.data());
  for (real& x : w.values()) x *= real(0.7);
  return w;
}

// The loss of 40 rows of moons, a quarter of them on the diagonal.
Var moons_loss(Tape& tape, Batch& batch, const FlowMap& map, const MapLoss& loss,
               const FlowMap* teacher) {
  const MapSample sample = divide(batch.chunk(tape, 0, 40), cond_ot(), 0.25, {.both_ways = true},
                                  {2, Purpose::path_noise, 0}, 0);
  return map_loss(map, loss, sample, teacher);
}

Batch moons_batch() {
  return Batch(
      {.source = std::make_shared<GaussianSource>(2), .data = std::make_shared<Toy>("moons")}, 40,
      9);
}

}  // namespace

TEST_CASE("map loss: every condition holds for the exact map of Gaussian data") {
  for (const NamedLoss& named : exact_losses()) {
    CAPTURE(named.name);
    Tape tape;
    const double residual = greatest(map_residual(gaussian_map(), named.loss, gaussian_rows(tape)));
    CHECK(residual < (kDouble ? 1e-10 : 1e-5));
    const double loss = double(map_loss(gaussian_map(), named.loss, gaussian_rows(tape)).item());
    CHECK(loss < (kDouble ? 1e-20 : 1e-10));
  }
}

TEST_CASE("map loss: an error of 1 % is noticed by every condition") {
  const FlowMap scaled = [](Var x, Var s, Var t) { return real(1.01) * gaussian_map()(x, s, t); };
  // Only the jumps are wrong, and the diagonal is exact.
  const FlowMap bent = [](Var x, Var s, Var t) {
    return gaussian_map()(x, s, t) * (1 + real(0.01) * square(t - s));
  };
  for (const NamedLoss& named : exact_losses()) {
    for (const FlowMap& wrong : {scaled, bent}) {
      CAPTURE(named.name);
      Tape tape;
      CHECK(greatest(map_residual(wrong, named.loss, gaussian_rows(tape))) > 1e-3);
    }
  }
}

TEST_CASE("map loss: gradients agree with differences that hold the constants fixed") {
  if (!kDouble) return;  // float's rounding would hide the differences
  for (const NamedLoss& named : all_losses()) {
    CAPTURE(named.name);
    Batch batch = moons_batch();
    const Tensor at = weights();
    Tensor w = at;
    const FlowMap map = small_map(w, false), teacher = small_map(at, true);
    Tape tape;
    const Var loss = moons_loss(tape, batch, map, named.loss, &teacher);
    const Var g = grad(loss, tape.parameter(0));
    // A map that is its own teacher has the same value and gradient.
    Tape other;
    const Var own = moons_loss(other, batch, map, named.loss, nullptr);
    const Var own_g = grad(own, other.parameter(0));
    CHECK(double(own.item()) == Approx(double(loss.item())).epsilon(1e-13));
    for (std::size_t i = 0; i < 23; ++i) {
      CAPTURE(i);
      CHECK(double(own_g.values()[i]) ==
            Approx(double(g.values()[i])).epsilon(1e-11).margin(1e-13));
      if (named.loss.weight_power > 0) continue;  // the weights are constants that also move
      const auto value = [&](double h) {
        w.values()[i] = at.values()[i] + static_cast<real>(h);
        Tape moved;
        const double v = double(moons_loss(moved, batch, map, named.loss, &teacher).item());
        w.values()[i] = at.values()[i];
        return v;
      };
      // alpha_flow's goal and MeanFlow's are constants: the value of the loss moves by v alone.
      const double h = 1e-4;
      const double slope = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h);
      CHECK(double(g.values()[i]) == Approx(slope).epsilon(1e-8).margin(1e-10));
    }
  }
}

TEST_CASE("map loss: terminal velocity matching adds the error of the velocity at the end") {
  Batch batch = moons_batch();
  const Tensor w = weights(), other = [] {
    Tensor v = weights();
    for (real& x : v.values()) x *= real(0.9);
    return v;
  }();
  const FlowMap map = small_map(w, false), teacher = small_map(other, true);
  Tape tape;
  const PathSample rows = batch.chunk(tape, 0, 40);
  const auto divided = [&](bool finish) {
    return divide(rows, cond_ot(), 0.25, {.both_ways = true}, {2, Purpose::path_noise, 0}, 0,
                  finish);
  };
  const MapSample sample = divided(true);
  // The points at the ends are on the paths of the points at the starts.
  REQUIRE(sample.finish.xt.shape() == Shape({30, 2}));
  for (int r = 0; r < 30; ++r) {
    const double s = double(sample.start.t.values()[r]), t = double(sample.end.values()[r]);
    CHECK(double(sample.finish.t.values()[r]) == t);
    for (int c = 0; c < 2; ++c) {
      const std::size_t k = static_cast<std::size_t>(2 * r + c);
      CHECK(double(sample.finish.xt.values()[k]) ==
            Approx(double(sample.start.xt.values()[k]) +
                   (t - s) * double(sample.start.dxt.values()[k]))
                .margin(1e-5));
    }
  }
  const double plain = double(map_loss(map, {}, sample, &teacher).item()),
               whole = double(map_loss(map, {.end_velocity = true}, sample, &teacher).item());
  double ends = 0;
  const Var v = map(sample.finish.xt, sample.end, sample.end);
  for (std::size_t k = 0; k < 60; ++k)
    ends += std::pow(double(v.values()[k]) - double(sample.finish.dxt.values()[k]), 2) / 80;
  CHECK(whole == Approx(plain + ends).epsilon(kDouble ? 1e-12 : 1e-5));
  // An averaged teacher changes the loss, since it is not the map.
  CHECK(std::abs(plain - double(map_loss(map, {}, sample).item())) > 1e-4);
  CHECK_THROWS_WITH(map_loss(map, {.end_velocity = true}, divided(false)),
                    "[map_loss] end_velocity needs the points at the ends of the jumps; divide the "
                    "sample with them");
}

TEST_CASE("map loss: the weight divides each row's error") {
  Tape tape;
  const FlowMap wrong = [](Var x, Var s, Var t) { return real(1.1) * gaussian_map()(x, s, t); };
  const MapSample sample = gaussian_rows(tape);
  const Var differences = map_residual(wrong, {}, sample);
  double plain = 0, weighted = 0;
  for (const real d : differences.values()) {
    const double e = double(d) * double(d);
    plain += e / 4;
    weighted += e / std::pow(e + 0.5, 0.75) / 4;
  }
  const double eps = kDouble ? 1e-13 : 1e-4;
  CHECK(double(map_loss(wrong, {}, sample).item()) == Approx(plain).epsilon(eps));
  CHECK(double(map_loss(wrong, {.weight_power = 0.75, .weight_floor = 0.5}, sample).item()) ==
        Approx(weighted).epsilon(eps));
}

TEST_CASE("map loss: alpha 0 is MeanFlow, and a small alpha comes near it") {
  const Tensor w = weights();
  const FlowMap map = small_map(w, false);
  Batch batch = moons_batch();
  const auto gradient = [&](const MapLoss& loss) {
    Tape tape;
    const Var value = moons_loss(tape, batch, map, loss, nullptr);
    const Var g = grad(value, tape.parameter(0));
    return std::vector<real>(g.values().begin(), g.values().end());
  };
  const auto mean_flow =
      gradient({.condition = MapCondition::eulerian, .eulerian = Terms{kSample, kSample, false}});
  CHECK(gradient({.condition = MapCondition::alpha_flow, .alpha = 0}) == mean_flow);
  const auto near = gradient({.condition = MapCondition::alpha_flow, .alpha = 1e-3});
  for (std::size_t i = 0; i < near.size(); ++i)
    CHECK(double(near[i]) == Approx(double(mean_flow[i])).epsilon(0.02).margin(0.02));
}

TEST_CASE(
    "map loss: a divided batch keeps its diagonal rows and moves the others along their paths") {
  Batch batch({.source = std::make_shared<GaussianSource>(2),
               .data = std::make_shared<Toy>("moons"),
               .labelled = true},
              64, 9);
  Tape tape;
  const PathSample whole = batch.chunk(tape, 0, 64);
  const MapSample divided = divide(whole, cond_ot(), 0.75, {}, {2, Purpose::path_noise, 0}, 0);
  CHECK(divided.diagonal.xt.shape() == Shape({48, 2}));
  CHECK(divided.start.xt.shape() == Shape({16, 2}));
  CHECK(divided.diagonal.labels.size() == 48);
  CHECK(divided.start.labels.size() == 16);
  CHECK(divided.start.labels[0] == whole.labels[48]);
  for (std::size_t i = 0; i < 96; ++i) {
    CHECK(divided.diagonal.xt.values()[i] == whole.xt.values()[i]);
    CHECK(divided.diagonal.dxt.values()[i] == whole.dxt.values()[i]);
  }
  for (std::size_t i = 0; i < 32; ++i) {
    const double s = double(divided.start.t.values()[i / 2]),
                 x0 = double(whole.x0.values()[96 + i]), x1 = double(whole.x1.values()[96 + i]);
    CHECK(double(divided.start.xt.values()[i]) == Approx(s * x1 + (1 - s) * x0).margin(1e-6));
    CHECK(double(divided.start.dxt.values()[i]) == Approx(x1 - x0).margin(1e-6));
  }
  const MapSample all = divide(whole, cond_ot(), 1, {}, {2, Purpose::path_noise, 0}, 0);
  CHECK_FALSE(bool(all.start.xt));
  CHECK(double(map_loss(small_map(weights(), true), {}, all).item()) > 0);
}

TEST_CASE("map loss: mistakes are named") {
  Tape tape;
  MapSample sample = gaussian_rows(tape);
  CHECK_THROWS_WITH(
      map_residual([](Var x, Var, Var) { return concat(x, x, 1); }, {}, sample),
      "[map_loss] the map gave (4, 2) for points (4, 1); a mean velocity has the shape of its points");
  CHECK_THROWS_WITH(map_loss(gaussian_map(), {}, MapSample{}), "[map_loss] the sample has no rows");
  CHECK_THROWS_WITH(map_residual(gaussian_map(), {}, MapSample{}),
                    "[map_loss] the sample has no rows off the diagonal");
  CHECK_THROWS_WITH(map_loss(gaussian_map(), {.weight_power = 1, .weight_floor = 0}, sample),
                    "[map_loss] the weight is 1 / (e + 0)^1; both numbers must be above 0");
  CHECK_THROWS_WITH(
      map_residual(gaussian_map(), {.condition = MapCondition::alpha_flow, .alpha = 2}, sample),
      "[map_loss] alpha is 2; it must be from 0 to 1");
  PathSample without;
  without.t = sample.start.t;
  without.xt = without.dxt = sample.start.xt;
  CHECK_THROWS_WITH(divide(without, cond_ot(), 0.5, {}, {}, 0),
                    "[map_loss] the sample has no endpoints, from which its paths could be "
                    "followed; draw it by a Batch");
}

}  // namespace pushforward::inline PF_REAL
