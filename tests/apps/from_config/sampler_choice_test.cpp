// Tests the sampler options that follow from /sampler and the command line: methods, steps, grids,
// the first and last time, the scale of the source, and the last step.
#include "apps/from_config/sampler_choice.h"

#include <cmath>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "flow/path/time_grid.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

Config moons_sampler_config(const std::vector<std::string>& overrides) {
  return parse_config(R"({"data": {"type": "moons"}})", "moons.json", overrides);
}

SamplerOptions options(const std::vector<std::string>& overrides,
                       const SolverRequest& request = {}) {
  const Config config = moons_sampler_config(overrides);
  return sampler_options(config, request, make_parameterization(config));
}

SolverRequest solver(const char* name) {
  SolverRequest request;
  request.solver = name;
  return request;
}

// Returns the message of a usage error.
std::string refusal(const std::vector<std::string>& overrides, const SolverRequest& request) {
  try {
    options(overrides, request);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("the default is dopri5 with adaptive steps from t = 0 to 1") {
  const SamplerOptions o = options({});
  CHECK(o.method == SamplingMethod::ode);
  CHECK(o.solver.tableau->name == std::string("dopri5"));
  CHECK(o.solver.adapts());
  CHECK(o.solver.rtol == 1e-5);
  CHECK(o.grid.empty());
  CHECK(o.begin == 0);
  CHECK(o.end == 1);
  CHECK(o.source_scale == 1);
  CHECK_FALSE(o.denoise_last);
}

TEST_CASE("every method of the engine can be selected by its name") {
  struct Case {
    const char* name;
    SamplingMethod method;
    int usual_steps;
  };
  for (const auto& [name, method, steps] :
       {Case{"euler", SamplingMethod::ode, 100}, Case{"dpm_solver", SamplingMethod::dpm_solver, 20},
        Case{"edm_heun", SamplingMethod::edm_heun, 18},
        Case{"euler_maruyama", SamplingMethod::euler_maruyama, 250},
        Case{"stochastic_heun", SamplingMethod::stochastic_heun, 250}}) {
    CAPTURE(name);
    for (const SamplerOptions& o :
         {options({std::string("sampler.type=") + name}), options({}, solver(name))}) {
      CHECK(o.method == method);
      CHECK_FALSE(o.solver.adapts());
      CHECK(o.grid.size() == static_cast<std::size_t>(steps) + 1);
    }
  }
}

TEST_CASE("a solver from the command line has its own defaults, the config's keeps the config's") {
  const std::vector<std::string> rk4{"sampler.type=rk4", "sampler.steps=8",
                                     "sampler.grid.type=cosine"};
  CHECK(options(rk4).grid == cosine_grid(8));
  CHECK(options(rk4, solver("rk4")).grid == cosine_grid(8));
  CHECK(options(rk4, solver("euler")).grid == time_grid(100));
  CHECK(options(rk4, solver("dopri5")).solver.adapts());
  SolverRequest fixed = solver("dopri5");
  fixed.steps = 5;
  CHECK_FALSE(options(rk4, fixed).solver.adapts());
  CHECK(options(rk4, fixed).grid == time_grid(5));
  SolverRequest more;
  more.steps = 20;
  CHECK(options(rk4, more).grid == cosine_grid(20));

  const std::vector<std::string> tight{"sampler.rtol=1e-8", "sampler.atol=1e-9",
                                       "sampler.max_steps=77", "precision=float64"};
  CHECK(options(tight).solver.rtol == 1e-8);
  CHECK(options(tight).solver.atol == 1e-9);
  CHECK(options(tight).solver.max_steps == 77);
  CHECK(options(tight, solver("tsit5")).solver.rtol == 1e-5);
  SolverRequest loose;
  loose.rtol = 0.01;
  CHECK(options(tight, loose).solver.rtol == 0.01);
  CHECK(options(tight, loose).solver.atol == 1e-9);
  // A tolerance makes steps adaptive, even if the config requests fixed steps.
  CHECK_FALSE(options({"sampler.steps=9"}).solver.adapts());
  CHECK(options({"sampler.steps=9"}, loose).solver.adapts());
}

TEST_CASE("the time grids of the config are those of the engine") {
  const auto grid = [](const std::string& section) {
    return options({"sampler.type=euler", "sampler.steps=6", "sampler.grid=" + section}).grid;
  };
  CHECK(grid(R"({"type": "auto"})") == time_grid(6));
  CHECK(grid(R"({"type": "uniform"})") == time_grid(6));
  CHECK(grid(R"({"type": "power", "power": 3})") == power_grid(6, 3));
  CHECK(grid(R"({"type": "cosine"})") == cosine_grid(6));
  CHECK(grid(R"({"type": "log_snr", "sigma_min": 0.1, "sigma_max": 5})") ==
        log_snr_grid(cond_ot(), 6, 0, 1, {5, 0.1}));
  CHECK(grid(R"({"type": "edm", "sigma_min": 0.1, "sigma_max": 5, "rho": 4})") ==
        edm_grid(cond_ot(), 6, 0, 1, {5, 0.1, 4}));
  CHECK(grid(R"({"type": "list", "times": [0, 0.5, 0.75, 1]})") ==
        std::vector<double>{0, 0.5, 0.75, 1});
  CHECK(options({"sampler.type=edm_heun", "sampler.steps=6"}).grid == edm_grid(cond_ot(), 6));
  CHECK(options({"sampler.type=edm_heun", "sampler.grid.type=uniform", "sampler.steps=6"}).grid ==
        time_grid(6));
}

TEST_CASE("begin and end are those of the config, or of a list of times") {
  const SamplerOptions o =
      options({"sampler.type=heun", "sampler.steps=4", "sampler.begin=0.2", "sampler.end=0.6"});
  CHECK(o.grid == time_grid(4, 0.2, 0.6));
  CHECK(o.begin == 0.2);
  CHECK(o.end == 0.6);
  // A flow that begins after t = 0 starts from alpha x1 + sigma x0 at its first time.
  CHECK(o.starts_on_path);
  CHECK(o.source_scale == 1);
  const SamplerOptions list = options(
      {"sampler.type=heun", R"(sampler.grid={"type": "list", "times": [0.25, 0.5, 0.75]})"});
  CHECK(list.begin == 0.25);
  CHECK(list.end == 0.75);
  CHECK(list.starts_on_path);
  CHECK(list.source_scale == 1);
}

TEST_CASE("tolerances that are too small for the precision are refused") {
  CHECK(refusal({"sampler.rtol=1e-8", "sampler.atol=1e-9"}, {}) ==
        "[sample] the tolerances rtol 1e-08 and atol 1e-09 are below what float32 holds, about "
        "1.2e-07 of a number; raise one of them to 1e-6, or train the run with /precision "
        "\"float64\"");
  CHECK(refusal({"sampler.rtol=1e-9", "sampler.atol=1e-6"}, {}) == "none");
  CHECK(refusal({"sampler.rtol=1e-9", "sampler.atol=1e-9"}, solver("rk4")) == "none");
  const Config config = moons_sampler_config({"sampler.rtol=1e-9", "sampler.atol=1e-9"});
  CHECK_THROWS_AS(check_tolerances_hold(config), Failure);
  CHECK_NOTHROW(check_tolerances_hold(
      moons_sampler_config({"sampler.rtol=1e-9", "sampler.atol=1e-9", "sampler.steps=8"})));
}

TEST_CASE("a flow starts from the source only if its path begins with noise alone") {
  const auto starts = [](const std::vector<std::string>& overrides) {
    const SamplerOptions o = options(overrides);
    if (!o.starts_on_path) CHECK(o.source_scale == o.parameterization.scheduler(o.begin).sigma);
    return o.starts_on_path;
  };
  CHECK_FALSE(starts({}));
  CHECK(starts({"sampler.begin=1e-6"}));
  CHECK_FALSE(starts({"prediction=noise"}));  // begins at 0.001
  CHECK(starts({"prediction=noise", R"(path={"type": "polynomial", "power": 0.25})"}));
  CHECK_FALSE(starts({"path.type=vp", "prediction=noise"}));
  CHECK_FALSE(starts({"path.type=ve", "path.sigma_max=5"}));
  // The noise levels of EDM begin at sigma_max = 80. At this level the data is negligible, so the
  // flow starts from the source.
  CHECK_FALSE(starts({"sampler.type=edm_heun"}));
  CHECK(starts({"sampler.type=edm_heun", R"(sampler.grid={"type": "edm", "sigma_max": 2})"}));
  CHECK_FALSE(starts({R"(sampler.path.type=ve)"}));
}

TEST_CASE("solvers that evaluate at t = 1 stop before it for the exact field of a finite set") {
  const Config config = moons_sampler_config({});
  const auto end = [&](const char* name, bool points) {
    FieldTimeRange range;
    range.ends_in_points = points;
    const SamplerOptions o =
        sampler_options(config, solver(name), make_parameterization(config), range);
    CHECK(o.denoise_last == (o.end < 1));
    return o.end;
  };
  for (const char* name : {"dopri5", "tsit5", "bosh3", "heun", "rk4", "rk4_38"}) {
    CAPTURE(name);
    CHECK(end(name, false) == 1);
    CHECK(std::abs(1 - end(name, true) - 1e-5) < 1e-7);
  }
  for (const char* name : {"euler", "midpoint", "ralston", "heun3", "euler_maruyama", "dpm_solver"})
    CHECK(end(name, true) == 1);
}

TEST_CASE("a flow begins after, or ends before, a time at which the prediction has no velocity") {
  const double margin = 1e-3;
  struct Case {
    std::vector<std::string> overrides;
    double begin, end;
    bool denoised;
  };
  const std::vector<Case> cases{
      {{"prediction=velocity"}, 0, 1, false},
      {{"prediction=data"}, 0, 1 - margin, true},
      {{"prediction=noise"}, margin, 1, false},
      {{"path.type=linear_vp"}, 0, 1 - 1e-5, true},  // the limit of float32
      {{"path.type=linear_vp", "precision=float64"}, 0, TimeMargin{}.end_of(linear_vp()), true},
      {{"path.type=vp", "prediction=noise"}, 0, TimeMargin{.min_left = 1e-5}.end_of(vp()), true},
      {{"prediction=data", "sampler.type=dpm_solver"}, 0, 1, false},
      {{"prediction=noise", "sampler.type=dpm_solver"}, margin, 1, false},
      {{"path.type=vp", "prediction=noise", "sampler.type=euler_maruyama"}, 0, 1, false},
      {{"path.type=ve"}, 0, 1, true},
      {{"path.type=edm", "prediction=edm"}, 0, 1, true},
      {{"path.type=edm", "prediction=edm", "sampler.end=0.9"}, 0, 0.9, false},
      {{"prediction=data", "sampler.end=0.9"}, 0, 0.9, false},
      {{"prediction=data", "sampler.denoise=no"}, 0, 1 - margin, false},
      {{"path.type=ve", "sampler.denoise=no"}, 0, 1, false},
      {{"sampler.denoise=yes", "sampler.end=0.9"}, 0, 0.9, true}};
  for (const Case& c : cases) {
    CAPTURE(c.overrides);
    const SamplerOptions o = options(c.overrides);
    CHECK(o.begin == c.begin);
    CHECK(o.end == c.end);
    CHECK(o.denoise_last == c.denoised);
    if (!o.solver.adapts()) {
      CHECK(o.grid.front() == c.begin);
      CHECK(o.grid.back() == c.end);
    }
  }
}

TEST_CASE("a field that is finite on the whole path is followed to both ends") {
  const Config config = moons_sampler_config({"path.type=linear_vp"});
  CHECK(sampler_options(config, {}, make_parameterization(config), {{}, true}).end == 1);
  const SamplerOptions part =
      sampler_options(config, {}, make_parameterization(config), {{0.25, 0.75}, true});
  CHECK(part.begin == 0.25);
  CHECK(part.end == 0.75);
  // An SDE solver can also reach the end.
  CHECK(sampler_options(config, solver("euler_maruyama"), make_parameterization(config), {{}, true})
            .end == 1);
}

TEST_CASE(
    "the learned velocity is the exact field if the coupling is independent and without noise") {
  const auto learns = [](const std::vector<std::string>& overrides, const RunRequest& run = {}) {
    return learns_exact_field(moons_sampler_config(overrides), run);
  };
  CHECK(learns({}));
  CHECK(learns({"model.label.type=embedding"}));
  CHECK_FALSE(learns({"model.label.type=embedding", "loss.label_dropout=0"}));
  CHECK_FALSE(learns({"coupling.type=ot"}));
  CHECK_FALSE(learns({"path.noise.type=sine"}));
  RunRequest run;
  run.exact = true;
  CHECK_FALSE(learns({}, run));
  run.exact = false;
  run.label = 1;
  CHECK_FALSE(learns({"model.label.type=embedding"}, run));
}

TEST_CASE("a flow begins with the noise level of its path") {
  CHECK(options({"path.type=ve", "path.sigma_max=9"}).source_scale == Approx(9));
  CHECK(options({"path.type=edm", "prediction=edm"}).source_scale == Approx(80));
  CHECK(options({"prediction=noise"}).source_scale == Approx(0.999));
  // A grid may begin at a lower noise level than the path. The data is then not negligible at the
  // grid's first time.
  const SamplerOptions o = options({"path.type=edm", "prediction=edm", "sampler.type=edm_heun",
                                    R"(sampler.grid={"type": "edm", "sigma_max": 5})"});
  CHECK(o.parameterization.scheduler(o.begin).sigma == Approx(5));
  CHECK(o.starts_on_path);
}

TEST_CASE("diffusion is that of the config for SDE samplers, otherwise the default") {
  const SamplerOptions o =
      options({"sampler.type=euler_maruyama", R"(sampler.diffusion={"type": "bump", "scale": 3})"});
  CHECK(o.diffusion.shape == DiffusionShape::bump);
  CHECK(o.diffusion.scale == 3);
  const SamplerOptions other = options({}, solver("euler_maruyama"));
  CHECK(other.diffusion.shape == DiffusionShape::sigma);
  CHECK(other.diffusion.scale == 1);
}

TEST_CASE("requests that cannot be fulfilled are refused with a cure") {
  CHECK(refusal({}, solver("dopri6")) ==
        "[sample] there is no solver \"dopri6\"; did you mean \"dopri5\"? choose one of: "
        "euler midpoint heun ralston heun3 rk4 rk4_38 bosh3 dopri5 "
        "tsit5 dpm_solver edm_heun euler_maruyama stochastic_heun jumps bridge_sde");
  CHECK_THAT(refusal({}, solver("ode")), Contains("there is no solver \"ode\"; choose one of"));
  SolverRequest tolerant = solver("rk4");
  tolerant.rtol = 0.1;
  CHECK(refusal({}, tolerant) ==
        "[sample] --rtol and --atol need a solver with an error estimate, "
        "but rk4 has none; use --steps, or --solver dopri5");
  tolerant.solver = "dpm_solver";
  CHECK_THAT(refusal({}, tolerant), Contains("but dpm_solver has none"));
  SolverRequest both;
  both.atol = 0.1;
  both.steps = 10;
  CHECK(refusal({}, both) ==
        "[sample] --steps asks for fixed steps and --rtol "
        "or --atol for adaptive ones; give one of them");
  const std::vector<std::string> listed{"sampler.type=euler",
                                        R"(sampler.grid={"type": "list", "times": [0, 0.5, 1]})"};
  SolverRequest steps;
  steps.steps = 9;
  CHECK(refusal(listed, steps) ==
        "[sample] --steps has no effect, since /sampler/grid of this run is a list of times; "
        "leave it out, or give another --solver, which takes even steps");
  steps.solver = "heun";
  CHECK(refusal(listed, steps) == "none");
  // The rules for /sampler apply to --solver too.
  for (const char* name : {"dpm_solver", "edm_heun", "euler_maruyama", "stochastic_heun"}) {
    CAPTURE(name);
    CHECK(refusal({"path.noise.type=brownian"}, solver(name)) ==
          std::string("[sample] ") + name +
              " needs E[x0 | xt], which is unknown on this run's path with noise (brownian); "
              "give --solver dopri5 or another ODE solver");
  }
  CHECK(refusal({"path.noise.type=brownian"}, solver("heun")) == "none");
  for (const char* name : {"euler_maruyama", "stochastic_heun"}) {
    CAPTURE(name);
    CHECK_THAT(refusal({"source.type=uniform"}, solver(name)),
               Contains("the source is standard normal, but it is {\"type\":\"uniform\",") &&
                   Contains("; give --solver dopri5"));
    CHECK_THAT(refusal({"source.std=2"}, solver(name)), Contains("the source is standard normal"));
    CHECK(refusal({}, solver(name)) == "none");
  }
  CHECK(refusal({"source.type=uniform"}, solver("dpm_solver")) == "none");
}

TEST_CASE("guidance is that of the config, with the scale of the command line") {
  const Config config =
      moons_sampler_config({"model.label.type=embedding", "sampler.guidance.scale=2",
                            "sampler.guidance.from=0.25", "sampler.guidance.to=0.75"});
  CHECK(make_guidance(config, {}).scale == 2);
  CHECK(make_guidance(config, {}).low == 0.25);
  CHECK(make_guidance(config, {}).high == 0.75);
  RunRequest request;
  request.guidance = -1;
  CHECK(make_guidance(config, request).scale == -1);
  const Config always =
      moons_sampler_config({"model.label.type=embedding", "loss.label_dropout=0"});
  CHECK(make_guidance(always, {}).scale == 0);
  CHECK_THROWS_WITH(
      make_guidance(always, request),
      "[guidance] a scale of -1 needs a network that was also trained without labels, "
      "but this run's /loss/label_dropout is 0; train with 0.1, or give --guidance 0");
}
