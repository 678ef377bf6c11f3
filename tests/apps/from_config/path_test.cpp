// Tests that a config gives the right schedulers, noise, predictions, weights and time
// distributions: each alternative is compared with its formula.
#include "apps/from_config/path.h"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

Config moons_path_config(const std::vector<std::string>& overrides) {
  return parse_config(R"({"data": {"type": "moons"}})", "moons.json", overrides);
}

}  // namespace

TEST_CASE("each path of the config is the scheduler of that name, with the numbers of the config") {
  struct Case {
    const char* path;
    const char* name;
    std::function<double(double)> alpha, sigma;
  };
  const auto one = [](double) { return 1.; };
  const auto same = [](double t) { return t; };
  const auto area = [](double t) { return (1 - t) * (1 - t) * 4.5 / 2 + (1 - t) * 0.5; };
  const std::vector<Case> cases{
      {R"({"type": "cond_ot"})", "cond_ot", same, [](double t) { return 1 - t; }},
      {R"({"type": "cond_ot", "sigma_min": 0.25})", "cond_ot", same,
       [](double t) { return 1 - 0.75 * t; }},
      {R"({"type": "polynomial", "power": 3})", "polynomial", [](double t) { return t * t * t; },
       [](double t) { return 1 - t * t * t; }},
      {R"({"type": "cosine"})", "cosine", [](double t) { return std::sin(kPi * t / 2); },
       [](double t) { return std::cos(kPi * t / 2); }},
      {R"({"type": "linear_vp"})", "linear_vp", same,
       [](double t) { return std::sqrt(1 - t * t); }},
      {R"({"type": "vp", "beta_min": 0.5, "beta_max": 5})", "vp",
       [area](double t) { return std::exp(-area(t) / 2); },
       [area](double t) { return std::sqrt(1 - std::exp(-area(t))); }},
      {R"({"type": "ve", "sigma_min": 0.1, "sigma_max": 10})", "ve", one,
       [](double t) { return std::pow(10., 1 - 2 * t); }},
      {R"({"type": "edm", "sigma_min": 0.01, "sigma_max": 4, "rho": 2})", "edm", one,
       [](double t) { return std::pow(2 - 1.9 * t, 2); }},
      {R"({"type": "table", "points": [[0, 0, 2], [1, 1, 0.5]]})", "table", same,
       [](double t) { return 2 - 1.5 * t; }}};
  for (const Case& c : cases) {
    CAPTURE(c.path);
    const Scheduler scheduler = make_scheduler(moons_path_config({std::string("path=") + c.path}));
    CHECK(scheduler.name == std::string(c.name));
    for (double t : {0., 0.25, 0.5, 0.9, 1.}) {
      CAPTURE(t);
      CHECK(scheduler(t).alpha == Approx(c.alpha(t)).margin(1e-14));
      CHECK(scheduler(t).sigma == Approx(c.sigma(t)).margin(1e-14));
    }
  }
}

TEST_CASE("noise on the path has the shape and scale of the config, and there is none by default") {
  CHECK_FALSE(make_path_noise(moons_path_config({})));
  struct Case {
    const char* type;
    double at_quarter;
  };
  for (const auto& [type, gamma] : {Case{"constant", 1}, Case{"brownian", std::sqrt(3) / 4},
                                    Case{"quadratic", 3. / 16}, Case{"sine", 0.5}}) {
    CAPTURE(type);
    const std::string words = std::string("path.noise.type=") + type;
    CHECK(make_path_noise(moons_path_config({words, "path.noise.scale=2"}))(0.25).gamma ==
          Approx(2 * gamma));
    CHECK(make_path_noise(moons_path_config({words}))(0.25).gamma == Approx(0.1 * gamma));
    // The noise can be combined with any path.
    CHECK(make_path_noise(moons_path_config({words, "path.type=cosine"})).name ==
          std::string(type));
  }
}

TEST_CASE("predictions refer to the path of the config") {
  for (Prediction p : kPredictions) {
    const Config config = moons_path_config({std::string("prediction=") + name_of(p),
                                             "path.type=ve", "path.sigma_max=7", "sigma_data=1.5"});
    const Parameterization parameterization = make_parameterization(config);
    CHECK(parameterization.prediction == p);
    CHECK(parameterization.sigma_data == 1.5);
    CHECK(parameterization.scheduler.source_scale() == Approx(7));
  }
  CHECK(make_parameterization(moons_path_config({})).prediction == Prediction::velocity);
  CHECK(make_parameterization(moons_path_config({})).sigma_data == 0.5);
}

TEST_CASE("weights are 1 by default, can be those of each prediction, and can be limited") {
  const Weighting none = make_weighting(moons_path_config({}));
  CHECK_FALSE(none.as);
  CHECK(none.max_weight == std::numeric_limits<double>::infinity());
  for (Prediction p : kPredictions) {
    const Weighting w = make_weighting(
        moons_path_config({std::string("loss.weight=") + name_of(p), "loss.most=30"}));
    REQUIRE(w.as);
    CHECK(*w.as == p);
    CHECK(w.max_weight == 30);
  }
  // On the path cond_ot, x1 = xt + (1 - t) u. So the loss of the prediction "data" is (1 - t)^2
  // times that of "velocity".
  const Config as_data = moons_path_config({"loss.weight=data"});
  CHECK(loss_weight(make_weighting(as_data), make_parameterization(as_data), 0.25) ==
        Approx(0.5625));
}

TEST_CASE("each time distribution is the one of that name, with the numbers of the config") {
  struct Case {
    const char* distribution;
    double u, t;
  };
  const double z = 0.6744897501960817;  // the upper quartile of the standard normal
  const std::vector<Case> cases{
      {R"({"type": "logit_normal", "mean": 0.5, "std": 2})", 0.75,
       1 / (1 + std::exp(-0.5 - 2 * z))},
      {R"({"type": "logit_normal"})", 0.75, 1 / (1 + std::exp(-1 - 1.5 * z))},
      {R"({"type": "mode", "scale": 0.5})", 0.5, 0.5},
      {R"({"type": "mode", "scale": 1})", 0.25, 0.25 - (std::pow(std::sin(kPi / 8), 2) - 0.25)},
      {R"({"type": "cosmap"})", 0.5, 0.5},
      {R"({"type": "cosmap"})", 0.25, 1 - 1 / (std::tan(kPi / 8) + 1)},
      {R"({"type": "u_shaped"})", 0.25, 0.5 - std::asinh(0.5 * std::sinh(2.)) / 4},
      {R"({"type": "u_shaped", "sharpness": 1})", 0.75, 0.5 + std::asinh(0.5 * std::sinh(0.5))},
      {R"({"type": "beta", "a": 2, "b": 1})", 0.49, 0.7},
      {R"({"type": "beta"})", 0.5, std::pow(0.5, 1 / 1.5)},
      // With noise_level, a time t has sigma / alpha = (1 - t) / t = exp(z) for a normal z, so t =
      // 1 / (1 + exp(z)), which decreases with z.
      {R"({"type": "noise_level", "mean": 0.5, "std": 2})", 0.25, 1 / (1 + std::exp(0.5 + 2 * z))},
      {R"({"type": "noise_level"})", 0.25, 1 / (1 + std::exp(-1.2 + 1.2 * z))}};
  for (const Case& c : cases) {
    CAPTURE(c.distribution);
    const TimeDistribution distribution =
        make_time_distribution(moons_path_config({std::string("loss.time=") + c.distribution}));
    REQUIRE(distribution.quantile);
    CHECK(distribution.quantile(c.u) == Approx(c.t).epsilon(1e-12));
    CHECK_FALSE(distribution.stratified);
  }
  CHECK(make_time_distribution(moons_path_config({"loss.time.type=uniform"})).quantile(0.3) == 0.3);
  CHECK(make_time_distribution(moons_path_config({})).quantile(0.5) ==
        Approx(1 / (1 + std::exp(-1))).epsilon(1e-12));
  CHECK_FALSE(make_time_distribution(moons_path_config({})).stratified);
  const TimeDistribution stratified =
      make_time_distribution(moons_path_config({"loss.time.type=stratified"}));
  CHECK(stratified.stratified);
  CHECK(stratified.quantile(0.3) == 0.3);
}

TEST_CASE("the noise levels at which training draws times are those of its own path") {
  const TimeDistribution distribution = make_time_distribution(
      moons_path_config({"path.type=ve", "path.sigma_min=0.1", "path.sigma_max=10",
                         "loss.time.type=noise_level", "loss.time.mean=0"}));
  CHECK(distribution.quantile(0.5) == Approx(0.5));  // where sigma = 10^(1 - 2 t) is 1
}

TEST_CASE("a network gets labels if /model/label says so") {
  CHECK_FALSE(sees_labels(moons_path_config({})));
  CHECK(sees_labels(moons_path_config({"model.label.type=embedding"})));
}
