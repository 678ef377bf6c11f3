// The layers of the networks: Linear, LayerNorm, Embedding, Dropout, FiLM.
#pragma once

#include <span>
#include <string>

#include "autograd/ops.h"
#include "autograd/tensor/rng.h"
#include "nn/layers/activation.h"
#include "nn/module.h"

namespace pushforward {

// Says whether a network is in training, and which random numbers its dropout uses. The numbers for
// row r of a call are keyed by (the stream's seed and step, layer, first_row + r), so they do not
// depend on how the rows are divided into calls or among threads.
struct NetworkMode {
  // If true, dropout drops elements. Outside training it changes nothing.
  bool training = false;

  // The seed and step of dropout's random numbers. Give each training step another step number.
  Stream dropout{};

  // The number, in its batch, of the first row of x.
  std::uint32_t first_row = 0;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The linear layer y = x W^T + b with x (R, in), W (out, in) and b (out), as torch.nn.Linear.
struct Linear {
  Parameter weight, bias;

  // Throws unless both sizes are at least 1.
  Linear(int in, int out, InitScheme scheme = InitScheme::pytorch);
  int in() const { return weight.shape[1]; }
  int out() const { return weight.shape[0]; }
  // Initialises weight and bias to 0, so that the layer outputs 0 at first.
  void start_at_zero() { weight.init = bias.init = zero_init(); }

  Var operator()(Var x) const;
  // Returns the activation of the layer's output. The SiLU takes one op with the layer.
  Var operator()(Var x, Activation activation) const;
  void visit(const std::string& at, const Visitor& f) {
    f(at + "weight", weight);
    f(at + "bias", bias);
  }
};

// Layer normalisation y = (x - mean) / sqrt(var + eps) w + b over each row of x (R, width), with
// weight w and bias b (Ba, Kiros, Hinton 2016).
struct LayerNorm {
  Parameter weight, bias;
  real eps;

  // Throws unless the width is at least 1 and eps is not negative.
  explicit LayerNorm(int width, real its_eps = real(1e-5));

  Var operator()(Var x) const;
  void visit(const std::string& at, const Visitor& f) {
    f(at + "weight", weight);
    f(at + "bias", bias);
  }
};

// Maps each number k to row k of a trained table: (n numbers) -> (n, width). The initial values of
// the table are standard normal.
struct Embedding {
  Parameter weight;  // (count, width)

  // Throws unless count and width are at least 1.
  Embedding(int count, int width);

  // Throws on a number outside [0, count), and names it.
  Var operator()(Tape& tape, std::span<const int> numbers) const;
  void visit(const std::string& at, const Visitor& f) { f(at + "weight", weight); }
};

// In training, each element x becomes 0 with probability p and x / (1 - p) otherwise (Srivastava et
// al. 2014). Outside training, returns x. `number` identifies a dropout within its network.
struct Dropout {
  double p;
  std::uint32_t number;

  // Throws unless 0 <= p < 1.
  explicit Dropout(double its_p, std::uint32_t its_number = 0);

  Var operator()(Var x, const NetworkMode& mode) const;
};

// Feature-wise linear modulation (FiLM), y = (1 + gamma) x + beta with (gamma, beta) =
// Linear(condition), for x (R, width) and condition (R, in). The factor 1 + gamma is the gamma of
// Perez et al. 2018, eq. 2, so here gamma = 0 leaves x unscaled.
struct Film {
  Linear to;

  // Throws unless both sizes are at least 1.
  Film(int in, int width, InitScheme scheme = InitScheme::pytorch);

  Var operator()(Var x, Var condition) const;
  void visit(const std::string& at, const Visitor& f) { to.visit(at, f); }
};

}  // namespace pushforward::inline PF_REAL
