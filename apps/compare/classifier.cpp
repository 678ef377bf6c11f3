// Trains the network of the classifier two-sample test.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "apps/compare/two_sample.h"
#include "autograd/ops.h"
#include "nn/module.h"
#include "nn/networks/mlp.h"
#include "nn/training/trainer.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr int kBatch = 128;  // rows of a step, half of each set
constexpr int kPasses = 40;  // over the training rows, within the bounds below
constexpr int kFewestSteps = 150, kMostSteps = 1000;

// The columns' means and deviations over the training rows of both sets.
class Scaling {
 public:
  Scaling(PointSet a, PointSet b) : mean_(static_cast<std::size_t>(a.dim)), by_(mean_.size(), 1) {
    const double n = static_cast<double>(a.rows) + b.rows;
    for (std::size_t k = 0; k < mean_.size(); ++k) {
      double square = 0;
      for (const PointSet& set : {a, b})
        for (int r = 0; r < set.rows; ++r) mean_[k] += set.row(r)[k] / n;
      for (const PointSet& set : {a, b})
        for (int r = 0; r < set.rows; ++r)
          square += (set.row(r)[k] - mean_[k]) * (set.row(r)[k] - mean_[k]) / n;
      if (square > 0) by_[k] = 1 / std::sqrt(square);
    }
  }
  void write(const double* row, real* out) const {
    for (std::size_t k = 0; k < mean_.size(); ++k)
      out[k] = static_cast<real>((row[k] - mean_[k]) * by_[k]);
  }

 private:
  std::vector<double> mean_, by_;
};

std::vector<double> scores_of(const Mlp& net, const Scaling& scaling, PointSet points) {
  std::vector<double> scores;
  Tape tape;
  const Chunks chunks{points.rows, 512};
  for (int c = 0; c < chunks.count(); ++c) {
    const Scope scope(tape);
    std::span<real> x;
    const Var rows = tape.uninitialised({chunks.rows_of(c), points.dim}, x);
    for (int r = 0; r < chunks.rows_of(c); ++r)
      scaling.write(points.row(chunks.begin(c) + r),
                    x.data() + static_cast<std::ptrdiff_t>(r) * points.dim);
    for (const real score : net(rows).values()) scores.push_back(static_cast<double>(score));
  }
  return scores;
}

}  // namespace

ClassifierScores classifier_scores(PointSet a, PointSet b, PointSet asked_a, PointSet asked_b,
                                   std::uint64_t seed, Workers& workers) {
  const Scaling scaling(a, b);
  Mlp net({.in = a.dim, .out = 1, .hidden = {64, 64}});
  Parameters parameters(net);
  parameters.initialise({seed, Purpose::init});
  const int steps = std::clamp(kPasses * (a.rows + b.rows) / kBatch, kFewestSteps, kMostSteps);
  TrainerOptions options;
  options.optimizer = {.kind = OptimizerKind::adamw, .lr = 3e-3, .weight_decay = 0.01};
  options.schedule = {.kind = Schedule::Kind::cosine, .warmup = 0, .steps = steps};
  options.clip_norm = 1;
  Trainer trainer(parameters, options, workers);
  bool stopped = false;
  for (int step = 0; step < steps && !stopped; ++step) {
    const Stream draws{seed, Purpose::user, static_cast<std::uint32_t>(step)};
    // The rows of the batch with even numbers are rows of a, the others rows of b. The loss is the
    // logistic loss, ln(1 + exp(-score)) for a and ln(1 + exp(score)) for b.
    const auto loss = [&](Tape& tape, RowRange rows) {
      std::span<real> x, sign;
      const Var batch = tape.uninitialised({rows.count, a.dim}, x);
      const Var signs = tape.uninitialised({rows.count, 1}, sign);
      for (int r = 0; r < rows.count; ++r) {
        const int number = rows.first + r;
        const PointSet& set = number % 2 == 0 ? a : b;
        sign[static_cast<std::size_t>(r)] = number % 2 == 0 ? -1 : 1;
        scaling.write(set.row(draws.integer(set.rows, static_cast<std::uint32_t>(number))),
                      x.data() + static_cast<std::ptrdiff_t>(r) * a.dim);
      }
      return mean(softplus(signs * net(batch)));
    };
    stopped = trainer.step(kBatch, loss).status != StepStatus::ok;
  }
  return {scores_of(net, scaling, asked_a), scores_of(net, scaling, asked_b), stopped};
}

}  // namespace pushforward::app::inline PF_REAL
