#include "nn/layers/activation.h"

namespace pushforward::inline PF_REAL {

Var activate(Activation f, Operand x) {
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
