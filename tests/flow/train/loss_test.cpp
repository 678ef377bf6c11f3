// Tests predictions and weights. A network that is converted to velocity, data, noise, score or
// EDM's F has the same loss and gradient if the loss is weighted for one common quantity.
#include "flow/train/loss.h"

#include <cmath>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/path/predicted_field.h"
#include "flow/train/batch.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kLossEps = sizeof(real) == 8 ? 1e-10 : 2e-3;

// Returns a small network with three parameters.
Field network(const Tensor& w) {
  return [&w](Var x, Var t) {
    const Var weights = x.tape->parameter(0, w.shape(), w.data(), "w");
    const auto number = [&](int i) { return slice(weights, 1, i, 1); };
    const auto spread = [&](Var v) {
      return broadcast_cols(broadcast_rows(v, x.shape()[0]), x.shape()[1]);
    };
    return tanh(spread(number(0)) * x + spread(number(1)) * broadcast_cols(t, x.shape()[1])) +
           spread(number(2));
  };
}

struct Value {
  double loss;
  std::vector<double> gradient;
};

// Returns the loss of `model` and its gradient, for times that are not close to the ends.
Value value(const Field& model, const Parameterization& parameterization,
            const Weighting& weighting) {
  TimeDistribution middle = uniform_time();
  middle.quantile = [](double u) { return 0.1 + 0.8 * u; };
  Batch batch({.source = std::make_shared<GaussianSource>(2),
               .data = std::make_shared<Toy>("moons"),
               .scheduler = parameterization.scheduler,
               .time = middle},
              200, 5);
  Workers workers(1);
  batch.start(0, workers);
  Tape tape;
  const Var loss = prediction_loss(model, parameterization, weighting, batch.chunk(tape, 0, 200));
  const Var g = grad(loss, tape.parameter(0));
  Value v{double(loss.item()), {}};
  for (real x : g.values()) v.gradient.push_back(double(x));
  return v;
}

}  // namespace

TEST_CASE("weighted for one quantity, every prediction has the same loss and gradient") {
  const Tensor w({1, 3}, std::vector<real>{real(0.7), real(-0.4), real(0.2)});
  for (const Scheduler& scheduler : {cond_ot(), cosine(), linear_vp(), vp(), polynomial(2)}) {
    for (Prediction as : {Prediction::velocity, Prediction::data, Prediction::noise}) {
      CAPTURE(scheduler.name, name_of(as));
      // The network predicts the velocity. `converted` changes this to the other predictions.
      const Parameterization velocity{Prediction::velocity, scheduler};
      const Value expected = value(network(w), velocity, {.as = as});
      for (Prediction prediction : kPredictions) {
        CAPTURE(name_of(prediction));
        const Parameterization parameterization{prediction, scheduler};
        const Value got =
            value(converted(network(w), velocity, prediction), parameterization, {.as = as});
        CHECK(got.loss == Approx(expected.loss).epsilon(kLossEps));
        for (std::size_t i = 0; i < 3; ++i)
          CHECK(got.gradient[i] == Approx(expected.gradient[i]).epsilon(kLossEps).margin(kLossEps));
      }
    }
  }
}

TEST_CASE("without weights, predictions have different losses, and weights can be limited") {
  const Tensor w({1, 3}, std::vector<real>{real(0.7), real(-0.4), real(0.2)});
  const Parameterization velocity{Prediction::velocity, cond_ot()},
      data{Prediction::data, cond_ot()};
  CHECK(std::abs(value(network(w), velocity, {}).loss -
                 value(converted(network(w), velocity, Prediction::data), data, {}).loss) > 0.1);
  // u = (x1 - x) / (1 - t), so the prediction data weighted as velocity has the weight 1 / (1 -
  // t)^2.
  const Weighting open{.as = Prediction::velocity}, limited{Prediction::velocity, 9};
  CHECK(loss_weight(open, data, 0.75) == Approx(16));
  CHECK(loss_weight(limited, data, 0.75) == 9);
  CHECK(loss_weight(limited, data, 0.5) == Approx(4));
  CHECK(loss_weight({}, data, 0.9) == 1);
  // EDM weights the error of the data by (s^2 + sd^2) / (s sd)^2, where s = (1 - t) / t is the
  // noise level and sd the data's standard deviation.
  const double s = 0.25 / 0.75, sd = 0.5;
  CHECK(loss_weight({.as = Prediction::edm}, data, 0.75) ==
        Approx((s * s + sd * sd) / (s * sd * s * sd)));
}

TEST_CASE("the unweighted velocity loss is the CFM loss, with the same bits") {
  const Tensor w({1, 3}, std::vector<real>{real(0.7), real(-0.4), real(0.2)});
  Batch batch({std::make_shared<GaussianSource>(2), std::make_shared<Toy>("moons")}, 100, 5);
  Tape tape;
  const PathSample sample = batch.chunk(tape, 0, 100);
  CHECK(cfm_loss(network(w), sample).item() == prediction_loss(network(w), {}, {}, sample).item());
}

}  // namespace pushforward::inline PF_REAL
