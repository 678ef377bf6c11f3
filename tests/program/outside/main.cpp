// Trains a flow from noise to two moons and samples it, using only the library.
#include <cmath>
#include <cstdio>

#include <pushforward/pushforward.h>

using namespace pushforward;

int main() {
  Velocity network({.hidden = {64, 64, 64}});  // u_theta(x, t), an MLP on [x, t]
  Parameters parameters(network);
  parameters.initialise({.seed = 0, .purpose = Purpose::init});
  const Field u = [&](Var x, Var t) { return network(x, t); };

  Workers workers(2);
  Trainer trainer(parameters, {.optimizer = {.lr = 3e-3}, .ema_decay = 0.99}, workers);
  const GaussianSource noise(2);
  Batch batch({.source = noise, .data = Toy("moons")}, 256, /*seed=*/0);
  StepResult result;
  for (int step = 0; step < 1500; ++step) {
    batch.start(step, workers);
    result = trainer.step(256, [&](Tape& tape, RowRange rows) {
      return cfm_loss(u, batch.chunk(tape, rows.first, rows.count));
    });
  }

  const UseValues average(parameters, trainer.ema());
  const Tensor samples = Sampler(u, 2, {}, workers).sample(noise, /*seed=*/1, 1000);
  double mean = 0;
  for (int k = 0; k < samples.rows(); ++k) mean += double(samples(k, 0)) / samples.rows();
  std::printf("%zu-bit, loss %.3f, mean of x %.3f (moons: 0.5)\n", 8 * sizeof(real), result.loss,
              mean);
  return std::abs(mean - 0.5) < 0.1 ? 0 : 1;
}
