// Multilayer perceptrons, plain and residual, with optional FiLM conditioning.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "nn/layers/activation.h"
#include "nn/layers/layers.h"

namespace pushforward {

struct MlpOptions {
  int in = 2, out = 2;
  std::vector<int> hidden{128, 128, 128};
  Activation activation = Activation::silu;
  int condition = 0;        // columns of the FiLM condition; 0: no FiLM
  bool layer_norm = false;  // used by Mlp; ResidualMlp always has one
  double dropout = 0;
  InitScheme init = InitScheme::pytorch;
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
