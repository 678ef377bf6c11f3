// Fields on the tape for the tests of losses and samplers.
#pragma once

#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"
#include "autograd/tensor/tensor.h"
#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// Returns the exact marginal velocity of the path cond_ot from N(0, I) to N(m, s^2 I),
//   u = m + (t s^2 - (1 - t)) / (t^2 s^2 + (1 - t)^2) (x - t m).
// Its flow moves x0 to t m + sqrt(t^2 s^2 + (1 - t)^2) x0.
inline Field gaussian_field(real m, real s) {
  return [=](Var x, Var t) {
    const int dim = x.shape().cols();
    const Var left = shift(-t, 1);
    const Var slope = (s * s * t - left) / (s * s * square(t) + square(left));
    return broadcast_cols(slope, dim) * (x - broadcast_cols(m * t, dim)) + m;
  };
}

// A random two-layer network of [x, t] with 32 tanh units, used as a realistic field.
class RandomField {
 public:
  RandomField(int dim, std::uint64_t seed)
      : w1_({32, dim + 1}), b1_({1, 32}), w2_({dim, 32}), b2_({1, dim}) {
    const Stream stream{seed, Purpose::init, 0};
    fill_normal(stream, 0, 32, dim + 1, w1_.data());
    fill_normal(stream.at(1), 0, dim, 32, w2_.data());
    for (real& w : w2_.values()) w *= real(0.3);
  }
  Var operator()(Var x, Var t) const {
    Tape& tape = *x.tape;
    const Var w1 = tape.parameter(0, w1_.shape(), w1_.data(), "w1"),
              b1 = tape.parameter(1, b1_.shape(), b1_.data(), "b1");
    const Var w2 = tape.parameter(2, w2_.shape(), w2_.data(), "w2"),
              b2 = tape.parameter(3, b2_.shape(), b2_.data(), "b2");
    return linear(tanh(linear(concat(x, t, 1), w1, b1)), w2, b2);
  }

 private:
  Tensor w1_, b1_, w2_, b2_;
};

}  // namespace pushforward::inline PF_REAL
