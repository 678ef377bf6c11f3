// Tests points whose density, latent or velocity cannot be computed, with the program as a user
// runs it. The other points of the file are answered, and settings that cannot be fulfilled are
// refused at once.
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/program/plane.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("one row too large for the precision does not change the results of the others") {
  const Plane sandbox;
  sandbox.train("run", "precision=float32 sampler.type=dopri5 sampler.steps=0");
  const std::vector<double> good{0.5, 0.25, -1, 0.125, 2, -0.75};
  NdArray whole{{3, 2}, good, "<f8"},
      holed{{5, 2}, {0.5, 0.25, 1e39, 0, -1, 0.125, 0.1, -4e38, 2, -0.75}, "<f8"};
  write_npy(sandbox.path("whole.npy"), whole);
  write_npy(sandbox.path("holed.npy"), holed);
  for (const std::string exact : {"", " --exact"}) {
    for (const std::string verb :
         {"loglik", "encode", "decode", "velocity --t 0.5", "loglik --solver rk4 --steps 20",
          "loglik --divergence rademacher"}) {
      CAPTURE(verb, exact);
      const std::string name = verb.substr(0, verb.find(' ')),
                        more = verb.substr(name.size()) + exact;
      expect(sandbox(name + " run" + more + " --points whole.npy --out a.npy"), 0, {});
      expect(sandbox(name + " run" + more + " --points holed.npy --out b.npy"), 0,
             {"2 of 5 rows have no ",
              ", so they are NaN; the first is row 1 (counted from 0): in "
              "the units of the flow its numbers are beyond what float32 holds, 3.4e+38"});
      const std::vector<double> a = sandbox.array("a.npy").values,
                                b = sandbox.array("b.npy").values;
      const std::size_t width = a.size() / 3;
      REQUIRE(b.size() == 5 * width);
      for (std::size_t r = 0; r < 5; ++r) {
        for (std::size_t j = 0; j < width; ++j) {
          if (r % 2 == 1)
            CHECK(std::isnan(b[r * width + j]));
          else if (more.find("rademacher") == std::string::npos)  // random vectors differ by row
            CHECK(std::abs(b[r * width + j] - a[r / 2 * width + j]) < 1e-4);
        }
      }
    }
  }
  expect(sandbox("loglik run --points holed.npy --out b.npy --gradient g.npy --json"), 0,
         {R"("rows_not_solved":2)", R"("rows_of_probability_0":0)", R"("notes":["2 of 5 rows)"});
  CHECK(std::isnan(sandbox.array("g.npy").values[2]));
  expect(sandbox("interpolate run --from holed.npy --to holed.npy --count 3 --out way.npy"), 0,
         {"2 of 5 rows have no way to the other end"});
  // If no row has an answer, the command fails.
  write_npy(sandbox.path("none.npy"), {{1, 2}, {1e39, 1e39}, "<f8"});
  expect(sandbox("loglik run --points none.npy --out c.npy"), 3, {"no row has ln p; of row 0: "});
}

TEST_CASE("rows outside a source's support are counted, and the mean is over the others") {
  const Plane sandbox;
  sandbox.train("run", "'source={\"type\":\"uniform\",\"low\":-1,\"high\":1}' train.steps=2");
  write_npy(sandbox.path("x.npy"), {{3, 2}, {0.1, 0.1, 9, 9, 0.2, -0.1}, "<f8"});
  expect(sandbox("loglik run --points x.npy --out l.npy"), 0,
         {" over the 2 finite ones", "1 of 3 points has probability 0 (ln p is -inf)",
          "the first is row 1 (counted from 0)"});
  const std::vector<double> l = sandbox.array("l.npy").values;
  CHECK(l[1] == -INFINITY);
  const auto report = sandbox.object("loglik run --points x.npy --out l.npy");
  CHECK(report.at("rows_of_probability_0") == 1);
  CHECK(report.at("nll").get<double>() == Approx(-(l[0] + l[2]) / 2));
  expect(sandbox("eval run -n 200"), 0,
         {"rows have probability 0 (ln p is -inf): the negative log-likelihood is the mean of the "
          "others"});
  const auto evaluation = nlohmann::json::parse(sandbox.read("run/eval.json")).at("likelihood");
  CHECK(evaluation.at("rows_of_probability_0").get<int>() > 0);
  CHECK(evaluation.at("nll").is_number());
}

TEST_CASE("every option refuses numbers that are not finite") {
  const Plane sandbox;
  sandbox.train("run");
  write_npy(sandbox.path("x.npy"), {{1, 2}, {0, 0}, "<f8"});
  for (const std::string number : {"nan", "inf", "-inf", "NAN"}) {
    for (const std::string ask :
         {"velocity run --points x.npy --out u.npy --t ", "sample run --guidance ",
          "sample run --rtol ", "sample run --atol ", "sample run --temperature ",
          "sample run --top-p ", "verify --plant "}) {
      CAPTURE(ask, number);
      const Outcome outcome = sandbox(ask + number);
      INFO(outcome.text);
      CHECK(outcome.code == 2);
    }
    expect(sandbox("config check plane.json sampler.begin=" + number), 2,
           {"/sampler/begin must be a number"});
  }
  expect(sandbox("velocity run --points x.npy --out u.npy --t nan"), 2,
         {"nan is no finite number; give one"});
  expect(sandbox("config check plane.json train.clip_norm=1e999"), 2,
         {"/train/clip_norm must be a number"});
}

TEST_CASE("tolerances that are too small for the precision are refused at once") {
  const Plane sandbox;
  sandbox.train("run", "precision=float32 sampler.type=dopri5 sampler.steps=0");
  for (const std::string verb : {"sample run -n 5 --out s.npy", "eval run -n 10"})
    expect(sandbox(verb + " --rtol 1e-12 --atol 1e-12"), 2,
           {"[sample] the tolerances rtol 1e-12 and atol 1e-12 are below what float32 holds, about "
            "1.2e-07 of a number; raise one of them to 1e-6, or train the run with /precision "
            "\"float64\""});
  expect(sandbox("sample run -n 5 --rtol 1e-7 --atol 1e-7 --out s.npy"), 0, {});
  sandbox.train("wide", "sampler.type=dopri5 sampler.steps=0");
  expect(sandbox("sample wide -n 5 --rtol 1e-10 --atol 1e-10 --out s.npy"), 0, {});
  expect(sandbox("sample wide -n 5 --rtol 1e-17 --atol 1e-17 --out s.npy"), 2,
         {"below what float64 holds, about 2.2e-16 of a number; raise one of them to 1e-14"});
  expect(sandbox("train plane.json --out no precision=float32 'sampler={\"type\":\"bosh3\","
                 "\"rtol\":1e-9,\"atol\":1e-9}'"),
         2, {"below what float32 holds"});
}

TEST_CASE("if Sinkhorn cannot find a bridge, the config is refused or exact plans are reported") {
  const Plane sandbox;
  sandbox.write("bridge.json", R"({"data": {"type": "moons"},
    "source": {"type": "data", "of": {"type": "8gaussians", "scale": 1, "radius": 5}},
    "model": {"type": "mlp", "hidden": [4]}, "train": {"steps": 3}})");
  const auto bridge = [](const std::string& sigma) {
    return " coupling.type=schroedinger_bridge coupling.sigma=" + sigma +
           " path.noise.type=brownian path.noise.scale=" + sigma;
  };
  expect(
      sandbox("train bridge.json --out no" + bridge("0.001")), 2,
      {"[train] Sinkhorn's iterations do not find the plan of the first batch: "
       "/coupling/sigma 0.001 is small for rows so far apart; set /coupling/method to \"exact\""});
  CHECK_FALSE(sandbox.exists("no"));
  expect(sandbox("train bridge.json --out exact" + bridge("0.001") + " coupling.method=exact"), 0,
         {});
  // With this scale of the noise the first batch has an entropic plan, but later batches have none.
  expect(
      sandbox("train bridge.json --out some --threads 1" + bridge("0.01")), 0,
      {"Sinkhorn's iterations did not find the entropic plan of a batch, so it has the exact plan "
       "instead",
       "of the batches that were drawn, 2 have the exact plan instead of the entropic one"});
  expect(
      sandbox("train bridge.json --out no 'coupling={\"type\": \"sinkhorn\", \"reg\": 1e-5, "
              "\"iterations\": 40}'"),
      2,
      {"/coupling/reg 1e-05 is small for rows so far apart; set /coupling to {\"type\": \"ot\"}"});
}
