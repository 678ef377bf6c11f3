// Tests flows of continuous data with the program, as a user runs it: sampling by every kind of
// solver, densities and latents, exact fields with exact densities, and labels.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/program/plane.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns ln p of the mixture in Plane (plane.h).
double mixture_log_density(double x, double y) {
  const auto part = [&](double weight, double mx, double my, double std) {
    const double r2 = (x - mx) * (x - mx) + (y - my) * (y - my);
    return weight / (2 * std::acos(-1.) * std * std) * std::exp(-r2 / (2 * std * std));
  };
  return std::log(part(0.25, -1, 0, 0.4) + part(0.75, 1, 0.5, 0.6));
}

double furthest(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double maximum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) maximum = std::max(maximum, std::abs(a[k] - b[k]));
  return maximum;
}

bool finite(const NdArray& array) {
  return std::all_of(array.values.begin(), array.values.end(),
                     [](double v) { return std::isfinite(v); });
}

}  // namespace

TEST_CASE("every kind of run is sampled by every solver that is valid for it") {
  const Plane sandbox;
  struct Case {
    const char* overrides;
    std::vector<const char*> solvers;
  };
  const std::vector<const char*> ode{"euler --steps 5", "tsit5 --rtol 1e-3"},
      any{"heun --steps 4",     "dopri5 --rtol 1e-3",       "dpm_solver --steps 5",
          "edm_heun --steps 5", "euler_maruyama --steps 9", "stochastic_heun --steps 9"},
      tied{any.begin(), any.end() - 2};  // without independent noise the score is unknown
  const std::vector<Case> cases{
      {"coupling.type=ot", tied},
      {"coupling.type=sinkhorn coupling.reg=0.5 loss.time.type=logit_normal", tied},
      {"coupling.type=schroedinger_bridge coupling.sigma=0.1 path.noise.type=brownian", ode},
      {"prediction=noise path.type=vp", any},
      {"prediction=data loss.weight=velocity loss.most=100 path.type=cosine", any},
      {"prediction=score path.type=ve path.sigma_max=5", any},
      {"prediction=edm path.type=edm loss.time.type=noise_level "
       "loss.weight=data sampler.type=edm_heun sampler.steps=6",
       any},
      {"source.type=uniform path.type=polynomial", ode},
      {R"('path={"type":"table","points":[[0,0,1],[0.5,0.7,0.6],[1,1,0.1]]}')", any},
      {"prediction=noise sampler.path.type=cosine", any},
      {"prediction=data sampler.path.type=edm", any}};
  for (const Case& c : cases) {
    CAPTURE(c.overrides);
    sandbox.train("run", c.overrides);
    expect(sandbox("sample run -n 20 --out own.npy"), 0, {"own.npy"});
    CHECK(finite(sandbox.array("own.npy")));
    for (const std::string solver : c.solvers) {
      CAPTURE(solver);
      expect(sandbox("sample run -n 20 --out a.npy --solver " + solver), 0, {"a.npy"});
      CHECK(sandbox.array("a.npy").shape == std::vector<std::size_t>{20, 2});
      CHECK(finite(sandbox.array("a.npy")));
    }
  }
}

TEST_CASE("paired rows stay together in training") {
  const Plane sandbox;
  NdArray from{{50, 2}, {}, "<f8"}, to = from;
  for (int k = 0; k < 100; ++k) {
    from.values.push_back(std::sin(k));
    to.values.push_back(std::sin(k) + 1);
  }
  write_npy(sandbox.path("from.npy"), from);
  write_npy(sandbox.path("to.npy"), to);
  const std::string pairs =
      R"('source={"type":"data","of":{"type":"npy","path":"from.npy"}}' 'data={"type":"npy","path":"to.npy"}' )";
  sandbox.train(
      "run",
      pairs + "coupling.type=paired model.input.type=none train.steps=400 optimizer.lr=0.01");
  // All pairs have the difference (1, 1), so the velocity is (1, 1) everywhere.
  expect(sandbox("velocity run --points from.npy --t 0 --out u.npy"), 0, {});
  CHECK(furthest(sandbox.array("u.npy").values, std::vector<double>(100, 1)) < 0.1);
  expect(sandbox("decode run --points from.npy --out d.npy"), 0, {});
  CHECK(furthest(sandbox.array("d.npy").values, to.values) < 0.1);
}

TEST_CASE("transport and the noise of SDEs give the same bits on any number of threads") {
  const Plane sandbox;
  const std::string ot = "coupling.type=ot precision=float32 train.batch=150 ";
  sandbox.train("one", ot + "--threads 1");
  sandbox.train("free", "precision=float32 --threads 1");
  sandbox.ask("sample free -n 300 --solver euler_maruyama --steps 10 --threads 1 --out one.npy");
  sandbox.ask(
      "loglik one --points one.npy --divergence "
      "rademacher --probes 2 --threads 1 --out onep.npy");
  for (const std::string threads : {"2", "4"}) {
    CAPTURE(threads);
    sandbox.train("many", ot + "--threads " + threads);
    CHECK(sandbox.read("many/model.safetensors") == sandbox.read("one/model.safetensors"));
    CHECK(timeless(sandbox.read("many/metrics.jsonl")) ==
          timeless(sandbox.read("one/metrics.jsonl")));
    sandbox.ask("sample free -n 300 --solver euler_maruyama --steps 10 --out many.npy --threads " +
                threads);
    CHECK(sandbox.read("many.npy") == sandbox.read("one.npy"));
    sandbox.ask(
        "loglik one --points one.npy --divergence "
        "rademacher --probes 2 --out manyp.npy --threads " +
        threads);
    CHECK(sandbox.read("manyp.npy") == sandbox.read("onep.npy"));
  }
  // This run is stopped after 27 steps and then resumed.
  sandbox.train("parts", ot + "--max-steps 27");
  sandbox.ask("train parts/config.json -q --resume --out parts");
  CHECK(sandbox.read("parts/model.safetensors") == sandbox.read("one/model.safetensors"));
  CHECK(timeless(sandbox.read("parts/metrics.jsonl")) ==
        timeless(sandbox.read("one/metrics.jsonl")));
}

TEST_CASE("the density of samples equals the density computed later at the same points") {
  const Plane sandbox;
  // The units of the data are those after `affine`, which are also those of the field.
  sandbox.train("run",
                R"('data={"type":"affine","scale":[2,0.5],"shift":3,"of":{"type":"moons"}}')");
  const std::string tight = " --solver dopri5 --rtol 1e-8 --atol 1e-8";
  expect(sandbox("sample run -n 40 --out a.npy --loglik p.npy" + tight), 0, {"a.npy\np.npy"});
  expect(sandbox("loglik run --points a.npy --out q.npy" + tight), 0, {"40 points", "mean ln p"});
  CHECK(sandbox.array("p.npy").shape == std::vector<std::size_t>{40});
  CHECK(furthest(sandbox.array("p.npy").values, sandbox.array("q.npy").values) < 1e-5);
  // The samples equal those without --loglik, up to the solver's tolerance.
  sandbox.ask("sample run -n 40 --out b.npy" + tight);
  CHECK(furthest(sandbox.array("a.npy").values, sandbox.array("b.npy").values) < 1e-5);
  // An estimate of the divergence gives similar densities.
  sandbox.ask("loglik run --points a.npy --out e.npy --divergence gaussian --probes 64" + tight);
  CHECK(furthest(sandbox.array("e.npy").values, sandbox.array("q.npy").values) < 2);
  CHECK(sandbox.read("e.npy") != sandbox.read("q.npy"));
  expect(sandbox("loglik run --points a.npy --out q.csv --json" + tight), 0,
         {"\"nll\":", "\"nfe_mean\":"});
}

TEST_CASE("points are encoded to latents and decoded back") {
  const Plane sandbox;
  sandbox.train("run", "prediction=noise path.type=vp model.input.type=none");
  const std::string tight = " --solver dopri5 --rtol 1e-8 --atol 1e-8";
  sandbox.ask("sample run -n 30 --seed 5 --out a.npy");
  expect(sandbox("encode run --points a.npy --out z.npy" + tight), 0, {"z.npy"});
  expect(sandbox("decode run --points z.npy --out b.npy" + tight), 0, {"b.npy"});
  CHECK(furthest(sandbox.array("a.npy").values, sandbox.array("b.npy").values) < 1e-4);
  CHECK(furthest(sandbox.array("a.npy").values, sandbox.array("z.npy").values) > 0.1);
  sandbox.ask("sample run -n 30 --seed 6 --out to.npy");
  for (const char* how : {"", " --linear"}) {
    expect(
        sandbox("interpolate run --from a.npy --to to.npy --count 5 --out way.npy" + tight + how),
        0, {"way.npy"});
    const NdArray way = sandbox.array("way.npy");
    REQUIRE(way.shape == std::vector<std::size_t>{5, 30, 2});
    CHECK(furthest({way.values.begin(), way.values.begin() + 60}, sandbox.array("a.npy").values) <
          1e-4);
    CHECK(furthest({way.values.end() - 60, way.values.end()}, sandbox.array("to.npy").values) <
          1e-4);
  }
}

TEST_CASE("the exact field has the density of the data") {
  const Plane sandbox;
  for (const std::string path :
       {"path.type=cond_ot", "path.type=cosine", "sampler.path.type=polynomial"}) {
    CAPTURE(path);
    sandbox.train("run", path + " train.steps=1");
    expect(sandbox("sample run --exact -n 60 --out a.npy --loglik "
                   "p.npy --solver dopri5 --rtol 1e-9 --atol 1e-9"),
           0, {});
    sandbox.ask(
        "loglik run --exact --points a.npy --out q.npy --solver dopri5 --rtol 1e-9 --atol 1e-9");
    const NdArray x = sandbox.array("a.npy");
    std::vector<double> truth;
    for (std::size_t k = 0; k < 60; ++k)
      truth.push_back(mixture_log_density(x.values[2 * k], x.values[2 * k + 1]));
    CHECK(furthest(sandbox.array("p.npy").values, truth) < 1e-5);
    CHECK(furthest(sandbox.array("q.npy").values, truth) < 1e-5);
  }
  // The mean of many samples of the exact flow is the mixture's mean, (0.5, 0.375).
  sandbox.ask("sample run --exact -n 4000 --out many.npy");
  const std::vector<double> many = sandbox.array("many.npy").values;
  double x = 0, y = 0;
  for (std::size_t k = 0; k < many.size(); k += 2) {
    x += many[k] / 4000;
    y += many[k + 1] / 4000;
  }
  CHECK(x == Approx(0.5).margin(0.1));
  CHECK(y == Approx(0.375).margin(0.06));
}

TEST_CASE("narrow data has its entropy, also on paths whose velocity is infinite at the end") {
  const Plane sandbox;
  const std::string narrow =
      R"('data={"type":"mixture","means":[[-1,0],[1,0.5]],"stds":[0.05,0.05]}' train.steps=1 )";
  for (const std::string path : {"linear_vp", "vp", "cosine"}) {
    for (const std::string precision : {"float32", "float64"}) {
      CAPTURE(path, precision);
      sandbox.train("run", narrow + "path.type=" + path + " precision=" + precision);
      const Outcome eval =
          sandbox("eval run --exact -n 200 --json --solver dopri5 --rtol 1e-5 --atol 1e-6");
      INFO(eval.text);
      REQUIRE(eval.code == 0);
      const auto likelihood = nlohmann::json::parse(eval.text).at("likelihood");
      CHECK(std::abs(likelihood.at("above_entropy").get<double>()) < 1e-3);
      CHECK(likelihood.at("end") == 1);
      // The data has two modes that do not overlap, each an isotropic Gaussian.
      const double entropy = std::log(2.) + std::log(2 * std::acos(-1.) * 0.05 * 0.05) + 1;
      CHECK(std::abs(likelihood.at("entropy").get<double>() - entropy) <
            4 * likelihood.at("entropy_error").get<double>());
      CHECK(likelihood.at("entropy_error").get<double>() < 0.2);
    }
  }
  // On the path linear_vp the learned flow ends before t = 1, since its velocity is infinite there.
  sandbox.train("run", narrow + "path.type=linear_vp");
  sandbox.ask("sample run -n 4 --out a.npy");
  expect(sandbox("loglik run --points a.npy --out p.npy"), 0, {"solved from t = 0.99999949"});
}

TEST_CASE("sampling along another path uses the noise levels that both paths have") {
  const Plane sandbox;
  sandbox.train("run", "path.type=ve sampler.path.type=cond_ot train.steps=1");
  expect(sandbox("sample run --exact -n 2000 --out a.npy --solver dopri5"), 0, {});
  const std::vector<double> a = sandbox.array("a.npy").values;
  double x = 0;
  for (std::size_t k = 0; k < a.size(); k += 2) x += a[k] / 2000;
  CHECK(x == Approx(0.5).margin(0.15));
}

TEST_CASE("the gradient of the density agrees with differences, in the data's units") {
  const Plane sandbox;
  sandbox.train(
      "run",
      R"('data={"type":"affine","scale":[2,0.5],"shift":3,"of":{"type":"mixture","means":[[-1,0],[1,0.5]],"stds":[0.4,0.6]}}' model.input.type=none)");
  // There are three points, each with two neighbours in each direction for central differences.
  constexpr double h = 1e-3;
  NdArray points{{15, 2}, {}, "<f8"};
  for (int k = 0; k < 3; ++k) {
    const double x = 0.3 * k - 0.5, y = 0.2 - 0.3 * k;
    for (const auto& [dx, dy] :
         std::vector<std::pair<double, double>>{{0, 0}, {h, 0}, {-h, 0}, {0, h}, {0, -h}})
      points.values.insert(points.values.end(), {x + dx, y + dy});
  }
  write_npy(sandbox.path("at.npy"), points);
  expect(sandbox("loglik run --points at.npy --out p.npy --gradient g.npy --solver rk4 --steps 20"),
         0, {"p.npy\ng.npy"});
  const NdArray p = sandbox.array("p.npy"), g = sandbox.array("g.npy");
  REQUIRE(g.shape == std::vector<std::size_t>{15, 2});
  for (std::size_t k = 0; k < 3; ++k) {
    for (std::size_t j = 0; j < 2; ++j) {
      const double slope = (p.values[5 * k + 1 + 2 * j] - p.values[5 * k + 2 + 2 * j]) / (2 * h);
      CHECK(g.values[10 * k + j] == Approx(slope).epsilon(1e-4).margin(1e-5));
    }
  }
}

TEST_CASE("trajectories come with their times") {
  const Plane sandbox;
  sandbox.train("run", "train.steps=2");
  const auto times = [&](const std::string& options) {
    const Outcome outcome =
        sandbox("sample run -n 7 --json --out a.npy --trajectory t.npy --times 5 " + options);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    const NdArray way = sandbox.array("t.npy"), last = sandbox.array("a.npy");
    CHECK(way.shape == std::vector<std::size_t>{5, 7, 2});
    CHECK(furthest({way.values.end() - 14, way.values.end()}, last.values) < 1e-12);
    return nlohmann::json::parse(outcome.text).at("times").get<std::vector<double>>();
  };
  const std::vector<double> even{0, 0.25, 0.5, 0.75, 1};
  CHECK(times("") == even);
  CHECK(times("--solver dopri5") == even);
  // The saved times are evenly spaced by steps of the grid, not by time.
  sandbox.train("run", "train.steps=2 sampler.grid.type=power");
  CHECK(times("") == std::vector<double>{0, 1. / 16, 1. / 4, 9. / 16, 1});
}

TEST_CASE("bits per dimension refer to bins in the data's units, through any wrappers") {
  const Plane sandbox;
  sandbox.write("whole.csv", "0,1\n1,1\n2,0\n1,2\n");
  const std::string csv =
      R"({"type":"csv","path":"whole.csv","header":"no","guess":"no","scale":"none"})";
  const auto affine = [](const std::string& scale, const std::string& of) {
    return R"({"type":"affine","scale":)" + scale + R"(,"of":)" + of + "}";
  };
  const auto bins = [](double width, const std::string& of) {
    return R"({"type":"dequantize","width":)" + std::to_string(width) + R"(,"of":)" + of + "}";
  };
  struct Case {
    std::string data;
    double log2_bin;  // log2 of a bin's width in the data's units, averaged over the columns
  };
  for (const Case& c :
       {Case{bins(1, csv), 0}, Case{affine("2", bins(1, csv)), 1},
        Case{bins(0.5, affine("0.5", csv)), -1}, Case{bins(1, affine("0.5", csv)), 0},
        Case{affine("[4, 1]", bins(0.5, affine("[0.125, 2]", csv))), 0},
        Case{R"({"type":"standardize","of":)" + affine("2", bins(1, csv)) + "}", 1},
        Case{affine("2", R"({"type":"standardize","of":)" + bins(1, csv) + "}"), 1},
        Case{R"({"type":"standardize","of":)" + bins(1, csv) + "}", 0}}) {
    CAPTURE(c.data);
    sandbox.train("run", "'data=" + c.data + "' train.steps=2");
    const Outcome eval = sandbox("eval run -n 40 --json --solver rk4 --steps 4");
    INFO(eval.text);
    REQUIRE(eval.code == 0);
    const auto report = nlohmann::json::parse(eval.text).at("likelihood");
    // Bits per dimension are -log2(p V) / D, with V the volume of a bin. nll is -ln p, per unit of
    // volume in the data's units.
    CHECK(report.at("bits_per_dimension").get<double>() ==
          Approx(report.at("nll").get<double>() / (2 * std::log(2.)) - c.log2_bin).margin(1e-9));
  }
}

TEST_CASE("labels determine the samples of a conditional run") {
  const Plane sandbox;
  sandbox.train(
      "run",
      R"('data={"type":"moons"}' model.label.type=embedding train.steps=400 train.batch=128 optimizer.lr=0.01 precision=float32)");
  // The mean of the second coordinate y is 2 / pi for the upper moon and 1 / 2 - 2 / pi for the
  // lower.
  const auto height = [&](const std::string& options) {
    sandbox.ask("sample run -n 256 --out a.npy " + options);
    const NdArray a = sandbox.array("a.npy");
    double mean = 0;
    for (std::size_t k = 0; k < 256; ++k) mean += a.values[2 * k + 1] / 256;
    return mean;
  };
  CHECK(height("--label 0") == Approx(0.637).margin(0.2));
  CHECK(height("--label 1") == Approx(-0.137).margin(0.2));
  CHECK(height("") == Approx(0.25).margin(0.2));
  const std::string plain = sandbox.read("a.npy");
  height("--guidance 2");
  CHECK(sandbox.read("a.npy") != plain);
  // A guidance scale of -1 gives the field without labels.
  height("--label 0 --guidance -1");
  const std::string without = sandbox.read("a.npy");
  height("--label 1 --guidance -1");
  CHECK(sandbox.read("a.npy") == without);

  expect(sandbox("sample run -n 500 --out a.npy --labels l.npy"), 0, {"a.npy\nl.npy"});
  const NdArray labels = sandbox.array("l.npy");
  REQUIRE(labels.shape == std::vector<std::size_t>{500});
  const auto ones = std::count(labels.values.begin(), labels.values.end(), 1.);
  CHECK(ones + std::count(labels.values.begin(), labels.values.end(), 0.) == 500);
  CHECK(std::abs(ones - 250) < 70);
  sandbox.ask(
      "sample run -n 9 --out a.npy --label 1 --guidance "
      "1 --labels l.npy --loglik p.npy --solver dopri5");
  CHECK(sandbox.array("l.npy").values == std::vector<double>(9, 1));
  sandbox.ask("loglik run --points a.npy --label 1 --guidance 1 --solver dopri5 --out q.npy");
  CHECK(furthest(sandbox.array("p.npy").values, sandbox.array("q.npy").values) < 0.02);

  expect(sandbox("sample run -n 3 --label 2 --out x.npy"), 2,
         {"[label] there is no class 2 for --label; choose one from 0 to 1"});
  expect(sandbox("sample run -n 3 --label -1 --out x.npy"), 2, {"[label] there is no class -1"});
  expect(sandbox("sample run -n 3 --exact --label 1 --out x.npy"), 2,
         {"[exact] --label and --exact"});
  sandbox.train("always",
                R"('data={"type":"moons"}' model.label.type=embedding loss.label_dropout=0)");
  // A network that was always trained with labels cannot be evaluated without them.
  for (const std::string verb : {"loglik always --out x.npy", "velocity always --t 0.5 --out x.npy",
                                 "encode always --out x.npy"}) {
    expect(sandbox(verb + " --points a.npy"), 2,
           {"[label] the network of this run was never trained without labels", "--label 0 to 1"});
    expect(sandbox(verb + " --points a.npy --label 1 --threads 1"), 0, {});
    sandbox.remove("x.npy");
  }
  expect(sandbox("plot always -n 50"), 0, {"no pictures of density, field or latents"});
  CHECK(sandbox.read("always/plots/likelihood.png").empty());
  CHECK_FALSE(sandbox.read("always/plots/samples.png").empty());
  expect(sandbox("sample always -n 3 --guidance 2 --out x.npy"), 2,
         {"[guidance]", "/loss/label_dropout is 0", "--guidance 0"});
  CHECK(sandbox.read("x.npy").empty());
}
