// The activations by name.
#pragma once

#include "autograd/ops.h"
#include "nn/choice.h"

namespace pushforward {

enum class Activation { silu, gelu, relu, tanh, softplus, sigmoid, selu };
std::span<const Choice> activations();
inline Activation activation_named(const std::string& name) {
  return static_cast<Activation>(choose("activation", name, activations()));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// f(x), element by element.
Var activate(Activation f, Operand x);

}  // namespace pushforward::inline PF_REAL
