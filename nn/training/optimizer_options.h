// The options of an optimizer as plain data: the optimizer section of a config.
#pragma once

#include <span>
#include <string>

#include "nn/choice.h"

namespace pushforward {

enum class OptimizerKind { sgd, adam, adamw };
inline std::span<const Choice> optimizers() {
  static constexpr Choice table[] = {
      {"sgd", "gradient descent, with momentum and Nesterov's look-ahead if asked"},
      {"adam", "moments of the gradient; weight decay is part of the gradient"},
      {"adamw", "moments of the gradient; weight decay acts on the weights"},
  };
  return table;
}
inline OptimizerKind optimizer_kind_named(const std::string& name) {
  return static_cast<OptimizerKind>(choose("optimizer", name, optimizers()));
}

// Names and defaults are those of PyTorch's optimizers, except that weight_decay is 0 here. In
// PyTorch it is 0.01 for adamw and 0 for sgd and adam. Optimizer fails on options out of range.
struct OptimizerOptions {
  // The rule of the update. adam and adamw store two numbers for each weight, sgd one if it has
  // momentum and none otherwise. adamw suits most networks; adam differs from it only in how
  // weight_decay acts.
  OptimizerKind kind = OptimizerKind::adamw;

  // The learning rate, at least 0, which the schedule multiplies by a factor. A larger one learns
  // faster until the loss diverges. sgd usually needs a larger one than adam.
  double lr = 1e-3;

  // The weight decay, at least 0. Each update of adamw shrinks the weights by the factor 1 - lr
  // weight_decay; sgd and adam add weight_decay times the weights to the gradient. Raise it if the
  // network memorises a small data set.
  double weight_decay = 0;

  // The decay of sgd's running sum of gradients, in [0, 1); 0 has no momentum. 0.9 is a usual
  // value; under a constant gradient the steps then become 10 times as long. adam and adamw ignore
  // it.
  double momentum = 0;

  // If true, sgd looks ahead along the momentum (Nesterov). It costs nothing more, and fails
  // without momentum.
  bool nesterov = false;

  // The decays of the running means of the gradient and of its square, both in [0, 1), and the
  // number that is added to the root of the latter, at least 0. A mean with the decay b remembers
  // about 1 / (1 - b) updates. Lower beta2, for example to 0.99, if the loss jumps when the size of
  // the gradient changes. sgd ignores all three.
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
};

}  // namespace pushforward
