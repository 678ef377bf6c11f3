#include "nn/layers/fourier_features.h"

#include <cmath>
#include <numbers>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

void check_waves(const char* where, int dim) {
  check(dim > 0 && dim % 2 == 0, where, "dim ", dim,
        " must be even and positive: half cosines, half sines");
}

Var waves(Var x, Var frequencies) {
  const Var angle = scale(matmul(x, frequencies), static_cast<real>(2 * std::numbers::pi));
  return concat(cos(angle), sin(angle), 1);
}

namespace {

Parameter make_frequencies(const char* where, int in, int dim, double scale) {
  check_waves(where, dim);
  check(in > 0, where, "the input has ", in, " columns; it must have at least 1");
  check(std::isfinite(scale) && scale >= 0, where, "scale ", scale,
        " must be finite and at least 0");
  Parameter frequencies({in, dim / 2}, normal_init(scale));
  if (in == 1) frequencies.stored = {dim / 2};
  return frequencies;
}

}  // namespace

FourierFeatures::FourierFeatures(const char* where, int in, int dim, double scale, bool learned)
    : frequencies_(make_frequencies(where, in, dim, scale)) {
  frequencies_.frozen = !learned;
}

Var FourierFeatures::operator()(Var x) const {
  return waves(x, frequencies_.on(tape_of(x, "fourier")));
}

}  // namespace pushforward::inline PF_REAL
