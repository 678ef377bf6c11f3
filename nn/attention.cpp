#include "nn/attention.h"

#include <cmath>

namespace pushforward::inline PF_REAL {

SelfAttention::SelfAttention(int width, int its_heads, Positions its_positions, InitScheme scheme)
    : in_proj_weight({3 * width, width}, linear_init(scheme, width, width).weight),
      in_proj_bias(Parameter::row(3 * width, linear_init(scheme, width, width).bias)),
      out_proj(width, width, scheme),
      heads(its_heads),
      positions(its_positions) {
  check(heads > 0 && width % heads == 0, "attention", "width ", width, " cannot be cut into ",
        heads, " heads; choose a number that divides it");
  check(positions != Positions::rotary || width / heads % 2 == 0, "attention",
        "rotary positions turn pairs of columns, a head has ", width / heads,
        "; choose an even number of columns a head");
}

Var SelfAttention::operator()(Var x, int length) const {
  Tape& tape = *x.tape;
  const Label label(tape, in_proj_weight.layer.c_str());
  const int rows = x.shape()[0], width = x.shape()[1], d = width / heads, batch = rows / length;
  Var qkv = linear(x, in_proj_weight.on(tape), in_proj_bias.on(tape));
  if (positions == Positions::rotary) qkv = rotary(qkv, length, d, 2 * width);
  const Var parts = swap_axes(reshape(qkv, {batch, length, 3 * heads, d}), 1, 2);
  const auto part = [&](int k) {
    return reshape(slice(parts, 1, k * heads, heads), {batch * heads, length, d});
  };
  const Var scores = matmul(part(0), part(1), false, true);
  const Var p = softmax(scale(scores, static_cast<real>(1 / std::sqrt(double(d)))));
  const Var y = reshape(matmul(p, part(2)), {batch, heads, length, d});
  return out_proj(reshape(swap_axes(y, 1, 2), {rows, width}));
}

}  // namespace pushforward::inline PF_REAL
