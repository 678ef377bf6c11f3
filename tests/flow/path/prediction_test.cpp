// Tests predictions: conversions against hand-computed cases, round trips on every path, and
// conversions at the ends of paths.
#include "flow/path/prediction.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/flow/schedulers.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

using Prediction::data, Prediction::noise, Prediction::score, Prediction::velocity;
constexpr Prediction kEdm = Prediction::edm;  // `edm` is also a scheduler

constexpr double kX0 = 0.7, kX1 = -1.3;

double on_path(const Coefficients& c) { return c.sigma * kX0 + c.alpha * kX1; }

double value(Prediction prediction, const Coefficients& c) {
  const PredictionMix m = prediction_mix(prediction, c);
  return (m.p * kX0 + m.q * kX1) / m.over;
}

// The result of a conversion, and the size of the terms that were added.
struct Converted {
  double value, size;
};
Converted convert(Prediction from, Prediction to, const Coefficients& c, double x, double v) {
  const Conversion k = conversion(from, to, c);
  return {k.a * x + k.b * v, std::abs(k.a * x) + std::abs(k.b * v)};
}

bool fails(Prediction from, Prediction to, const Coefficients& c) {
  try {
    conversion(from, to, c);
    return false;
  } catch (const std::invalid_argument& e) {
    CHECK(std::string(e.what()).find(" has no finite limit where alpha is ") != std::string::npos);
    return true;
  }
}

}  // namespace

TEST_CASE("prediction: conversions have independently computed values") {
  struct Case {
    Scheduler scheduler;
    double xt, velocity, score;
  };
  for (const Case& k : {Case{vp(), 0.5878468383, -0.8043181923, -0.7025037439},
                        Case{linear_vp(), 0.277757441, -1.520139816, -0.7337993857}}) {
    INFO(k.scheduler.name);
    const Coefficients c = k.scheduler(0.3);
    CHECK(std::abs(on_path(c) - k.xt) < 1e-9);
    CHECK(std::abs(value(velocity, c) - k.velocity) < 1e-9);
    CHECK(std::abs(value(score, c) - k.score) < 1e-9);
    for (const auto& [from, v] : {std::pair(velocity, k.velocity), std::pair(score, k.score)}) {
      CHECK(convert(from, data, c, k.xt, v).value == Approx(kX1).epsilon(1e-8));
      CHECK(convert(from, noise, c, k.xt, v).value == Approx(kX0).epsilon(1e-8));
    }
  }
  for (const auto& [s, x1, x0, sc] :
       {std::tuple(cond_ot(), 0.8, 1.6, -3.2),
        std::tuple(cosine(), 0.488401611, 1.208654664, -1.709295818)}) {
    INFO(s.name);
    const Coefficients c = s(0.5);
    CHECK(std::abs(convert(velocity, data, c, 1.2, -0.8).value - x1) < 1e-9);
    CHECK(std::abs(convert(velocity, noise, c, 1.2, -0.8).value - x0) < 1e-9);
    CHECK(std::abs(convert(velocity, score, c, 1.2, -0.8).value - sc) < 1e-9);
  }
}

TEST_CASE("prediction: names are listed in order") {
  std::string names;
  for (Prediction p : kPredictions) names += std::string(name_of(p)) + " ";
  CHECK(names == "velocity data noise score edm ");
}

TEST_CASE("prediction: EDM's preconditioning has the published formula") {
  // Karras et al. 2022, table 1: x1 = c_skip x + c_out F(c_in x). Here sigma = 1 and sigma_data =
  // 0.5.
  const Coefficients c{1, 1, 0, -1};
  CHECK(std::abs(conversion(kEdm, data, c, 0.5).a - 0.2) < 1e-9);
  CHECK(std::abs(conversion(kEdm, data, c, 0.5).b - 0.4472135955) < 1e-9);
  CHECK(std::abs(edm_scaling(c, 0.5).scale - 0.894427191) < 1e-9);
  CHECK(edm_scaling(c, 0.5).noise == 0);
  // On any path, the formulas of EDM hold for the noise level s = sigma / alpha and the point x /
  // alpha.
  for (const NamedScheduler& named : every_scheduler()) {
    const std::string& name = named.name;
    const Scheduler& scheduler = named.scheduler;
    INFO(name);
    for (double t : {0.1, 0.5, 0.9}) {
      const Coefficients at = scheduler(t);
      const double sd = 0.8, s = at.sigma / at.alpha, root = std::sqrt(s * s + sd * sd);
      const Conversion k = conversion(kEdm, data, at, sd);
      CHECK(k.a * at.alpha == Approx(sd * sd / (root * root)).epsilon(1e-12));
      CHECK(k.b == Approx(s * sd / root).epsilon(1e-12));
      CHECK(edm_scaling(at, sd).scale * at.alpha == Approx(1 / root).epsilon(1e-12));
      CHECK(edm_scaling(at, sd).noise == Approx(std::log(s) / 4).epsilon(1e-12).margin(1e-12));
      const PredictionMix m = prediction_mix(kEdm, at, sd);
      CHECK(m.p * m.p + m.q * m.q * sd * sd == Approx(1).epsilon(1e-12));
    }
  }
  CHECK(edm_scaling(cond_ot()(0), 0.5).noise == 3);
  CHECK(edm_scaling(cond_ot()(1), 0.5).noise == -3);
  CHECK(edm_scaling(cond_ot()(0), 0.5).scale == 1);
  CHECK(edm_scaling(cond_ot()(1), 0.5).scale == 2);
}

TEST_CASE("prediction: each converts to each and back, at 1,001 times of every path") {
  for (const NamedScheduler& named : every_scheduler()) {
    const std::string& name = named.name;
    const Scheduler& scheduler = named.scheduler;
    for (Prediction from : kPredictions) {
      for (Prediction to : kPredictions) {
        INFO(name << ", " << name_of(from) << " to " << name_of(to));
        double worst = 0;
        int converted = 0;
        for (int k = 0; k <= 1000; ++k) {
          const Coefficients c = scheduler(k / 1000.);
          const double x = on_path(c), v = value(from, c);
          const bool end = k == 0 || k == 1000;
          // At an end, a prediction can be infinite, or a conversion can have no limit.
          if (end && (!std::isfinite(v) || !std::isfinite(value(to, c)) || fails(from, to, c)))
            continue;
          const Converted there = convert(from, to, c, x, v);
          worst = std::max(
              worst, std::abs(there.value - value(to, c)) / (there.size + std::abs(value(to, c))));
          if (end && fails(to, from, c)) continue;
          const Converted back = convert(to, from, c, x, there.value);
          worst = std::max(worst, std::abs(back.value - v) / (back.size + std::abs(v)));
          ++converted;
        }
        CHECK(converted >= 999);
        CHECK(worst < 1e-12);
      }
    }
  }
}

TEST_CASE("prediction: at the ends a conversion is the limit, or an error if there is none") {
  // On cond_ot the conversions listed below have no limit, because xt is x0 at t = 0 and x1 at t =
  // 1.
  for (double end : {0., 1.}) {
    std::string without;
    for (Prediction from : kPredictions) {
      for (Prediction to : kPredictions) {
        if (fails(from, to, cond_ot()(end)))
          without += std::string(name_of(from)) + " to " + name_of(to) + "\n";
      }
    }
    CAPTURE(end);
    CHECK(without == (end == 0 ? "noise to velocity\n"
                                 "noise to data\n"
                                 "noise to edm\n"
                                 "score to velocity\n"
                                 "score to data\n"
                                 "score to edm\n"
                               : "velocity to score\n"
                                 "data to velocity\n"
                                 "data to noise\n"
                                 "data to score\n"
                                 "data to edm\n"
                                 "noise to score\n"
                                 "edm to score\n"));
  }
  CHECK_THROWS_WITH(
      conversion(data, noise, cond_ot()(1)),
      "[prediction] noise from data has no finite limit where alpha is 1 and sigma 0; "
      "begin after t = 0 or end before t = 1");
  for (Prediction from : {velocity, noise, score, kEdm}) {
    CHECK(conversion(from, data, cond_ot()(1)).a == 1);
    CHECK(conversion(from, data, cond_ot()(1)).b == 0);
  }

  // On every path but polynomial(0.5), conversions near an end approach the limit at the end. If
  // there is no limit, their coefficients diverge.
  for (const NamedScheduler& named : every_scheduler()) {
    const std::string& name = named.name;
    const Scheduler& scheduler = named.scheduler;
    if (name == "polynomial(0.5)") continue;  // dalpha is infinite at t = 0, tested below
    for (double end : {0., 1.}) {
      for (Prediction from : kPredictions) {
        for (Prediction to : kPredictions) {
          const auto near = [&](double away) {
            return conversion(from, to, scheduler(end == 0 ? away : 1 - away));
          };
          INFO(name << " at " << end << ", " << name_of(from) << " to " << name_of(to));
          const auto size = [](Conversion k) { return std::max(std::abs(k.a), std::abs(k.b)); };
          if (fails(from, to, scheduler(end))) {
            CHECK(size(near(1e-8)) > 50 * size(near(1e-4)));
          } else {
            const Conversion limit = conversion(from, to, scheduler(end)), by = near(1e-10);
            CHECK(std::abs(limit.a - by.a) < 1e-4 * (1 + size(limit)));
            CHECK(std::abs(limit.b - by.b) < 1e-4 * (1 + size(limit)));
          }
        }
      }
    }
  }
  // On polynomial(0.5) the velocity is infinite at t = 0, so the data cannot be computed from it.
  CHECK(fails(velocity, data, polynomial(0.5)(0)));
  CHECK(fails(data, velocity, polynomial(0.5)(0)));
  CHECK(conversion(velocity, noise, polynomial(0.5)(0)).a == 1);
}

TEST_CASE(
    "prediction: exact predictions of Gaussian data convert to each other, also at the ends") {
  const GaussianColumn distribution{2, 0.5};
  CHECK(distribution.velocity(cond_ot()(0.4), 0.9) == Approx(1.875).epsilon(1e-9));
  CHECK(distribution.velocity(linear_vp()(0.4), 0.9) == Approx(1.965909091).epsilon(1e-9));
  CHECK(distribution.velocity(polynomial(2)(0.4), 0.9) == Approx(1.078651685).epsilon(1e-9));
  for (const NamedScheduler& named : every_scheduler()) {
    const std::string& name = named.name;
    const Scheduler& scheduler = named.scheduler;
    INFO(name);
    for (int k = 0; k <= 100; ++k) {
      const Coefficients c = scheduler(k / 100.);
      if (!std::isfinite(c.dalpha)) continue;
      const double x = 0.9, u = distribution.velocity(c, x),
                   s = -(x - c.alpha * distribution.m) / distribution.variance(c);  // s: the score
      INFO("t = " << k / 100.);
      CHECK(std::abs(c.dalpha * distribution.data(c, x) - c.sigma_dsigma * s - u) <
            1e-12 * (1 + std::abs(u)));
      const auto close = [&](Converted got, double wanted) {
        return std::abs(got.value - wanted) <= 1e-12 * (got.size + std::abs(wanted));
      };
      if (!fails(score, velocity, c)) CHECK(close(convert(score, velocity, c, x, s), u));
      if (!fails(velocity, score, c)) CHECK(close(convert(velocity, score, c, x, u), s));
      if (!fails(score, data, c))
        CHECK(close(convert(score, data, c, x, s), distribution.data(c, x)));
      CHECK(close(convert(score, noise, c, x, s), distribution.noise(c, x)));
      // At t = 1 the score determines the velocity. The velocity determines the score only if
      // dsigma is infinite.
      if (k == 100) CHECK(!fails(score, velocity, c));
      if (k == 100 && std::isinf(c.dsigma)) CHECK(!fails(velocity, score, c));
    }
  }
}

}  // namespace pushforward
