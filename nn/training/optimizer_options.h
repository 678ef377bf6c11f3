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
// PyTorch it is 0.01 for adamw and 0 for sgd and adam.
struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::adamw;
  double lr = 1e-3;
  double weight_decay = 0;
  double momentum = 0;                            // used by sgd
  bool nesterov = false;                          // used by sgd with momentum
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;  // used by adam and adamw
};

}  // namespace pushforward
