// Tests runs of flow maps as a user makes them: training, starting from a plain run, sampling by jumps
// and by the ODE, latents, densities, evaluation, and the errors of each.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A folder with a plain run of two Gaussians, and a config of flow maps on the same data.
struct MapSandbox : Sandbox {
  MapSandbox() {
    write("plain.json", R"({"name": "plain", "data": {"type": "mixture", "means": [[-2, 0], [2, 1]],
      "stds": [0.5, 0.4]}, "model": {"hidden": [32, 32], "time": {"type": "fourier", "dim": 8}},
      "train": {"steps": 150, "batch": 64}})");
    write("map.json", R"({"name": "map", "data": {"type": "mixture", "means": [[-2, 0], [2, 1]],
      "stds": [0.5, 0.4]}, "model": {"hidden": [32, 32], "time": {"type": "fourier", "dim": 8}},
      "loss": {"type": "lagrangian"}, "train": {"steps": 60, "batch": 64}})");
  }
  void train(const std::string& arguments) const {
    const Outcome outcome = (*this)("train " + arguments + " -q");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  std::string samples(const std::string& run, const std::string& options = "") const {
    const Outcome outcome = (*this)("sample " + run + " -n 50 --seed 3 --out s.npy " + options);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    return read("s.npy");
  }
  nlohmann::json json(const std::string& arguments) const {
    const Outcome outcome = (*this)(arguments);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    return nlohmann::json::parse(outcome.text.substr(outcome.text.find('{')));
  }
};

}  // namespace

TEST_CASE("a flow map starts from a plain run, whose velocity is its diagonal") {
  const MapSandbox sandbox;
  sandbox.train("plain.json --out plain");
  // With a rate of 0 the map stays the plain flow: its ODE has the same samples, and one jump is one
  // step of Euler's method.
  sandbox.train("map.json --out map from=plain optimizer.lr=0 train.steps=3");
  sandbox.write("p.csv", "x,y\n0.5,1\n-1,0.25\n2,1\n");
  const auto numbers = [&](const std::string& command) {
    std::vector<double> all;
    const Outcome outcome = sandbox(command + " --out o.csv");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    std::istringstream lines(sandbox.read("o.csv"));
    for (std::string word; std::getline(lines, word);) {
      std::istringstream row(word);
      for (std::string one; std::getline(row, one, ',');) {
        if (one.find_first_of("xyz") == std::string::npos) all.push_back(std::stod(one));
      }
    }
    REQUIRE(all.size() == 6);
    return all;
  };
  for (const char* command :
       {"decode RUN --points p.csv --solver dopri5", "velocity RUN --points p.csv --t 0.4"}) {
    CAPTURE(command);
    std::string plain = command, map = command;
    plain.replace(plain.find("RUN"), 3, "plain");
    map.replace(map.find("RUN"), 3, "map");
    const std::vector<double> a = numbers(plain), b = numbers(map);
    for (std::size_t k = 0; k < a.size(); ++k) CHECK(b[k] == Approx(a[k]).epsilon(1e-4));
  }
  const std::vector<double> jump = numbers("decode map --points p.csv"),
                            euler = numbers("decode plain --points p.csv --solver euler --steps 1");
  for (std::size_t k = 0; k < 6; ++k) CHECK(jump[k] == Approx(euler[k]).epsilon(1e-4));
}

TEST_CASE("every loss of flow maps trains to the same bits for any threads, and after a pause") {
  const MapSandbox sandbox;
  for (const char* loss :
       {R"({"type": "lagrangian", "directions": "both", "weight_power": 1})",
        R"({"type": "eulerian", "tangent": "sample", "pair_time": {"type": "logit_normal"}})",
        R"({"type": "eulerian", "target": "network", "gradient": "through_time"})",
        R"({"type": "semigroup"})", R"({"type": "semigroup", "middle": "uniform"})",
        R"({"type": "alpha_flow"})"}) {
    CAPTURE(loss);
    const std::string train = "map.json --overwrite 'loss=" + std::string(loss) +
                              "' train.steps=12 train.chunk=16 train.holdout=0 --out ";
    sandbox.train(train + "one --threads 1");
    sandbox.train(train + "two --threads 2");
    CHECK(sandbox.read("one/model.safetensors") == sandbox.read("two/model.safetensors"));
    sandbox.train(train + "parts --max-steps 5");
    const Outcome resumed = sandbox("train parts/config.json -q --resume --out parts");
    INFO(resumed.text);
    CHECK(resumed.code == 0);
    CHECK(sandbox.read("parts/model.safetensors") == sandbox.read("one/model.safetensors"));
    CHECK(sandbox.samples("one") == sandbox.samples("two", "--steps 1"));
    CHECK(sandbox.samples("one") != sandbox.samples("one", "--steps 2"));
  }
}

TEST_CASE("a trained flow map jumps near the data, and each number of evaluations is measured") {
  const MapSandbox sandbox;
  sandbox.train("plain.json --out plain train.steps=600");
  sandbox.train("map.json --out map from=plain train.steps=500 loss.directions=both");
  const auto report = sandbox.json("eval map -n 500 --json");
  const auto& jumps = report.at("jumps");
  CHECK(jumps.at("by_1").at("evaluations") == 1);
  CHECK(jumps.at("by_8").at("evaluations") == 8);
  CHECK(jumps.at("ode").at("off") == 0);
  CHECK(jumps.at("points") == 500);
  // One Euler step of the plain flow ends between the two Gaussians, one jump does not.
  const double euler = sandbox.json("eval plain -n 500 --json --solver euler --steps 1")
                           .at("samples")
                           .at("w2")
                           .get<double>();
  CHECK(euler > 1);
  CHECK(jumps.at("by_1").at("w2").get<double>() < 0.85 * euler);
  CHECK(jumps.at("by_1").at("off").get<double>() < 1);
  CHECK(report.at("samples").at("nfe_mean") == 1);
  CHECK(report.at("likelihood").at("nll").get<double>() < 3);
  expect(sandbox("eval map -n 200"), 0,
         {"2-Wasserstein by 1 jump", "  by 8 jumps", "  off the ODE by", "  by the ODE"});
  // Latents by jumps and back.
  sandbox.write("p.csv", "x,y\n-2,0\n2,1\n");
  expect(sandbox("encode map --points p.csv --out z.csv"), 0, {});
  expect(sandbox("decode map --points z.csv --steps 4 --out y.csv"), 0, {"y.csv"});
  expect(sandbox("loglik map --points p.csv --out l.npy"), 0, {});
  // A run that is no flow map has no such table.
  CHECK_FALSE(sandbox.json("eval plain -n 50 --json").contains("jumps"));
  expect(sandbox("plot map -n 60 --only steps,samples --out pictures"), 0, {"steps", "samples"});
}

TEST_CASE("held-out rows of a flow map are measured") {
  const MapSandbox sandbox;
  std::string rows = "x,y\n";
  for (int k = 0; k < 40; ++k)
    rows += std::to_string(k % 7 - 3) + "," + std::to_string((k * k) % 11 - 5) + "\n";
  sandbox.write("t.csv", rows);
  sandbox.write("t.json", R"({"name": "t", "data": {"type": "standardize", "of": {"type": "csv",
    "path": "t.csv"}}, "model": {"hidden": [8]}, "loss": {"type": "eulerian"},
    "train": {"steps": 6, "batch": 16, "holdout": 0.25, "valid_every": 3}})");
  sandbox.train("t.json --out t");
  int measured = 0;
  std::istringstream lines(sandbox.read("t/metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    if (!row.contains("valid/loss")) continue;
    CHECK(std::isfinite(row.at("valid/loss").get<double>()));
    ++measured;
  }
  CHECK(measured == 2);
}

TEST_CASE("what flow maps cannot do is said with a cure") {
  const MapSandbox sandbox;
  sandbox.train("plain.json --out plain train.steps=3");
  sandbox.train("map.json --out map train.steps=3");
  expect(
      sandbox("sample plain -n 5 --solver jumps"), 2,
      {"[sample] jumps need a flow map, a network of two times, but the loss of this run is mse, "
       "which trains a network of one; train a flow map that starts \"from\" this run, with "
       "/loss {\"type\": \"lagrangian\"}, or give --solver euler"});
  sandbox.write("p.csv", "x,y\n-2,0\n2,1\n");
  expect(
      sandbox("encode map --points p.csv --out z.csv"), 2,
      {"[latent] the jumps of this run were trained from noise to data only (/loss/directions is "
       "\"forward\"), so none leads back; give --solver dopri5, or train with \"both\""});
  expect(sandbox("encode map --points p.csv --solver dopri5 --out z.csv"), 0, {});
  expect(sandbox("decode map --points p.csv --out y.csv"), 0, {});
  expect(
      sandbox("loglik map --points p.csv --solver jumps --out l.npy"), 2,
      {"[loglik] jumps is not an ODE solver, so its paths have no density; give --solver dopri5"});
  expect(sandbox("sample map -n 5 --exact"), 2,
         {"[sample] this field is an ODE's and has no jumps, which only the network of a flow map "
          "has on its own path; give --solver dopri5"});
  expect(sandbox("sample map -n 5 --rtol 1e-3"), 2,
         {"[sample] --rtol and --atol need a solver with an error estimate, but jumps has none"});
  // The network of a run.
  expect(sandbox("train plain.json --out back from=map"), 4,
         {"[from] map has a flow map, a network of two times (/loss lagrangian), and /loss mse of "
          "this config trains a network of one; choose the loss of a flow map, or start from the "
          "run that the flow map was started from"});
  expect(sandbox("train map.json --out other from=plain model.time.dim=16"), 4,
         {"[from] the network of plain is another one than that of this config",
          "give /model and the number of columns and classes as in plain/config.json, or leave "
          "/from out"});
  expect(sandbox("train map.json --out other from=plain 'model.hidden=[16,16]'"), 4,
         {"[from] the network of plain is another one than that of this config: 0.weight is [32, "
          "138] there and [16, 146] here (5 parameters differ)"});
}

TEST_CASE("configs of flow maps are checked") {
  const MapSandbox sandbox;
  const auto refused = [&](const std::string& overrides, const std::vector<std::string>& texts) {
    expect(sandbox("config check map.json " + overrides), 2, texts);
  };
  refused("prediction=data", {"/prediction: a flow map is a mean velocity, and this is another "
                              "prediction",
                              "set it to \"velocity\", or choose the loss mse"});
  refused(
      "path.noise.type=brownian",
      {"/path/noise: points on a path with noise do not move along a flow that could be mapped"});
  refused("path.type=vp", {"/path: a flow map starts at the source, but /path (vp) starts at "
                           "0.006572 x1 + 1 x0",
                           "choose the path cond_ot, cosine, or polynomial with a power of 1 or "
                           "more, or the loss mse"});
  refused("path.type=linear_vp", {"/path: the velocity of /path (linear_vp) is infinite at an end, "
                                  "and a flow map is a mean of it"});
  refused("sampler.path.type=cosine", {"/sampler/path: jumps are learned on the training path"});
  const Outcome misspelt = sandbox("config check map.json loss.tipe=1");
  expect(misspelt, 2, {"unknown key \"tipe\" in /loss"});
  CHECK(misspelt.text.find("/sampler") == std::string::npos);
  refused(R"('data={"type":"csv","path":"t.csv","condition":["a"]}')",
          {"/loss: a flow map is given no columns of the table, and the data names some in "
           "`condition`",
           "choose the loss mse, or leave `condition` out"});
  refused("loss.weight_power=-1", {"/loss/weight_power"});
  refused("loss.pair_time.type=stratified", {"/loss/pair_time/type \"stratified\" is not known"});
  expect(sandbox("config check plain.json sampler.type=jumps"), 2,
         {"/sampler: jumps need a flow map, a network of two times, and this loss trains a network "
          "of one"});
  expect(sandbox("config check map.json loss.weight_floor=1"), 0,
         {"/loss/weight_floor: it has no effect, since a `weight_power` of 0 weights all rows "
          "equally"});
  expect(sandbox("config check map.json path.type=cosine"), 0, {});
  expect(sandbox("config check map.json sampler.type=dopri5"), 0, {});
}
