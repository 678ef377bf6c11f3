// Tests runs of bridges as a user makes them: training of velocity and score, samples by the ODE and by
// the SDE in both directions, densities, evaluation, pictures, and the errors of each.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A folder with a config of the bridge between N(-1, I) and N(1, I) in two dimensions, with sigma 1.
struct BridgeSandbox : Sandbox {
  BridgeSandbox() {
    write("bridge.json", R"({"name": "bridge",
      "data": {"type": "mixture", "means": [[1, 1]]},
      "source": {"type": "data", "of": {"type": "mixture", "means": [[-1, -1]]}},
      "path": {"type": "cond_ot", "noise": {"type": "brownian", "scale": 1}},
      "coupling": {"type": "schroedinger_bridge", "sigma": 1},
      "model": {"hidden": [32, 32]}, "loss": {"type": "score_and_flow"},
      "train": {"steps": 30, "batch": 32}})");
  }
  void train(const std::string& arguments) const {
    const Outcome outcome = (*this)("train " + arguments + " -q");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  void does(const std::string& arguments) const {
    const Outcome outcome = (*this)(arguments);
    INFO(arguments << "\n" << outcome.text);
    REQUIRE(outcome.code == 0);
  }
  void refuses(const std::string& arguments, int code, const std::string& part) const {
    CAPTURE(arguments);
    const Outcome outcome = (*this)(arguments);
    CHECK(outcome.code == code);
    CHECK_THAT(outcome.text, Contains(part));
  }
  // The mean and the standard deviation of all numbers of a file of points.
  std::pair<double, double> moments(const std::string& file) const {
    std::istringstream text(read(file));
    double sum = 0, squares = 0;
    int n = 0;
    for (std::string line; std::getline(text, line);) {
      std::istringstream row(line);
      for (std::string cell; std::getline(row, cell, ',');) {
        if (cell.find_first_of("xy") != std::string::npos) continue;
        const double x = std::stod(cell);
        sum += x;
        squares += x * x;
        ++n;
      }
    }
    REQUIRE(n > 0);
    return {sum / n, std::sqrt(squares / n - sum / n * sum / n)};
  }
};

}  // namespace

TEST_CASE("one run of a bridge is sampled by its ODE and by its SDE, forward and backward") {
  const BridgeSandbox sandbox;
  sandbox.train(
      "bridge.json --out run train.steps=1500 train.batch=128 model.hidden=[64,64] "
      "'coupling.method=\"exact\"'");
  for (const char* solver : {"dopri5", "bridge_sde"}) {
    CAPTURE(solver);
    sandbox.does(std::string("sample run -n 3000 --out x.csv --solver ") + solver);
    const auto [mean, std] = sandbox.moments("x.csv");
    CHECK(mean == Approx(1).margin(0.12));
    CHECK(std == Approx(1).margin(0.1));
    sandbox.does(std::string("encode run --points x.csv --out z.csv --solver ") + solver);
    const auto [mean0, std0] = sandbox.moments("z.csv");
    CHECK(mean0 == Approx(-1).margin(0.12));
    CHECK(std0 == Approx(1).margin(0.12));
    const bool random = std::string(solver) == "bridge_sde";
    sandbox.does(std::string("decode run --points z.csv --out y.csv --solver ") + solver +
                 (random ? " --seed 7" : ""));
    CHECK(sandbox.moments("y.csv").first == Approx(1).margin(0.15));
  }
  const Outcome outcome = sandbox("eval run -n 600 --json");
  INFO(outcome.text);
  REQUIRE(outcome.code == 0);
  const auto report = nlohmann::json::parse(outcome.text.substr(outcome.text.find('{')));
  for (const char* way : {"ode", "sde", "backward"})
    CHECK(report.at("bridge").at(way).at("w2").get<double>() < 0.5);
  CHECK(report.at("bridge").at("steps") == 100);
  CHECK(report.at("likelihood").at("nll").get<double>() ==
        Approx(std::log(2 * 3.14159265) + 1).margin(0.2));
  const Outcome lines = sandbox("eval run -n 200 --solver bridge_sde --steps 50");
  for (const char* line : {"2-Wasserstein by the ODE", "  by the SDE", "  by the SDE backward"})
    CHECK_THAT(lines.text, Contains(line));
  sandbox.does("loglik run --points x.csv --out l.npy");
  const Outcome pictures = sandbox("plot run -n 80 --solver bridge_sde --out pictures");
  INFO(pictures.text);
  CHECK(pictures.code == 0);
  CHECK(sandbox("plot run -n 80 --only likelihood,coupling --out pictures").code == 0);
}

TEST_CASE("a bridge trains to the same bits for any threads, and after a pause") {
  const BridgeSandbox sandbox;
  sandbox.train("bridge.json --out one --threads 1");
  sandbox.train("bridge.json --out two --threads 2");
  CHECK(sandbox.read("one/model.safetensors") == sandbox.read("two/model.safetensors"));
  sandbox.train("bridge.json --out parts --max-steps 12");
  sandbox.train("parts/config.json --resume --out parts");
  CHECK(sandbox.read("one/model.safetensors") == sandbox.read("parts/model.safetensors"));
  // The two parts of the loss differ in weight.
  sandbox.train("bridge.json --out heavy loss.score_weight=9");
  CHECK(sandbox.read("one/model.safetensors") != sandbox.read("heavy/model.safetensors"));
  // Samples of the SDE depend on the seed, not on threads.
  sandbox.does("sample one -n 40 --solver bridge_sde --seed 1 --threads 1 --out a.npy");
  sandbox.does("sample one -n 40 --solver bridge_sde --seed 1 --threads 2 --out b.npy");
  sandbox.does("sample one -n 40 --solver bridge_sde --seed 2 --out c.npy");
  CHECK(sandbox.read("a.npy") == sandbox.read("b.npy"));
  CHECK(sandbox.read("a.npy") != sandbox.read("c.npy"));
  // The sampler of the config may be the SDE; the density is then that of the ODE.
  sandbox.train("bridge.json --out sde 'sampler={\"type\": \"bridge_sde\", \"steps\": 20}'");
  sandbox.does("sample sde -n 10 --trajectory t.npy --times 5 --out s.csv");
  sandbox.does("loglik sde --points s.csv --out l.csv");
  // A run of classes.
  sandbox.train(
      "bridge.json --out classes 'data={\"type\": \"moons\"}' "
      "'model.label={\"type\": \"embedding\"}'");
  sandbox.does("sample classes -n 10 --label 1 --solver bridge_sde --out s.csv");
  sandbox.does("eval classes -n 50");
}

TEST_CASE("bridges are refused where they make no sense") {
  const BridgeSandbox sandbox;
  const std::string train = "train bridge.json --out x ";
  sandbox.refuses(train + "'path={\"type\": \"cond_ot\"}' coupling.type=ot", 2,
                  "/path: the score of a bridge is that of straight lines with Brownian noise");
  sandbox.refuses(train + "loss.type=mse 'sampler={\"type\": \"bridge_sde\"}'", 2,
                  "/sampler: the SDE of a bridge needs its score, which this loss does not train");
  sandbox.refuses(train + "'loss.time={\"type\": \"start\"}'", 2, "/loss/time/type \"start\"");
  sandbox.train("bridge.json --out run");
  sandbox.train("bridge.json --out plain loss.type=mse");
  sandbox.refuses(
      "sample plain --solver bridge_sde --out s.csv", 2,
      "[sample] bridge_sde needs the score of a bridge, but the loss of this run is mse");
  sandbox.refuses(
      "sample run --solver euler_maruyama --out s.csv", 2,
      "[sample] euler_maruyama needs E[x0 | xt], which is unknown on this run's path with "
      "noise (brownian)");
  sandbox.write("p.csv", "x,y\n1,2\n");
  sandbox.refuses("interpolate run --from p.csv --to p.csv --solver bridge_sde --out i.npy", 2,
                  "[interpolate] bridge_sde is random");
  sandbox.refuses(
      "encode run --points p.csv --seed 3 --out z.csv", 2,
      "[encode] --seed has no effect, since dopri5 draws no random numbers; leave it out, "
      "or give --solver bridge_sde for a run of a bridge");
  const auto latent = [&](const std::string& seed) {
    sandbox.does("encode run --points p.csv --solver bridge_sde --out z.csv --seed " + seed);
    return sandbox.read("z.csv");
  };
  CHECK(latent("3") == latent("3"));
  CHECK(latent("3") != latent("4"));
  sandbox.refuses("loglik run --points p.csv --solver bridge_sde --out l.csv", 2,
                  "[loglik] bridge_sde is not an ODE solver");
  sandbox.refuses("train bridge.json --out y from=plain", 4,
                  "[from] the network of plain is another one than that of this config");
}
