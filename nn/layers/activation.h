// The activations by name.
#pragma once

#include "autograd/ops.h"
#include "nn/choice.h"

namespace pushforward {

enum class Activation { silu, gelu, relu, tanh, softplus, sigmoid, selu };
inline std::span<const Choice> activations() {
  static constexpr Choice table[] = {
      {"silu", "x sigmoid(x), also called swish"},
      {"gelu", "x Phi(x), Phi the normal distribution function"},
      {"relu", "max(x, 0)"},
      {"tanh", "hyperbolic tangent"},
      {"softplus", "log(1 + exp(x))"},
      {"sigmoid", "1 / (1 + exp(-x))"},
      {"selu", "1.0507 x above 0, 1.7581 (exp(x) - 1) below"},
  };
  return table;
}
inline Activation activation_named(const std::string& name) {
  return static_cast<Activation>(choose("activation", name, activations()));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Returns f(x), element by element.
inline Var activate(Activation f, Operand x) {
  switch (f) {
    case Activation::silu: return silu(x);
    case Activation::gelu: return gelu(x);
    case Activation::relu: return relu(x);
    case Activation::tanh: return tanh(x);
    case Activation::softplus: return softplus(x);
    case Activation::selu: return selu(x);
    case Activation::sigmoid: break;
  }
  return sigmoid(x);
}

}  // namespace pushforward::inline PF_REAL
