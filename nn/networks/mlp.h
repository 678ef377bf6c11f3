// Multilayer perceptrons, plain and residual, with optional FiLM conditioning.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "nn/layers/activation.h"
#include "nn/layers/layers.h"

namespace pushforward {

// The options of a multilayer perceptron. Velocity and TokenMlp set them from their own options.
struct MlpOptions {
  // The numbers of columns of the input and of the output, both at least 1.
  int in = 2, out = 2;

  // The width of each hidden layer, or of each block of a ResidualMlp, which needs at least one
  // block and equal widths. A layer costs about as many multiplications for each row as the product
  // of its own and the previous width.
  std::vector<int> hidden{128, 128, 128};

  // The function between the linear layers. The default is smooth, as velocities are, and is
  // computed in one op with a plain linear layer.
  Activation activation = Activation::silu;

  // The number of columns of the FiLM condition; 0 has no FiLM. Each hidden layer or block gets one
  // more linear layer, from the condition to twice its width.
  int condition = 0;

  // If true, a LayerNorm comes before each activation of an Mlp. ResidualMlp always has one in each
  // block and ignores this.
  bool layer_norm = false;

  // The probability of dropping an element after each activation in training, in [0, 1).
  double dropout = 0;

  // The initialisation of the linear layers.
  InitScheme init = InitScheme::pytorch;

  // If true, the last layer is 0 at first, and so is the output.
  bool zero_last = false;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// A plain multilayer perceptron. Each hidden width has a Linear, an optional LayerNorm, an optional
// FiLM layer, the activation, and Dropout if its probability is positive. A last Linear follows.
// The parameters are named as in a torch.nn.Sequential of the same modules: "0.weight", "2.weight",
// ... (activations and dropouts count). FiLM layers are named separately: "film.0.weight", ...
class Mlp {
 public:
  explicit Mlp(const MlpOptions& options);

  // Maps x (R, in) to (R, out). `condition` (R, options.condition) is required with
  // FiLM and ignored without it.
  Var operator()(Var x, const NetworkMode& mode = {}, Var condition = {}) const;
  void visit(const std::string& at, const Visitor& f);
  const MlpOptions& options() const { return options_; }

 private:
  MlpOptions options_;
  std::vector<Linear> linear_;  // the hidden layers and the last
  std::vector<LayerNorm> norm_;
  std::vector<Film> film_;
};

// Computes h + W2 dropout(f(W1 film(LayerNorm(h)))) with the activation f: a pre-norm residual
// block (He et al. 2016; Xiong et al. 2020).
struct ResidualBlock {
  LayerNorm norm;
  std::vector<Film> film;  // empty without FiLM
  Linear linear1, linear2;
  Activation activation;
  Dropout dropout;

  ResidualBlock(const MlpOptions& options, int number);
  Var operator()(Var h, const NetworkMode& mode, Var condition) const;
  void visit(const std::string& at, const Visitor& f);
};

// A residual perceptron: a Linear to the common width, one residual block for each entry of
// `hidden`, a LayerNorm and a last Linear. The names of its parts are "input", "blocks.0.norm",
// "blocks.0.linear1", "blocks.0.linear2", "norm", "output".
class ResidualMlp {
 public:
  // Throws unless all hidden widths are equal.
  explicit ResidualMlp(const MlpOptions& options);

  Var operator()(Var x, const NetworkMode& mode = {}, Var condition = {}) const;
  void visit(const std::string& at, const Visitor& f);
  const MlpOptions& options() const { return options_; }

 private:
  MlpOptions options_;
  Linear input_;
  std::vector<ResidualBlock> blocks_;
  LayerNorm norm_;
  Linear output_;
};

// A perceptron of either kind.
class Perceptron {
 public:
  Perceptron(bool residual, const MlpOptions& options) : net_(made(residual, options)) {}

  Var operator()(Var x, const NetworkMode& mode = {}, Var condition = {}) const {
    return std::visit([&](const auto& net) { return net(x, mode, condition); }, net_);
  }
  void visit(const std::string& at, const Visitor& f) {
    std::visit([&](auto& net) { net.visit(at, f); }, net_);
  }

 private:
  static std::variant<Mlp, ResidualMlp> made(bool residual, const MlpOptions& options) {
    if (residual) return ResidualMlp(options);
    return Mlp(options);
  }
  std::variant<Mlp, ResidualMlp> net_;
};

}  // namespace pushforward::inline PF_REAL
