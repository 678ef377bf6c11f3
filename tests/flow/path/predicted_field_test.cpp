// Compares fields that are converted on the tape with the scalar formulas and with exact
// velocities. Tests their gradients too.
#include "flow/path/predicted_field.h"

#include <cmath>
#include <vector>

#include "autograd/sweep.h"
#include "tests/flow/fields.h"
#include "tests/flow/schedulers.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kPredictedFieldEps = kDouble ? 1e-12 : 2e-5;

const std::vector<real> kPredictedFieldPoints{real(0.5), -1, 2, real(0.25), real(-0.75), real(1.5)};
// The second and the third row have the same time.
const std::vector<real> kPredictedFieldTimes{real(0.25), real(0.75), real(0.75)};

std::vector<double> doubles(Var v) { return {v.values().begin(), v.values().end()}; }

// Calls u at the three points with the labels 4, -1 and 5.
Var call(const Field& u, Tape& tape) {
  static const int labels[] = {4, -1, 5};
  return u(tape.input({3, 2}, kPredictedFieldPoints), tape.input({3, 1}, kPredictedFieldTimes),
           labels);
}

// Returns the field x^2 + label. It is not affine, and its values show whether labels were used.
Field squares() {
  return [](Var x, Var, Labels labels) {
    REQUIRE(labels.size() == 3);
    std::span<real> added;
    const Var v = x.tape->uninitialised(x.shape(), added);
    for (int i = 0; i < 6; ++i) added[i] = static_cast<real>(labels[i / 2]);
    return square(x) + v;
  };
}

}  // namespace

TEST_CASE("converted: each row follows the scalar formula, and gradients pass through") {
  const int labels[] = {4, -1, 5};
  for (const auto& [name, scheduler] : every_scheduler()) {
    for (Prediction from : kPredictions) {
      for (Prediction to : kPredictions) {
        INFO(name << ", " << name_of(from) << " to " << name_of(to));
        const Parameterization parameterization{from, scheduler, 0.8};
        Tape tape;
        const Var x = tape.input({3, 2}, kPredictedFieldPoints);
        const Var y = converted(squares(), parameterization, to)(
            x, tape.input({3, 1}, kPredictedFieldTimes), labels);
        const Var g = grad(sum(y), x);
        bool close = true;
        for (int i = 0; i < 6; ++i) {
          const double at = double(kPredictedFieldPoints[i]);
          const Conversion k =
              conversion(from, to, scheduler(double(kPredictedFieldTimes[i / 2])), 0.8);
          const auto agree = [&](real got, double first, double second) {
            close &= std::abs(double(got) - first - second) <=
                     kPredictedFieldEps * (1e-3 + std::abs(first) + std::abs(second));
          };
          agree(y.values()[i], k.a * at, k.b * (at * at + labels[i / 2]));
          agree(g.values()[i], k.a, k.b * 2 * at);
        }
        CHECK(close);
      }
    }
  }
}

TEST_CASE("converted: a parameter's gradient has the factor with which the model's output enters") {
  const RandomField net(2, 3);
  const Parameterization parameterization{Prediction::data, cosine(), 0.5};
  Tape tape;
  const Var x = tape.input({3, 2}, kPredictedFieldPoints),
            t = tape.input({3, 1}, kPredictedFieldTimes);
  const Var y = converted(std::cref(net), parameterization, Prediction::velocity)(x, t);
  const Var through = grad(sum(y), tape.parameter(3));
  std::vector<real> b;
  for (real time : kPredictedFieldTimes) {
    const Conversion k = conversion(Prediction::data, Prediction::velocity, cosine()(double(time)));
    b.insert(b.end(), 2, static_cast<real>(k.b));
  }
  const Var weighted = sum(net(x, t) * tape.input({3, 2}, b));
  const Var direct = grad(weighted, tape.parameter(3));
  for (int j = 0; j < 2; ++j)
    CHECK(double(through.values()[j]) ==
          Approx(double(direct.values()[j])).epsilon(10 * kPredictedFieldEps));
}

TEST_CASE("converted: the model itself if it already has the wanted prediction") {
  Tape tape;
  const LineId before = tape.size();
  const Var y =
      call(converted([](Var x, Var) { return x; }, Parameterization{}, Prediction::velocity), tape);
  CHECK(tape.size() == before + 2);  // only the two inputs were recorded
  CHECK(doubles(y) ==
        std::vector<double>(kPredictedFieldPoints.begin(), kPredictedFieldPoints.end()));
}

TEST_CASE("converted: an end without a limit is refused, one with a limit gives the limit") {
  Tape tape;
  const Var x = tape.input({2, 1}, {real(0.5), 2}), t = tape.input({2, 1}, {real(0.5), 1});
  const Field ones = [](Var at, Var) { return at.tape->full(at.shape(), 1); };
  CHECK_THROWS_WITH(
      converted(ones, {Prediction::data}, Prediction::velocity)(x, t),
      "[prediction] velocity from data has no finite limit where alpha is 1 and sigma 0; "
      "begin after t = 0 or end before t = 1");
  // The field predicts the noise x0 = 1. At t = 1/2, x = 0.5 then gives x1 = 0 and the velocity u =
  // x1 - x0 = -1. At t = 1, x = 2 gives x1 = 2 and u = 1.
  CHECK(doubles(converted(ones, {Prediction::noise}, Prediction::velocity)(x, t)) ==
        std::vector<double>{-1, 1});
}

TEST_CASE("edm_inputs: the network gets scaled points and the noise level") {
  Tape tape;
  const auto y = doubles(call(edm_inputs(
                                  [](Var x, Var t, Labels labels) {
                                    CHECK(labels.size() == 3);
                                    CHECK(t.shape() == Shape({3, 1}));
                                    return x + broadcast_cols(10 * t, 2);
                                  },
                                  vp(), 0.5),
                              tape));
  for (int i = 0; i < 6; ++i) {
    const EdmInputs in = edm_scaling(vp()(double(kPredictedFieldTimes[i / 2])), 0.5);
    CHECK(y[i] == Approx(double(kPredictedFieldPoints[i]) * in.scale + 10 * in.noise)
                      .epsilon(kPredictedFieldEps * 10));
  }
}

TEST_CASE("rescheduled: an exact velocity becomes the exact velocity on the other path") {
  const GaussianColumn distribution{2, 0.5};
  const auto exact = [&](const Scheduler& s) {
    return elementwise(
        [distribution, s](double x, double t) { return distribution.velocity(s(t), x); });
  };
  for (const auto& [from_name, from] : every_scheduler()) {
    for (const auto& [to_name, to] : every_scheduler()) {
      INFO(from_name << " to " << to_name);
      const double low = from(0).alpha / from(0).sigma, high = from(1).alpha / from(1).sigma;
      const Field moved = rescheduled(exact(from), from, to), wanted = exact(to);
      double worst = 0;
      int met = 0;
      for (int k = 1; k < 100; ++k) {
        const double r = double(real(k / 100.)), ratio = to(r).alpha / to(r).sigma;
        if (ratio <= low || ratio >= high) continue;
        const double scale = change_schedule(from, to, r).scale;
        Tape tape;
        std::vector<real> points;
        for (double x : {-1.5, 0.5, 3.}) points.push_back(static_cast<real>(x * scale));
        const Var x = tape.input({1, 3}, points), t = tape.input({1, 1}, {static_cast<real>(r)});
        const auto got = doubles(moved(x, t)), all = doubles(wanted(x, t));
        // `moved` is a sum of two terms, and its rounding error is relative to the sizes of these
        // terms.
        const ScheduleChange c = change_schedule(from, to, r);
        for (int i = 0; i < 3; ++i) {
          const double size =
              1 + std::abs(all[i]) + std::abs(c.dscale / c.scale * double(points[i])) * 2;
          worst = std::max(worst, std::abs(got[i] - all[i]) / size);
          ++met;
        }
      }
      CHECK(met > 60);
      // In float, the time on the path `from` is rounded. This has a large effect where the
      // velocity on this path changes quickly.
      CHECK(worst < (kDouble ? 1e-12 : 5e-4));
    }
  }
}

TEST_CASE("rescheduled: ends, labels and gradients are right") {
  const GaussianColumn distribution{2, 0.5};
  const Field moved = rescheduled(elementwise([distribution](double x, double t) {
                                    return distribution.velocity(cond_ot()(t), x);
                                  }),
                                  cond_ot(), cosine());
  Tape tape;
  const Var x = tape.input({2, 1}, {real(0.5), real(0.5)}), t = tape.input({2, 1}, {0, 1});
  const auto u = doubles(moved(x, t));
  for (int i = 0; i < 2; ++i)
    CHECK(u[i] == Approx(distribution.velocity(cosine()(i), 0.5)).epsilon(kPredictedFieldEps));

  const Scheduler to = linear_vp();
  const Var points = tape.input({3, 2}, kPredictedFieldPoints);
  const int labels[] = {4, -1, 5};
  const Var y = rescheduled(squares(), cond_ot(), to)(
      points, tape.input({3, 1}, kPredictedFieldTimes), labels);
  const Var g = grad(sum(y), points);
  for (int i = 0; i < 6; ++i) {
    const ScheduleChange c = change_schedule(cond_ot(), to, double(kPredictedFieldTimes[i / 2]));
    const double at = double(kPredictedFieldPoints[i]) / c.scale;
    CHECK(double(y.values()[i]) ==
          Approx(c.dscale * at + c.scale * c.dt * (at * at + labels[i / 2]))
              .epsilon(10 * kPredictedFieldEps));
    CHECK(double(g.values()[i]) ==
          Approx(c.dscale / c.scale + c.dt * 2 * at).epsilon(10 * kPredictedFieldEps));
  }
}

}  // namespace pushforward::inline PF_REAL
