// Multilayer perceptrons, plain and residual, with optional FiLM conditioning.
#pragma once

#include <string>
#include <vector>

#include "nn/layers/activation.h"
#include "nn/layers/layers.h"

namespace pushforward {

struct MlpOptions {
  int in = 2, out = 2;
  std::vector<int> hidden{128, 128, 128};
  Activation activation = Activation::silu;
  int condition = 0;        // columns of the FiLM condition; 0: no FiLM
  bool layer_norm = false;  // Mlp only
  double dropout = 0;
  InitScheme init = InitScheme::pytorch;
  bool zero_last = false;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// For each hidden width: Linear, optional LayerNorm, optional FiLM, activation, Dropout
// if p > 0. Then a last Linear. Names are those of a torch.nn.Sequential of the same
// modules: "0.weight", "2.weight", ... (activations and dropouts count). FiLM layers are
// named apart: "film.0.weight", ...
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

// h + W2 dropout(f(W1 film(LayerNorm(h)))), a pre-norm residual block (He et al.
// 2016; Xiong et al. 2020).
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

// Linear to the common width, one residual block for each entry of `hidden`,
// LayerNorm, a last Linear. Names: "input", "blocks.0.norm",
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

}  // namespace pushforward::inline PF_REAL
