#include "nn/training/trainer.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <mutex>
#include <sstream>

#include "nn/networks/velocity.h"
#include "paths.h"
#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

// A training run of a velocity network with dropout. Its data is a ring.
struct TrainingRun {
  VelocityOptions options;
  Velocity net;
  Parameters parameters;
  Workers workers;
  Trainer trainer;

  explicit TrainingRun(int threads, TrainerOptions training = {}, int width = 16)
      : options{.hidden = {width, width}, .dropout = 0.1},
        net(options),
        parameters(net),
        workers(threads),
        trainer((parameters.initialise({4, Purpose::init}), parameters), training, workers) {}

  // Returns the conditional flow matching loss of given rows in the current step.
  auto loss() {
    return [this](Tape& tape, RowRange rows) {
      const Stream stream{11, Purpose::noise, static_cast<std::uint32_t>(trainer.updates())};
      const auto first = static_cast<std::uint32_t>(rows.first);
      std::span<real> x0, x1, t;
      const Var v0 = tape.uninitialised({rows.count, 2}, x0);
      const Var v1 = tape.uninitialised({rows.count, 2}, x1);
      const Var vt = tape.uninitialised({rows.count, 1}, t);
      fill_normal(stream, first, rows.count, 2, x0.data());
      fill_normal(stream.with(Purpose::data), first, rows.count, 2, x1.data());
      for (std::size_t r = 0; r < x1.size(); r += 2) {
        const real norm = std::hypot(x1[r], x1[r + 1]);
        x1[r] /= norm;
        x1[r + 1] /= norm;
      }
      fill_uniform(stream.with(Purpose::time), first, rows.count, 1, t.data());
      const Var displacement = v1 - v0;
      const Var xt = v0 + broadcast_cols(vt, 2) * displacement;
      const NetworkMode mode{true, stream.with(Purpose::dropout), first};
      return mse(net(xt, vt, mode), displacement);
    };
  }
};

TrainerOptions full_options() {
  TrainerOptions o;
  o.optimizer = {.kind = OptimizerKind::adamw, .lr = 5e-3, .weight_decay = 0.01};
  o.schedule = {.kind = Schedule::Kind::cosine, .warmup = 5, .steps = 40};
  o.clip_norm = 1;
  o.ema_decay = 0.99;
  o.chunk = 32;
  return o;
}

TEST_CASE("trainer: the loss falls, and the average lags behind the weights") {
  TrainerOptions o = full_options();
  o.schedule = {};
  TrainingRun run(1, o);
  double first = 0, last = 0;
  for (int k = 0; k < 300; ++k) {
    const StepResult r = run.trainer.step(128, run.loss());
    REQUIRE(r.status == StepStatus::ok);
    (k < 20 ? first : last) += k < 20 || k >= 280 ? r.loss / 20 : 0;
  }
  CHECK(last < 0.85 * first);
  CHECK(run.trainer.updates() == 300);
  CHECK(doubles(run.trainer.ema()) != doubles(run.parameters.values()));
}

TEST_CASE("trainer: batches of any size give the same bits on 1, 2, 3 and 4 threads") {
  for (const int rows : {256, 100, 1000}) {  // 8, 4 and 32 chunks of up to 32 rows
    for (const int width : {16, 200}) {      // with 200, the optimizer uses threads too
      std::vector<std::vector<double>> results;
      for (const int threads : {1, 2, 3, 4}) {
        TrainingRun run(threads, full_options(), width);
        std::vector<double> result;
        for (int k = 0; k < (width == 16 ? 10 : 3); ++k) {
          const StepResult r = run.trainer.step(rows, run.loss());
          result.insert(result.end(), {r.loss, r.grad_norm, r.lr});
        }
        for (real v : run.parameters.values()) result.push_back(static_cast<double>(v));
        for (real v : run.trainer.ema()) result.push_back(static_cast<double>(v));
        results.push_back(result);
      }
      INFO(rows << " rows, width " << width);
      for (const auto& result : results) CHECK((result == results[0]));
    }
  }
}

TEST_CASE("trainer: a step that is interrupted between chunks changes nothing") {
  for (const int threads : {1, 3}) {
    int asked = 0, stop_at = -1;
    TrainerOptions o = full_options();
    std::mutex lock;
    o.interrupted = [&] {
      const std::lock_guard guard(lock);
      return asked++ == stop_at;
    };
    TrainingRun run(threads, o), whole(threads, full_options());
    // Reserving memory does not count as an update or change the bits of later steps.
    run.trainer.reserve(500, run.loss());
    CHECK(run.trainer.updates() == 0);
    for (int k = 0; k < 3; ++k) {
      run.trainer.step(500, run.loss());
      whole.trainer.step(500, whole.loss());
    }
    const std::vector<real> before(run.parameters.values().begin(), run.parameters.values().end());
    for (const int chunk : {0, 1, 9}) {
      asked = 0;
      stop_at = chunk;
      CHECK_THROWS_AS(run.trainer.step(500, run.loss()), TrainingInterrupted);
      CHECK(std::equal(before.begin(), before.end(), run.parameters.values().begin()));
      CHECK(run.trainer.updates() == 3);
    }
    stop_at = -1;
    run.trainer.step(500, run.loss());
    whole.trainer.step(500, whole.loss());
    CHECK(asked > 10);
    CHECK(std::equal(whole.parameters.values().begin(), whole.parameters.values().end(),
                     run.parameters.values().begin()));
    CHECK(std::equal(whole.trainer.ema().begin(), whole.trainer.ema().end(),
                     run.trainer.ema().begin()));
  }
}

TEST_CASE("trainer: the gradients of chunks add up to the gradient of the whole batch") {
  TrainerOptions whole = full_options(), cut = full_options();
  whole.chunk = 1000;
  cut.chunk = 30;  // 34 chunks, the last one with 10 rows
  TrainingRun a(1, whole), b(2, cut);
  const StepResult ra = a.trainer.step(1000, a.loss()), rb = b.trainer.step(1000, b.loss());
  CHECK(ra.loss == Approx(rb.loss).epsilon(kDouble ? 1e-12 : 1e-5));
  CHECK(ra.grad_norm == Approx(rb.grad_norm).epsilon(kDouble ? 1e-12 : 1e-4));
  for (std::size_t i = 0; i < a.parameters.size(); ++i)
    CHECK(static_cast<double>(a.trainer.gradient()[i]) ==
          Approx(static_cast<double>(b.trainer.gradient()[i]))
              .epsilon(1e-3)
              .margin(kDouble ? 1e-13 : 1e-5));
}

TEST_CASE("trainer: a whole training gives PyTorch's numbers") {
  Mlp net({.in = 3, .out = 2, .hidden = {8, 8}});
  Parameters parameters(net);
  const auto list = parameters.list();
  for (std::size_t p = 0; p < list.size(); ++p) {
    const auto part = parameters.part(*list[p], parameters.values());
    for (std::size_t k = 0; k < part.size(); ++k)
      part[k] = static_cast<real>(0.5 * std::sin(1.3 * double(k) + double(p)));
  }
  Tensor x({10, 3}), y({10, 2});
  for (int r = 0; r < 10; ++r) {
    for (int c = 0; c < 3; ++c) x(r, c) = static_cast<real>(std::sin(3.0 * r + c));
    for (int c = 0; c < 2; ++c) y(r, c) = static_cast<real>(std::cos(2.0 * r + c));
  }
  TrainerOptions o;
  o.optimizer = {.kind = OptimizerKind::adamw, .lr = 0.02, .weight_decay = 0.01};
  o.schedule = {.kind = Schedule::Kind::cosine, .steps = 20};
  o.clip_norm = 0.1;
  o.chunk = 4;
  Workers workers(2);
  Trainer trainer(parameters, o, workers);
  const auto part = [](const Tensor& t, RowRange rows) {
    const auto cols = static_cast<std::size_t>(t.cols());
    return t.values().subspan(static_cast<std::size_t>(rows.first) * cols,
                              static_cast<std::size_t>(rows.count) * cols);
  };
  std::ifstream file(PUSHFORWARD_SOURCE_DIR "/data/goldens/training.csv");
  REQUIRE(file);
  int steps = 0;
  for (std::string line; std::getline(file, line);) {
    if (line[0] == '#') continue;
    const StepResult r = trainer.step(10, [&](Tape& tape, RowRange rows) {
      return mse(net(tape.input({rows.count, 3}, part(x, rows))),
                 tape.input({rows.count, 2}, part(y, rows)));
    });
    double step, loss, norm, lr;
    char comma;
    std::istringstream(line) >> step >> comma >> loss >> comma >> norm >> comma >> lr;
    INFO("step " << step);
    const double epsilon = kDouble ? 1e-11 : 2e-4;
    CHECK(r.loss == Approx(loss).epsilon(epsilon));
    CHECK(r.grad_norm == Approx(norm).epsilon(epsilon));
    CHECK(r.lr == Approx(lr).epsilon(1e-12));
    ++steps;
  }
  CHECK(steps == 20);
}

TEST_CASE(
    "trainer: a loss or gradient that is not finite changes nothing, and its place is found") {
  TrainingRun run(2, full_options());
  run.trainer.step(128, run.loss());
  const auto before = doubles(run.parameters.values()), average = doubles(run.trainer.ema());
  const auto good = run.loss();

  const StepResult bad_loss = run.trainer.step(128, [&](Tape& tape, RowRange rows) {
    const Var loss = good(tape, rows);
    return rows.first == 64 ? loss + std::numeric_limits<real>::quiet_NaN() : loss;
  });
  CHECK(bad_loss.status == StepStatus::bad_loss);
  CHECK(std::isnan(bad_loss.loss));
  CHECK(bad_loss.rows.first == 64);
  CHECK(bad_loss.rows.count == 32);

  // sqrt(0 * p) is 0 for a parameter p, but its derivative is infinity * 0, which is NaN.
  const Parameter& culprit = run.parameters.find("3.bias");
  const StepResult bad_gradient = run.trainer.step(128, [&](Tape& tape, RowRange rows) {
    const Var loss = good(tape, rows);
    return rows.first == 32 ? loss + sum(sqrt(0 * culprit.on(tape))) : loss;
  });
  CHECK(bad_gradient.status == StepStatus::bad_gradient);
  CHECK(std::isfinite(bad_gradient.loss));
  REQUIRE(bad_gradient.parameter != nullptr);
  CHECK(bad_gradient.parameter->name == "3.bias");

  CHECK(doubles(run.parameters.values()) == before);
  CHECK(doubles(run.trainer.ema()) == average);
  CHECK(run.trainer.updates() == 1);
  CHECK(run.trainer.step(128, good).status == StepStatus::ok);  // the training can go on
}

TEST_CASE("trainer: a parameter without gradient is refused unless it is frozen") {
  struct Planted {
    Linear used{2, 2}, unused{2, 2};
    void visit(const std::string& at, const Visitor& f) {
      used.visit(at + "layers.0.", f);
      unused.visit(at + "layers.2.", f);
    }
  } model;
  Parameters parameters(model);
  parameters.initialise({1, Purpose::init});
  Workers workers(1);
  Trainer trainer(parameters, {}, workers);
  const auto loss = [&](Tape& tape, RowRange rows) {
    const Var x = tape.full({rows.count, 2}, 1);
    return mean(square(model.used(x) + stop_gradient(model.unused(x))));
  };
  const auto before = doubles(parameters.values());
  CHECK_THROWS_WITH(trainer.step(10, loss),
                    "[train] no gradient reaches layers.2.weight; "
                    "use it in the loss, or freeze it: parameters.freeze(\"layers.2.weight\")");
  CHECK(doubles(parameters.values()) == before);
  CHECK(trainer.updates() == 0);

  parameters.freeze("layers.2.");
  const auto frozen = doubles(parameters.part(model.unused.weight, parameters.values()));
  CHECK(trainer.step(10, loss).status == StepStatus::ok);
  CHECK(doubles(parameters.values()) != before);
  CHECK(doubles(parameters.part(model.unused.weight, parameters.values())) == frozen);

  parameters.freeze("");
  CHECK_THROWS_WITH(trainer.step(10, loss), Contains("[train] all 4 parameters are frozen"));
}

TEST_CASE("trainer: weight decay and momentum do not change a frozen parameter") {
  for (const bool first : {true, false}) {  // the parameter is the first or the last of the array
    TrainingRun run(1, full_options());
    const char* name = first ? "0.weight" : "6.bias";
    run.parameters.freeze(name);
    const Parameter& p = run.parameters.find(name);
    const auto before = doubles(run.parameters.part(p, run.parameters.values()));
    for (int k = 0; k < 3; ++k) run.trainer.step(64, run.loss());
    CHECK(doubles(run.parameters.part(p, run.parameters.values())) == before);
    CHECK(doubles(run.parameters.part(p, std::span<const real>(run.trainer.ema()))) == before);
  }
}

TEST_CASE("trainer: clipping scales the gradient to the given norm") {
  TrainerOptions o;
  o.optimizer = {.kind = OptimizerKind::sgd, .lr = 1};
  o.clip_norm = 0.125;
  TrainingRun run(1, o);
  const auto before = doubles(run.parameters.values());
  const StepResult r = run.trainer.step(64, run.loss());
  CHECK(r.grad_norm > o.clip_norm);
  double moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    moved += std::pow(before[i] - static_cast<double>(run.parameters.values()[i]), 2);
  CHECK(std::sqrt(moved) == Approx(o.clip_norm).epsilon(1e-4));
}

TEST_CASE("trainer: all numbers that are not frozen are updated, and there is no average unasked") {
  for (const char* frozen : {"", "0.bias"}) {  // nothing, or a parameter between others
    CAPTURE(frozen);
    TrainerOptions o;
    o.optimizer = {.kind = OptimizerKind::adamw, .lr = 0.1, .weight_decay = 0.5};
    TrainingRun run(1, o, 200);
    int expected = 0;
    if (*frozen) {
      run.parameters.freeze(frozen);
      for (const real v : run.parameters.part(run.parameters.find(frozen), run.parameters.values()))
        expected += v != 0;
      CHECK(expected > 0);
    }
    const auto before = doubles(run.parameters.values());
    run.trainer.step(64, run.loss());
    const auto after = doubles(run.parameters.values());
    int unchanged = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
      unchanged += before[i] != 0 && after[i] == before[i];
    CHECK(unchanged == expected);
    CHECK(run.trainer.ema().empty());
  }
}

TEST_CASE("trainer: a rehearsal computes a chunk in each thread, and changes nothing") {
  TrainingRun run(2, full_options());
  const auto before = doubles(run.parameters.values());
  std::mutex lock;
  std::vector<int> firsts;
  const auto loss = [&](Tape& tape, RowRange rows) {
    {
      const std::lock_guard guard(lock);
      firsts.push_back(rows.first);
    }
    return run.loss()(tape, rows);
  };
  run.trainer.reserve(128, loss);  // 4 chunks of 32 rows
  std::sort(firsts.begin(), firsts.end());
  CHECK(firsts == std::vector<int>{0, 32});
  CHECK(doubles(run.parameters.values()) == before);
  CHECK(run.trainer.updates() == 0);
}

TEST_CASE("trainer: the average follows its formula") {
  TrainerOptions o;
  o.optimizer = {.kind = OptimizerKind::sgd, .lr = 0.1};
  o.ema_decay = 0.3;
  TrainingRun run(1, o);
  std::vector<double> expected = doubles(run.parameters.values());
  for (int k = 0; k < 5; ++k) {
    run.trainer.step(64, run.loss());
    const double decay = std::min(0.3, (1.0 + k) / (10.0 + k));
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] =
          decay * expected[i] + (1 - decay) * static_cast<double>(run.parameters.values()[i]);
  }
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(static_cast<double>(run.trainer.ema()[i]) ==
          Approx(expected[i]).epsilon(kDouble ? 1e-13 : 1e-5).margin(1e-7));
}

TEST_CASE("trainer: without a warm-up, the initial weights stay long in the average") {
  TrainerOptions o;
  o.optimizer = {.kind = OptimizerKind::sgd, .lr = 0.1};
  o.ema_decay = 0.99;
  o.ema_warmup = false;
  TrainingRun run(1, o);
  std::vector<double> expected = doubles(run.parameters.values());
  for (int k = 0; k < 5; ++k) {
    run.trainer.step(64, run.loss());
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] = 0.99 * expected[i] + 0.01 * static_cast<double>(run.parameters.values()[i]);
  }
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(static_cast<double>(run.trainer.ema()[i]) ==
          Approx(expected[i]).epsilon(kDouble ? 1e-13 : 1e-5).margin(1e-7));
}

TEST_CASE("trainer: misuse is refused, and an exception in the loss is passed on") {
  TrainingRun run(2, full_options());
  CHECK_THROWS_WITH(run.trainer.step(0, run.loss()), Contains("a step has 0 rows"));
  CHECK_THROWS_WITH(run.trainer.step(64, [](Tape& tape, RowRange) { return tape.full({3}, 1); }),
                    "[train] the loss must be one number on the given tape; "
                    "its shape is (3); take its mean over the rows");
  CHECK_THROWS_WITH(run.trainer.step(64,
                                     [](Tape& tape, RowRange rows) -> Var {
                                       detail::check(rows.first == 0, "loss", "rows ", rows.first);
                                       return tape.full({}, 1);
                                     }),
                    "[loss] rows 32");
  CHECK(run.trainer.step(64, run.loss()).status == StepStatus::ok);
  TrainerOptions bad;
  bad.ema_decay = 1;
  CHECK_THROWS_WITH(Trainer(run.parameters, bad, run.workers), Contains("ema decay 1 is outside"));
  bad = {};
  bad.clip_norm = -1;
  CHECK_THROWS_WITH(Trainer(run.parameters, bad, run.workers), Contains("clip_norm is -1"));
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
