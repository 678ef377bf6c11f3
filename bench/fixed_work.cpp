// A small fixed training and a small fixed sampling, whose instructions scripts/instructions
// counts.
//
// usage: fixed_work training|sampling
//
// The network is an MLP of [x, t] with layer sizes 3, 64, 64, 64, 2 and SiLU. The data is the set
// moons. The counted work is in the functions counted_training and counted_sampling, so the start
// of the program, the memory of the first step and the setup do not count.
#include <cstdio>
#include <cstring>
#include <memory>

#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/solve/sampler.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"

namespace pushforward {
namespace {

constexpr int kRows = 256, kTrainingSteps = 20, kSamples = 512, kSamplingSteps = 20;

VelocityOptions network() {
  VelocityOptions options;
  options.hidden = {64, 64, 64};
  return options;
}

// A training whose steps use 256 rows of the data set moons, AdamW, clipping, the average of the
// weights, and one thread.
class FixedTraining {
 public:
  FixedTraining() {
    TrainerOptions options;
    options.clip_norm = 1;
    options.ema_decay = 0.999;
    parameters_.initialise({.seed = 1, .purpose = Purpose::init});
    trainer_ = std::make_unique<Trainer>(parameters_, options, workers_);
    Problem problem;
    problem.source = std::make_shared<GaussianSource>(2);
    problem.data = std::make_shared<Toy>("moons");
    batch_ = std::make_unique<Batch>(problem, kRows, 1);
    field_ = [this](Var x, Var t) { return model_(x, t); };
  }
  double step() {
    batch_->start(next_++, workers_);
    return trainer_
        ->step(kRows,
               [this](Tape& tape, RowRange rows) {
                 return cfm_loss(field_, batch_->chunk(tape, rows.first, rows.count));
               })
        .loss;
  }

 private:
  Workers workers_{1};
  Velocity model_{network()};
  Parameters parameters_{model_};
  std::unique_ptr<Trainer> trainer_;
  std::unique_ptr<Batch> batch_;
  Field field_;
  std::uint32_t next_ = 0;
};

}  // namespace

// counted_training and counted_sampling have external linkage and are not inlined, so that
// callgrind finds them by name.
[[gnu::noinline]] double counted_training(double (*step)(void*), void* training) {
  double loss = 0;
  for (int i = 0; i < kTrainingSteps; ++i) loss = step(training);
  return loss;
}

[[gnu::noinline]] real counted_sampling(Sampler& sampler, const Distribution& source) {
  return sampler.sample(source, 1, kSamples).data()[0];
}

namespace {

void train() {
  FixedTraining training;
  training.step();
  const double loss =
      counted_training([](void* t) { return static_cast<FixedTraining*>(t)->step(); }, &training);
  std::printf("loss %.9g\n", loss);
}

void sample() {
  Velocity model{network()};
  Parameters parameters(model);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Workers workers(1);
  SamplerOptions options;
  options.solver.tableau = &kEuler;
  options.steps = kSamplingSteps;
  Sampler sampler([&](Var x, Var t) { return model(x, t); }, 2, options, workers);
  const GaussianSource source(2);
  sampler.sample(source, 1, 1);
  std::printf("x %.9g\n", static_cast<double>(counted_sampling(sampler, source)));
}

}  // namespace
}  // namespace pushforward

int main(int argc, char** argv) {
  const char* work = argc == 2 ? argv[1] : "";
  if (std::strcmp(work, "training") == 0)
    pushforward::train();
  else if (std::strcmp(work, "sampling") == 0)
    pushforward::sample();
  else
    return std::fprintf(stderr, "usage: fixed_work training|sampling\n"), 2;
}
