// Helpers for the tests of nn: a tape for one call, random tensors, and a comparison of gradients
// with finite differences.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "autograd/tensor/random_fill.h"
#include "autograd/tensor/tensor.h"
#include "nn/module.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {

// Returns standard normal numbers.
inline Tensor random_tensor(Shape shape, std::uint64_t seed) {
  Tensor t(shape);
  fill_normal({seed, Purpose::user}, 0, t.rows(), t.cols(), t.data());
  return t;
}

inline std::vector<double> doubles(std::span<const real> values) {
  return {values.begin(), values.end()};
}

// Returns a copy of the numbers of a value on a tape.
inline Tensor copied(Var v) { return Tensor(v.shape(), v.values()); }

// Compares the gradient of sum(weights * f), with random weights, with central differences, for
// every element of every parameter. `f` records a value of the model on a tape.
inline void check_gradients(Parameters& parameters, const std::function<Var(Tape&)>& f) {
  const auto value = [&](Tape& tape) {
    const Var y = f(tape);
    return sum(y * tape.input(y.shape(), random_tensor(y.shape(), 99).values()));
  };
  Tape tape;
  const double h = kDouble ? 1e-5 : 1e-2, tolerance = kDouble ? 1e-7 : 2e-2;
  for (const Parameter* p : parameters.list()) {
    Tensor g(p->shape);
    {
      const Scope scope(tape);
      const Var y = value(tape);
      const Var x = p->on(tape);
      g = copied(grad(y, x));
    }
    const auto part = parameters.part(*p, parameters.values());
    for (std::size_t i = 0; i < part.size(); ++i) {
      const real before = part[i];
      double side[2];
      for (int s = 0; s < 2; ++s) {
        part[i] = static_cast<real>(static_cast<double>(before) + (s ? h : -h));
        const Scope scope(tape);
        side[s] = static_cast<double>(value(tape).item());
      }
      part[i] = before;
      const double slope = (side[1] - side[0]) / (2 * h);
      INFO(p->name << "[" << i << "]");
      CHECK(static_cast<double>(g.values()[i]) ==
            Approx(slope).epsilon(tolerance).margin(tolerance));
    }
  }
}

}  // namespace pushforward::inline PF_REAL
