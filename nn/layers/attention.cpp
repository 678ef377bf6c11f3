#include "nn/layers/attention.h"

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
  const Label label(tape, in_proj_weight.label.c_str());
  const int width = x.shape()[1];
  Var qkv = linear(x, in_proj_weight.on(tape), in_proj_bias.on(tape));
  if (positions == Positions::rotary) qkv = rotary(qkv, length, width / heads, 2 * width);
  return out_proj(attention(qkv, length, heads));
}

}  // namespace pushforward::inline PF_REAL
