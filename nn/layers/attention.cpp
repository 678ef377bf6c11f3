#include "nn/layers/attention.h"

namespace pushforward::inline PF_REAL {

using detail::check;

SelfAttention::SelfAttention(int width, int its_heads, Positions its_positions, InitScheme scheme)
    : in_proj_weight({3 * width, width}, linear_init(scheme, width, width).weight),
      in_proj_bias(Parameter::row(3 * width, linear_init(scheme, width, width).bias)),
      out_proj(width, width, scheme),
      heads(its_heads),
      positions(its_positions) {
  check(heads > 0 && width % heads == 0, "attention", "width ", width, " cannot be divided into ",
        heads, " heads; choose a number of heads that divides the width");
  check(positions != Positions::rotary || width / heads % 2 == 0, "attention",
        "rotary positions rotate pairs of columns: a head has ", width / heads,
        " columns; choose an even number");
}

Var SelfAttention::operator()(Var x, int length) const {
  Tape& tape = tape_of(x, "attention");
  const Label label(tape, in_proj_weight.label.c_str());
  const int width = out_proj.in();
  Var qkv = linear(x, in_proj_weight.on(tape), in_proj_bias.on(tape));
  if (positions == Positions::rotary) qkv = rotary(qkv, length, width / heads, 2 * width);
  return out_proj(attention(qkv, length, heads));
}

}  // namespace pushforward::inline PF_REAL
