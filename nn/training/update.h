// The loops of a training step over flat arrays: the sum of gradients, and one update of the
// weights. Both are vectorised with Highway (update_simd.cpp) and read their memory once. They do
// not check the sizes of arrays.
#pragma once

#include <cstddef>
#include <span>

#include "autograd/tensor/real.h"
#include "nn/training/optimizer_options.h"

namespace pushforward::inline PF_REAL {

// The constants of one update, the same for all elements.
struct WeightUpdate {
  OptimizerKind kind = OptimizerKind::sgd;
  bool nesterov = false;
  real gradient_scale = 1;  // clipping: the update multiplies gradients by it
  real lr = 0, weight_decay = 0, momentum = 0;
  real beta1 = 0, beta2 = 0, eps = 0;
  real step_size = 0;   // lr / (1 - beta1^k), k counting updates from 1
  real root_scale = 1;  // 1 / sqrt(1 - beta2^k)
  real ema_rate = 0;    // 1 - decay of the moving average
};

// The arrays of one update, of equal length. Each starts on a cache line, and the
// length is a multiple of 16.
struct UpdateArrays {
  const real* gradient = nullptr;
  real* value = nullptr;
  real* first = nullptr;   // momentum, or the first moment; null for plain sgd
  real* second = nullptr;  // the second moment; null for sgd
  real* ema = nullptr;     // null: there is no average
};

}  // namespace pushforward::inline PF_REAL

namespace pushforward::inline PF_REAL::kernels {

// Updates the elements [begin, begin + count); both numbers are multiples of 16. Here g is the
// scaled gradient, p the value, m and v the arrays `first` and `second`, wd the weight decay, mu
// the momentum, and b1 and b2 are the betas:
// - sgd:   g += wd p;  m = mu m + g;  p -= lr m        (nesterov: p -= lr (g + mu m))
// - adam:  g += wd p;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;
//          p -= step_size m / (sqrt(v) root_scale + eps)
// - adamw: p -= lr wd p; then as adam, but without g += wd p
// Then ema += ema_rate (p - ema). The formulas are those of torch.optim.
void update(const WeightUpdate& u, const UpdateArrays& arrays, std::size_t begin,
            std::size_t count);

// Sets y[i] = sum over k of from[k][i], added in the order of k, for i < n. Returns the sum of
// y[i]^2, computed in double in an order that depends only on n. y may be from[0].
double add_and_square(std::span<const real* const> from, std::size_t n, real* y);

// Adds x to y, element by element.
void accumulate(const real* x, std::size_t n, real* y);

}  // namespace pushforward::inline PF_REAL::kernels
