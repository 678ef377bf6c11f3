// Tests the texts of the errors for invalid options and numbers of optimizers, schedules, averages
// and the trainer.
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/ops.h"
#include "nn/layers/layers.h"
#include "nn/training/ema.h"
#include "nn/training/trainer.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

const double kTrainNan = std::nan(""), kTrainInf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("an optimizer refuses invalid options, states and numbers") {
  const auto made = [](OptimizerOptions options) { return [options] { Optimizer(options, 16); }; };
  Optimizer plain({.kind = OptimizerKind::sgd}, 16),
      momentum({.kind = OptimizerKind::sgd, .momentum = 0.5}, 16), adam({}, 16);
  const Optimizer& read = adam;
  const std::string betas = "; both must lie in [0, 1)";
  check_refusals({
      {[] { Optimizer({}, 17); },
       "[optimizer] the arrays have 17 numbers; their number must be a multiple of 16"},
      {made({.lr = -1}), "[optimizer] lr is -1; it must not be negative"},
      {made({.lr = kTrainNan}), "[optimizer] lr is nan; it must not be negative"},
      {made({.weight_decay = -1}), "[optimizer] weight_decay is -1; it must not be negative"},
      {made({.weight_decay = kTrainNan}),
       "[optimizer] weight_decay is nan; it must not be negative"},
      {made({.momentum = -0.5}), "[optimizer] momentum -0.5 is outside [0, 1)"},
      {made({.momentum = 1}), "[optimizer] momentum 1 is outside [0, 1)"},
      {made({.nesterov = true}),
       "[optimizer] nesterov is on and momentum is 0; nesterov needs a positive momentum"},
      {made({.beta1 = 1}), "[optimizer] the betas are 1 and 0.999" + betas},
      {made({.beta1 = -0.5}), "[optimizer] the betas are -0.5 and 0.999" + betas},
      {made({.beta2 = 1}), "[optimizer] the betas are 0.9 and 1" + betas},
      {made({.beta2 = kTrainNan}), "[optimizer] the betas are 0.9 and nan" + betas},
      {made({.eps = -1}), "[optimizer] eps is -1; it must not be negative"},
      {[&] { plain.state(0); }, "[optimizer] there is no state array 0; there are 0"},
      {[&] { plain.state_name(0); }, "[optimizer] there is no state array 0; there are 0"},
      {[&] { momentum.state(1); }, "[optimizer] there is no state array 1; there are 1"},
      {[&] { momentum.state_name(1); }, "[optimizer] there is no state array 1; there are 1"},
      {[&] { adam.state(2); }, "[optimizer] there is no state array 2; there are 2"},
      {[&] { adam.state(-1); }, "[optimizer] there is no state array -1; there are 2"},
      {[&] { read.state(2); }, "[optimizer] there is no state array 2; there are 2"},
      {[&] { read.state(-1); }, "[optimizer] there is no state array -1; there are 2"},
      {[&] { read.state_name(-1); }, "[optimizer] there is no state array -1; there are 2"},
      {[&] { adam.set_updates(-1); }, "[optimizer] -1 updates; their number is 0 or more"},
      {[&] { adam.begin(-1); },
       "[optimizer] the rate's factor is -1; it must be 0 or more, and finite"},
      {[&] { adam.begin(kTrainInf); },
       "[optimizer] the rate's factor is inf; it must be 0 or more, and finite"},
      {[&] { adam.begin(kTrainNan); },
       "[optimizer] the rate's factor is nan; it must be 0 or more, and finite"},
  });
  CHECK(adam.updates() == 0);  // a refused update does not count
}

TEST_CASE("every schedule refuses invalid steps and numbers") {
  using Kind = Schedule::Kind;
  for (const Kind kind : {Kind::constant, Kind::linear, Kind::cosine, Kind::step}) {
    CAPTURE(schedules()[static_cast<std::size_t>(kind)].name);
    const Schedule sound{.kind = kind, .warmup = 2, .steps = 10};
    CHECK_THROWS_WITH(sound(-1), "[schedule] step -1 is asked for; steps count from 0");
    // check_numbers checks the numbers of a schedule, and so does each evaluation of the schedule.
    const auto both = [](const Schedule& s, const std::string& text) {
      CHECK_THROWS_WITH(s.check_numbers(), text);
      CHECK_THROWS_WITH(s(0), text);
    };
    Schedule s = sound;
    s.warmup = -1;
    both(s, "[schedule] warmup is -1; give 0 (none) or more");
    for (const char* number : {"-0.5", "nan"}) {
      s = sound;
      s.final = std::stod(number);
      both(s, "[schedule] final is " + std::string(number) + "; it must not be negative");
    }
    s = sound;
    s.warmup = 10;
    if (kind == Kind::linear || kind == Kind::cosine)
      both(s, "[schedule] the run has 10 steps and the warm-up 10; the run must be longer");
    else
      CHECK_NOTHROW(s.check_numbers());
    s = sound;
    s.every = 0;
    if (kind == Kind::step)
      both(s, "[schedule] every is 0; it must be at least 1");
    else
      CHECK_NOTHROW(s.check_numbers());
  }
}

TEST_CASE("the average's decay refuses invalid rates and updates") {
  const std::string text = "; the decay must lie in [0, 1), and updates count from 0";
  check_refusals({
      {[] { ema_decay(1, 0); }, "[ema] a decay of 1 at update 0" + text},
      {[] { ema_decay(-0.5, 0); }, "[ema] a decay of -0.5 at update 0" + text},
      {[] { ema_decay(kTrainNan, 0); }, "[ema] a decay of nan at update 0" + text},
      {[] { ema_decay(0.5, -1); }, "[ema] a decay of 0.5 at update -1" + text},
  });
  CHECK(ema_decay(0, 0) == 0);
  CHECK(ema_decay(0.5, 0) == 0.1);
}

TEST_CASE("a trainer refuses options, steps and losses that it cannot train with") {
  Linear model(2, 1);
  Parameters parameters(model);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Workers workers(1);
  const auto made = [&](auto change) {
    return [&, change] {
      TrainerOptions options;
      change(options);
      Trainer(parameters, options, workers);
    };
  };
  Trainer trainer(parameters, {}, workers);
  const auto step = [&](int rows, auto loss) {
    return [&trainer, rows, loss] { trainer.step(rows, loss); };
  };
  Tape other;
  const Var foreign = other.full({}, 1);
  check_refusals({
      {made([](TrainerOptions& o) { o.clip_norm = -1; }),
       "[train] clip_norm is -1; give 0 (no clipping) or more"},
      {made([](TrainerOptions& o) { o.clip_norm = kTrainNan; }),
       "[train] clip_norm is nan; give 0 (no clipping) or more"},
      {made([](TrainerOptions& o) { o.ema_decay = 1; }),
       "[train] ema decay 1 is outside [0, 1); 0 means no average"},
      {made([](TrainerOptions& o) { o.ema_decay = -0.5; }),
       "[train] ema decay -0.5 is outside [0, 1); 0 means no average"},
      {made([](TrainerOptions& o) { o.chunk = 0; }),
       "[train] a chunk has 0 rows; at least 1 is needed"},
      {made([](TrainerOptions& o) { o.schedule.warmup = -1; }),
       "[schedule] warmup is -1; give 0 (none) or more"},
      {made([](TrainerOptions& o) { o.optimizer.lr = -1; }),
       "[optimizer] lr is -1; it must not be negative"},
      {step(0, [](Tape& t, RowRange) { return t.full({}, 1); }),
       "[train] a step has 0 rows; at least 1 is needed"},
      {step(4, [](Tape& t, RowRange) { return t.full({4}, 1); }),
       "[train] the loss must be one number on the given tape; its shape is (4); "
       "take its mean over the rows"},
      {step(4, [](Tape&, RowRange) { return Var{}; }),
       "[train] the loss is null; return its mean over the rows, one number on the given tape"},
      {step(4, [foreign](Tape&, RowRange) { return foreign; }),
       "[train] the loss is on another tape; compute it on the tape that is given"},
      {step(4, [](Tape& t, RowRange) { return t.full({}, 1); }),
       "[train] no gradient reaches weight; use it in the loss, or freeze it: "
       "parameters.freeze(\"weight\")"},
  });
  CHECK(trainer.updates() == 0);
  parameters.freeze("");
  CHECK_THROWS_WITH(Trainer(parameters, {}, workers),
                    "[train] all 2 parameters are frozen; "
                    "unfreeze some: parameters.freeze(\"...\", false)");
}

TEST_CASE("training takes the least numbers that are allowed") {
  for (const OptimizerOptions& options :
       {OptimizerOptions{.lr = 0}, OptimizerOptions{.weight_decay = 0},
        OptimizerOptions{.kind = OptimizerKind::sgd, .momentum = 0}, OptimizerOptions{.beta1 = 0},
        OptimizerOptions{.beta2 = 0}, OptimizerOptions{.eps = 0}})
    CHECK_NOTHROW(Optimizer(options, 16));
  Optimizer adam({}, 16), momentum({.kind = OptimizerKind::sgd, .momentum = 0.5}, 16);
  const Optimizer& read = adam;
  CHECK(adam.state(0).size() == 16);
  CHECK(adam.state(1).size() == 16);
  CHECK(read.state(0).data() == adam.state(0).data());
  CHECK(read.state(1).data() == adam.state(1).data());
  CHECK(momentum.state(0).size() == 16);
  CHECK(momentum.state_name(0) == std::string("momentum_buffer"));
  CHECK_NOTHROW(adam.set_updates(0));
  CHECK_NOTHROW(adam.begin(0));

  using Kind = Schedule::Kind;
  for (const Kind kind : {Kind::constant, Kind::linear, Kind::cosine, Kind::step}) {
    CAPTURE(schedules()[static_cast<std::size_t>(kind)].name);
    const Schedule least{.kind = kind, .warmup = 0, .steps = 1, .final = 0, .every = 1};
    CHECK(least(0) == 1);
    // One step after the warm-up is the whole of a schedule that ends.
    const Schedule one{.kind = kind, .warmup = 3, .steps = 4, .final = 0.25, .every = 1};
    CHECK(one(2) == 1);
    CHECK(one(3) == 1);
    CHECK(one(4) == Approx(kind == Kind::constant ? 1 : kind == Kind::step ? 0.1 : 0.25));
  }

  Linear model(2, 1);
  Parameters parameters(model);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Workers workers(1);
  Trainer trainer(parameters, {.clip_norm = 0, .ema_decay = 0, .chunk = 1}, workers);
  const auto loss = [&](Tape& tape, RowRange rows) {
    return mean(square(model(tape.full({rows.count, 2}, 1))));
  };
  CHECK_NOTHROW(trainer.reserve(1, loss));
  CHECK(trainer.step(1, loss).status == StepStatus::ok);
}

}  // namespace pushforward::inline PF_REAL
