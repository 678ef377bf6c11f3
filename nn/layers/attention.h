// Multi-head self-attention: each position of a sequence attends to every position.
#pragma once

#include <string>

#include "nn/choice.h"
#include "nn/layers/layers.h"

namespace pushforward {

enum class Positions { learned, rotary };
inline std::span<const Choice> position_kinds() {
  static constexpr Choice table[] = {
      {"learned", "a vector for each position, added to its token's"},
      {"rotary",
       "queries and keys turned by angles that grow with the position: only distances count"},
  };
  return table;
}
inline Positions positions_named(const std::string& name) {
  return static_cast<Positions>(choose("positions", name, position_kinds()));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Multi-head self-attention, y = Concat(head_1, ..., head_n) W_o^T + b_o with head_i = softmax(q_i
// k_i^T / sqrt(d)) v_i (Vaswani et al. 2017, section 3.2). q, k and v are the three parts of x W^T
// + b, each split into heads of d = width / heads columns. There is no mask, so without positional
// information the layer is equivariant under permutations of the positions. With rotary positions,
// queries and keys are rotated first (see rotary in autograd/ops.h). Parameters are named as in
// torch.nn.MultiheadAttention: "in_proj_weight" (3 width, width), "in_proj_bias",
// "out_proj.weight", "out_proj.bias".
struct SelfAttention {
  Parameter in_proj_weight, in_proj_bias;
  Linear out_proj;
  int heads;
  Positions positions;

  // Throws unless the number of heads divides the width. With rotary positions the width of
  // a head must also be even.
  SelfAttention(int width, int its_heads, Positions its_positions, InitScheme scheme);

  // x is (B length, width), with `length` consecutive rows per sequence. The
  // result has the same shape.
  Var operator()(Var x, int length) const;
  void visit(const std::string& at, const Visitor& f) {
    f(at + "in_proj_weight", in_proj_weight);
    f(at + "in_proj_bias", in_proj_bias);
    out_proj.visit(at + "out_proj.", f);
  }
};

}  // namespace pushforward::inline PF_REAL
