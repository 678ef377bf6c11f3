#include "nn/layers/layers.h"

#include "autograd/tensor/random_fill.h"

namespace pushforward::inline PF_REAL {

using detail::check, detail::fail;

Linear::Linear(int in, int out, InitScheme scheme)
    : weight({out, in}, linear_init(scheme, in, out).weight),
      bias(Parameter::row(out, linear_init(scheme, in, out).bias)) {
  weight.kind = bias.kind = "linear";
}

Var Linear::operator()(Var x) const {
  Tape& tape = tape_of(x, "linear");
  const Label label(tape, weight.label.c_str());
  return linear(x, weight.on(tape), bias.on(tape));
}

Var Linear::operator()(Var x, Activation activation) const {
  if (activation != Activation::silu) return activate(activation, (*this)(x));
  Tape& tape = tape_of(x, "linear");
  const Label label(tape, weight.label.c_str());
  return linear_silu(x, weight.on(tape), bias.on(tape));
}

LayerNorm::LayerNorm(int width, real its_eps)
    : weight(Parameter::row(width, constant_init(1))),
      bias(Parameter::row(width, zero_init())),
      eps(its_eps) {
  check(width > 0 && eps >= 0, "layer_norm", "a width of ", width, " and eps ", double(eps),
        "; the width must be at least 1, eps not negative");
  weight.kind = bias.kind = "layer_norm";
}

Var LayerNorm::operator()(Var x) const {
  Tape& tape = tape_of(x, "layer_norm");
  const Label label(tape, weight.label.c_str());
  return layer_norm(x, weight.on(tape), bias.on(tape), eps);
}

Embedding::Embedding(int count, int width) : weight({count, width}, normal_init(1)) {
  check(count > 0 && width > 0, "embedding", "a table of ", count, " rows of ", width,
        "; both must be at least 1");
  weight.kind = "embedding";
}

Var Embedding::operator()(Tape& tape, std::span<const int> numbers) const {
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (numbers[k] < 0 || numbers[k] >= weight.shape[0]) {
      fail("embedding", "number ", numbers[k], " at ", k, " is outside [0, ", weight.shape[0],
           "), the rows of \"", weight.name, "\"");
    }
  }
  const Label label(tape, weight.label.c_str());
  return gather_rows(weight.on(tape), numbers);
}

Dropout::Dropout(double its_p, std::uint32_t its_number) : p(its_p), number(its_number) {
  check(p >= 0 && p < 1, "dropout", "the probability ", p, " is outside [0, 1)");
}

Var Dropout::operator()(Var x, const NetworkMode& mode) const {
  Tape& tape = tape_of(x, "dropout");
  if (!mode.training || p == 0) return x;
  const Label label(tape, "dropout");
  // Each dropout layer draws its random numbers under a Purpose number of its own, above the
  // numbers of the purposes that have names.
  const auto purpose = static_cast<std::uint32_t>(Purpose::dropout) + (number + 1) * 65536;
  const Shape shape = x.shape();
  std::span<real> kept;
  const Var mask = x.tape->uninitialised(shape, kept, "mask");
  fill_uniform(mode.dropout.with(static_cast<Purpose>(purpose)), mode.first_row, shape.rows(),
               shape.cols(), kept.data());
  const real drop = static_cast<real>(p), keep = static_cast<real>(1 / (1 - p));
  for (real& u : kept) u = u < drop ? real(0) : keep;
  return x * mask;
}

Film::Film(int in, int width, InitScheme scheme) : to(in, 2 * width, scheme) {
  to.weight.kind = to.bias.kind = "film";
}

Var Film::operator()(Var x, Var condition) const {
  const Label label(tape_of(x, "film"), to.weight.label.c_str());
  const int width = to.out() / 2;
  const Var both = to(condition);
  const Var gamma = slice(both, 1, 0, width), beta = slice(both, 1, width, width);
  return x * gamma + x + beta;
}

}  // namespace pushforward::inline PF_REAL
