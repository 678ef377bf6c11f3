// Tests the programs of flow/README.md, which are between the lines `// code: NAME` and `// end` of
// this file. They compile, their text equals that of the README, and with Trainer they give the
// gradient of the whole batch.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/discrete/batch.h"
#include "flow/discrete/loss.h"
#include "flow/discrete/sampler.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/solve/ode.h"
#include "flow/solve/sampler.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "nn/networks/token_network.h"
#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"
#include "paths.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

using Numbers = std::vector<double>;

Numbers copied(std::span<const real> values) { return {values.begin(), values.end()}; }

// Returns the largest difference between two gradients, relative to the largest number of `b`.
double difference(const Numbers& a, const Numbers& b) {
  REQUIRE(a.size() == b.size());
  double most = 0, scale = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(a[i] - b[i]));
    scale = std::max(scale, std::abs(b[i]));
  }
  REQUIRE(scale > 0);
  return most / scale;
}

// Returns the gradient of `loss` with respect to all parameters, in their order.
Numbers gradient_of(const Parameters& parameters, Var loss) {
  Numbers out(parameters.size(), 0);
  for (const Parameter* p : parameters.list()) {
    const Var g = grad(loss, p->on(*loss.tape));
    std::ranges::copy(g.values(), out.begin() + static_cast<std::ptrdiff_t>(p->offset));
  }
  return out;
}

struct Trained {
  Numbers gradient;  // the gradient of the last step
  double mean = 0;   // the mean of the samples' first column
};

Trained flow_program(int steps, std::uint64_t seed) {
  // code: flow
  Velocity network({.hidden = {64, 64}});  // u_theta(x, t)
  Parameters parameters(network);
  parameters.initialise({.seed = seed, .purpose = Purpose::init});
  Field field = [&](Var x, Var t) { return network(x, t); };

  Workers workers(2);
  Trainer trainer(parameters, {.optimizer = {.lr = 3e-3}}, workers);
  Batch batch({.source = GaussianSource(2), .data = Toy("moons")}, 300, seed);
  for (int step = 0; step < steps; ++step) {
    batch.start(step, workers);
    trainer.step(300, [&](Tape& tape, RowRange rows) {  // a chunk of the rows, on a tape of its own
      return cfm_loss(field, batch.chunk(tape, rows.first, rows.count));  // the mean over them
    });
  }

  Sampler sampler(field, 2, {}, workers);  // dopri5, rtol = atol = 1e-5, from t = 0 to 1
  Tensor x = sampler.sample(GaussianSource(2), seed, 2000);
  batch.problem().data->restore(2000, x.data());  // back to the data's own units
  // end
  Trained trained{copied(trainer.gradient())};
  for (int k = 0; k < x.rows(); ++k) trained.mean += double(x(k, 0)) / x.rows();
  return trained;
}

// A training step without Trainer, which adds the gradients of the chunks itself.
Numbers own_loop(const Field& field, const Parameters& parameters, Batch& batch) {
  // code: parts
  std::vector<double> gradient(parameters.size());
  Tape tape;
  for (int first = 0; first < batch.rows(); first += 128) {
    const int rows = std::min(128, batch.rows() - first);
    Scope scope(tape);
    Var mean = cfm_loss(field, batch.chunk(tape, first, rows));
    Var part = part_of_batch(mean, rows, batch.rows());  // the parts add up to the batch's mean
    for (Parameter* p : parameters.list()) {
      const std::span<const real> g = grad(part, p->on(tape)).values();
      for (std::size_t i = 0; i < g.size(); ++i) gradient[p->offset + i] += g[i];
    }
  }
  // end
  return gradient;
}

SamplerOptions other_options() {
  // code: options
  SamplerOptions options;
  options.method = SamplingMethod::dpm_solver;
  options.parameterization = {Prediction::data, cosine()};
  options.grid = edm_grid(cosine(), 20);
  options.source_scale = cosine()(options.grid.front()).sigma;
  options.label_of = [](int sample) { return sample % 10; };
  // end
  return options;
}

Trained token_program(int steps, std::uint64_t seed, const std::vector<int>& text) {
  // code: tokens
  TokenProblem problem{.data = WindowDistribution(text, 8, 5)};  // from masks, kappa = t
  TokenNetwork network({.length = 8, .vocabulary = 5, .states = problem.path().states()});
  Parameters parameters(network);
  parameters.initialise({.seed = seed, .purpose = Purpose::init});
  Posterior posterior = [&](std::span<const int> x, Var t) { return network(x, t); };

  Workers workers(2);
  Trainer trainer(parameters, {.optimizer = {.lr = 3e-3}}, workers);
  TokenBatch batch(problem, 300, seed);
  for (int step = 0; step < steps; ++step) {
    batch.start(step);
    trainer.step(300, [&](Tape& tape, RowRange rows) {
      return cross_entropy_loss(posterior, problem.path(),
                                batch.chunk(tape, rows.first, rows.count));
    });
  }

  TokenSampler sampler(posterior, problem.path(), 8, {}, workers);  // the exact kernel, 64 steps
  std::vector<int> x(100 * 8);
  SampleCost cost = sampler.sample(seed, 100, x.data());  // cost.mean(): evaluations a sequence
  // end
  CHECK(cost.rows == 100);
  return {copied(trainer.gradient()), double(std::ranges::count(x, 4))};
}

double ode_program() {
  // code: ode
  const auto slope = [](double x, double t) { return -2 * t * x; };
  double end = integrate(slope, 1., {0, 1});  // dopri5, from x(0) = 1 to x(1)
  double by_euler = integrate(slope, 1., time_grid(100), {.tableau = &kEuler});  // 100 steps
  // end
  CHECK(by_euler == Approx(end).epsilon(0.02));
  return end;
}

// --- reading the document ----------------------------------------------------------------------

std::vector<std::string> lines_of_file(const std::string& path) {
  std::ifstream in(std::string(PUSHFORWARD_SOURCE_DIR) + "/" + path);
  REQUIRE(in);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Returns the lines between the lines `from` and `to`, without their common indentation. Blanks at
// the beginning of these lines are ignored.
std::vector<std::string> between(const std::vector<std::string>& lines, const std::string& from,
                                 const std::string& to) {
  const auto is = [](const std::string& text) {
    return [&text](const std::string& line) {
      const auto begin = line.find_first_not_of(' ');
      return begin != std::string::npos && line.substr(begin) == text;
    };
  };
  const auto begin = std::find_if(lines.begin(), lines.end(), is(from));
  INFO("no line is " << from);
  REQUIRE(begin != lines.end());
  std::vector<std::string> out(begin + 1, std::find_if(begin, lines.end(), is(to)));
  std::size_t indent = std::string::npos;
  for (const std::string& line : out) indent = std::min(indent, line.find_first_not_of(' '));
  for (std::string& line : out) line = line.substr(std::min(indent, line.size()));
  return out;
}

}  // namespace

TEST_CASE("the programs in flow/README.md are those that this test compiles") {
  const auto readme = lines_of_file("flow/README.md");
  const auto source = lines_of_file("tests/program/flow_readme_test.cpp");
  for (const std::string name : {"flow", "parts", "options", "tokens", "ode"}) {
    CAPTURE(name);
    std::vector<std::string> block = between(readme, "<!-- code: " + name + " -->", "```");
    REQUIRE(block.size() > 1);
    CHECK(block.front() == "```cpp");
    block.erase(block.begin());
    CHECK(block == between(source, "// code: " + name, "// end"));
  }
}

TEST_CASE("training as in flow/README.md uses the gradient of the whole batch") {
  // 300 rows are split into chunks of 128, 128 and 44.
  const Trained first = flow_program(1, 3);
  Velocity network({.hidden = {64, 64}});
  Parameters parameters(network);
  parameters.initialise({.seed = 3, .purpose = Purpose::init});
  const Field field = [&](Var x, Var t) { return network(x, t); };
  Workers workers(1);
  Batch batch({.source = GaussianSource(2), .data = Toy("moons")}, 300, 3);
  batch.start(0, workers);
  Tape tape;
  const Numbers whole = gradient_of(parameters, cfm_loss(field, batch.chunk(tape, 0, 300)));
  const double round_off = 1000 * double(std::numeric_limits<real>::epsilon());
  CHECK(difference(first.gradient, whole) < round_off);
  CHECK(difference(own_loop(field, parameters, batch), whole) < round_off);
}

TEST_CASE("training on tokens as in flow/README.md uses the gradient of the whole batch") {
  std::vector<int> text;
  for (int k = 0; k < 200; ++k) text.push_back(k * k % 5);
  const Trained first = token_program(1, 3, text);
  const TokenProblem problem{.data = WindowDistribution(text, 8, 5)};
  TokenNetwork network({.length = 8, .vocabulary = 5, .states = problem.path().states()});
  Parameters parameters(network);
  parameters.initialise({.seed = 3, .purpose = Purpose::init});
  const Posterior posterior = [&](std::span<const int> x, Var t) { return network(x, t); };
  TokenBatch batch(problem, 300, 3);
  batch.start(0);
  Tape tape;
  const Numbers whole = gradient_of(
      parameters, cross_entropy_loss(posterior, problem.path(), batch.chunk(tape, 0, 300)));
  CHECK(difference(first.gradient, whole) < 1000 * double(std::numeric_limits<real>::epsilon()));
}

TEST_CASE("the programs in flow/README.md give the right results") {
  CHECK(flow_program(400, 1).mean == Approx(0.5).margin(0.1));
  CHECK(ode_program() == Approx(std::exp(-1.)).epsilon(1e-5));
  CHECK(other_options().times().back() == 1);
}

}  // namespace pushforward::inline PF_REAL
