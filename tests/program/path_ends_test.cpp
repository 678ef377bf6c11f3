// Tests samplers that begin after t = 0 or end before t = 1, with the program as a user runs it:
// the distribution at the first time, the noise left at the last one, exact fields whose samples are
// rows of a finite data set, and latents that are not Gaussian.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/program/plane.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

struct MeanAndStd {
  double mean = 0, std = 0;
};

MeanAndStd moments(const std::vector<double>& x) {
  MeanAndStd m;
  for (double v : x) m.mean += v / double(x.size());
  for (double v : x) m.std += (v - m.mean) * (v - m.mean) / double(x.size());
  m.std = std::sqrt(m.std);
  return m;
}

// Returns ln of the density of N(0, std^2) at x.
double log_normal_density(double x, double std) {
  return -x * x / (2 * std * std) - std::log(std * std::sqrt(2 * std::acos(-1.)));
}

// A sandbox with a run of one training step on one-dimensional data.
struct Line : Sandbox {
  void train(const std::string& data, const std::string& overrides) const {
    write("line.json", R"({"data": )" + data + R"(, "train": {"steps": 1, "batch": 32},
      "model": {"type": "mlp", "hidden": [4]}, "precision": "float64"})");
    const Outcome outcome = (*this)("train line.json -q --overwrite --out run " + overrides);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  std::vector<double> values(const std::string& name) const { return read_npy(path(name)).values; }
};

constexpr const char* kNormal = R"({"type": "gaussian", "dim": 1})";

}  // namespace

TEST_CASE("a sampler that begins after t = 0 starts from the law there, as does ln p") {
  const Line sandbox;
  write_npy(sandbox.path("x.npy"), {{2, 1}, {0.7, -1.5}, "<f8"});
  for (const std::string path : {"cond_ot", "vp", "ve"}) {
    for (const std::string begin : {"0.3", "0.5", "0.9"}) {
      CAPTURE(path, begin);
      sandbox.train(kNormal, "path.type=" + path + " sampler.begin=" + begin +
                                 " sampler.rtol=1e-9 sampler.atol=1e-9");
      expect(sandbox("sample run --exact -n 4000 --out s.npy"), 0,
             {"the flow begins at t = " + begin +
              ", so samples start from the law of the path "
              "there, "});
      const MeanAndStd m = moments(sandbox.values("s.npy"));
      CHECK(std::abs(m.mean) < 0.06);
      CHECK(std::abs(m.std - 1) < 0.04);
      // At the end of the path ve, noise with standard deviation 0.02 is left.
      const double std = path == "ve" ? std::hypot(1, 0.02) : 1;
      expect(sandbox("loglik run --exact --points x.npy --out l.npy --gradient g.npy"), 0, {});
      CHECK(std::abs(sandbox.values("l.npy")[0] - log_normal_density(0.7, std)) < 1e-6);
      CHECK(std::abs(sandbox.values("l.npy")[1] - log_normal_density(-1.5, std)) < 1e-6);
      CHECK(std::abs(sandbox.values("g.npy")[0] + 0.7 / (std * std)) < 1e-4);
    }
  }
  for (const std::string solver :
       {"euler_maruyama --steps 40", "stochastic_heun --steps 20", "edm_heun --steps 20",
        "dpm_solver --steps 20", "heun --steps 20"}) {
    CAPTURE(solver);
    sandbox.train(kNormal, "sampler.begin=0.5 precision=float32");
    expect(
        sandbox("sample run --exact -n 4000 --trajectory way.npy --times 3 --out s.npy --solver " +
                solver),
        0, {});
    CHECK(std::abs(moments(sandbox.values("s.npy")).std - 1) < 0.05);
    std::vector<double> first = sandbox.values("way.npy");
    first.resize(4000);
    CHECK(std::abs(moments(first).std - std::sqrt(0.5)) < 0.03);
  }
}

TEST_CASE(
    "flows that begin after t = 0 have measures, latents, couplings and labels, and some have no ln p") {
  const Line sandbox;
  sandbox.train(kNormal, "sampler.begin=0.5");
  write_npy(sandbox.path("x.npy"), {{3, 1}, {0.7, -1.5, 0}, "<f8"});
  expect(sandbox("eval run --exact -n 500 --json"), 0, {});
  const auto report = nlohmann::json::parse(sandbox.read("run/eval.json"));
  CHECK(std::abs(report.at("likelihood").at("above_entropy").get<double>()) < 1e-4);
  CHECK(report.at("samples").at("w2").get<double>() < 0.25);
  expect(sandbox("encode run --exact --points x.npy --out z.npy"), 0,
         {"latents are points of the path there, not of the source (/sampler/begin)"});
  // On this path, x(1/2) = x1 / sqrt(2).
  CHECK(std::abs(sandbox.values("z.npy")[1] + 1.5 * std::sqrt(0.5)) < 1e-4);
  expect(sandbox("decode run --exact --points z.npy --out y.npy"), 0, {});
  CHECK(std::abs(sandbox.values("y.npy")[1] + 1.5) < 1e-4);

  const Plane plane;
  plane.train("tied", "coupling.type=ot sampler.begin=0.95 sampler.steps=4");
  expect(plane("sample tied -n 400 --out s.npy"), 0, {"with x1 from the run's data"});
  write_npy(plane.path("x.npy"), {{1, 2}, {0.5, 0.5}, "<f8"});
  expect(plane("loglik tied --points x.npy --out l.npy"), 2,
         {"[loglik] the flow begins at t = 0.95, and ln p starts from the law of the path there",
          "set /sampler/begin to 0 in the run's config.json"});
  expect(plane("eval tied -n 50"), 0, {"or the flow begins inside of the path (/sampler/begin)"});
  // With a label, samples start from the distribution of this class at the first time. The means of
  // the components are -1 and 1.
  plane.train("labels", "model.label.type=embedding sampler.begin=0.99 sampler.steps=2");
  for (const int label : {0, 1}) {
    expect(plane("sample labels -n 400 --out s.npy --label " + std::to_string(label)), 0, {});
    double mean = 0;
    const NdArray s = plane.array("s.npy");
    for (int k = 0; k < 400; ++k) mean += s.values[std::size_t(2 * k)] / 400;
    CHECK(std::abs(mean - (label == 0 ? -1 : 1)) < 0.25);
  }
}

TEST_CASE("if the data of a run that begins after t = 0 is missing, the error names its key") {
  const Line sandbox;
  sandbox.write("rows.csv", "1\n2\n4\n");
  sandbox.train(R"({"type": "csv", "path": "rows.csv", "guess": "no", "scale": "none"})",
                "sampler.begin=0.5");
  expect(sandbox("sample run -n 5 --out s.npy"), 0, {});
  sandbox.remove("rows.csv");
  expect(sandbox("sample run -n 5 --out s.npy"), 4,
         {"[sample] the flow begins at t = 0.5, so its samples start from rows of the run's data",
          "set /sampler/begin to 0"});
}

TEST_CASE("a sampler that ends before t = 1 says how much noise is left") {
  const Line sandbox;
  sandbox.train(kNormal, "sampler.end=0.8");
  expect(sandbox("sample run --exact -n 4000 --out s.npy"), 0,
         {"the flow ends at t = 0.8, so samples are 0.8 x1 + 0.2 x0: the noise 0.2 x0 is left in "
          "them (/sampler/end, /sampler/denoise)"});
  CHECK(std::abs(moments(sandbox.values("s.npy")).std - std::hypot(0.8, 0.2)) < 0.03);
  sandbox.train(kNormal, "sampler.end=0.8 sampler.denoise=yes");
  expect(
      sandbox("sample run --exact -n 10 --json --out s.npy"), 0,
      {R"("notes":["the flow ends at t = 0.8, so samples are the means of x1 given x there: they )"
       "spread less than the data (/sampler/end)"});
  sandbox.train(kNormal, "prediction=noise");  // ends a little before 1, with a last step
  CHECK_THAT(sandbox("sample run -n 10 --out s.npy").text, !Contains("the flow ends"));
}

TEST_CASE("the exact flow of a finite set ends in its rows, with every solver") {
  const Line sandbox;
  sandbox.write("row.csv", "3\n");
  sandbox.write("z.csv", "-1\n0.4\n");
  for (const std::string precision : {"float32", "float64"}) {
    sandbox.train(R"({"type": "csv", "path": "row.csv", "guess": "no", "scale": "none"})",
                  "precision=" + precision);
    for (const std::string solver :
         {"dopri5", "tsit5", "bosh3", "heun --steps 20", "heun3 --steps 20", "rk4 --steps 20",
          "rk4_38 --steps 7", "ralston --steps 20", "midpoint --steps 20", "euler --steps 3",
          "euler_maruyama --steps 20", "dpm_solver", "edm_heun"}) {
      CAPTURE(precision, solver);
      expect(sandbox("sample run --exact -n 300 --out s.npy --solver " + solver), 0, {});
      for (double x : sandbox.values("s.npy"))
        CHECK(std::abs(x - 3) < (precision == "float64" ? 1e-12 : 1e-5));
    }
    expect(sandbox("decode run --exact --points z.csv --out d.npy"), 0, {});
    for (double x : sandbox.values("d.npy")) CHECK(std::abs(x - 3) < 1e-5);
    expect(sandbox("velocity run --exact --points z.csv --t 1 --out u.npy"), 2,
           {"[velocity] the exact velocity of a finite set at t = 1 is infinite at all points but "
            "the set's rows"});
    expect(sandbox("velocity run --exact --points z.csv --t 0.5 --out u.npy"), 0, {});
    CHECK(sandbox.values("u.npy")[0] == Approx(8));  // (3 + 1) / (1 - t)
  }
  sandbox.write("rows.csv", "-2\n0\n0.5\n7\n");
  sandbox.train(R"({"type": "csv", "path": "rows.csv", "guess": "no", "scale": "none"})", "");
  expect(sandbox("sample run --exact -n 2000 --out s.npy"), 0, {});
  std::vector<int> counts(4);
  const double rows[] = {-2, 0, 0.5, 7};
  for (double x : sandbox.values("s.npy"))
    for (int k = 0; k < 4; ++k) counts[std::size_t(k)] += std::abs(x - rows[k]) < 1e-12;
  for (int count : counts) CHECK(std::abs(count - 500) < 100);
}

TEST_CASE("latents that are not Gaussian are interpolated along a line") {
  const Line sandbox;
  write_npy(sandbox.path("a.npy"), {{1, 1}, {0.2}, "<f8"});
  write_npy(sandbox.path("b.npy"), {{1, 1}, {-0.1}, "<f8"});
  const std::string ask = "interpolate run --from a.npy --to b.npy --count 3 --out way.npy";
  sandbox.train(kNormal, "source.type=uniform");
  expect(sandbox(ask), 0,
         {"latents are mixed along a line: the source is uniform, and the great circle keeps the "
          "norm of Gaussian latents only"});
  const std::string along = sandbox.read("way.npy");
  const Outcome asked = sandbox(ask + " --linear");
  CHECK_THAT(asked.text, !Contains("latents are mixed"));
  CHECK(sandbox.read("way.npy") == along);
  sandbox.train(kNormal, "");
  CHECK_THAT(sandbox(ask).text, !Contains("latents are mixed"));
}
