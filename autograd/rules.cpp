#include "autograd/rules.h"

#include <algorithm>
#include <vector>

namespace pushforward::inline PF_REAL::rules {

namespace {

Tape& tape_of_operand(const Op& op, const Operand& x) {
  detail::check(x.var.tape != nullptr, op.name,
                "the value is null; a null value stands for zero and is no operand");
  return *x.var.tape;
}

}  // namespace

Var apply(const Op& op, std::initializer_list<Operand> inputs, const OpConstants& constants) {
  return tape_of_operand(op, *inputs.begin()).apply(op, inputs, constants);
}

std::span<const int> kept(const Op& op, const Operand& x, std::span<const int> numbers) {
  return {tape_of_operand(op, x).keep(numbers), numbers.size()};
}

int from_front(int axis, const Operand& x) {
  const int rank = x.var ? x.var.shape().rank : 0;
  return axis < 0 && axis + rank >= 0 ? axis + rank : axis;
}

real largest(const real* x, int n) {
  constexpr int kLanes = 16;
  real top[kLanes];
  std::fill_n(top, kLanes, x[0]);
  int i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int lane = 0; lane < kLanes; ++lane)
      top[lane] = x[i + lane] > top[lane] ? x[i + lane] : top[lane];
  for (; i < n; ++i) top[0] = x[i] > top[0] ? x[i] : top[0];
  return *std::max_element(top, top + kLanes);
}

Var multilinear(const RuleView& v, const Tangents& t) {
  const Op& op = *v.line.op;
  Var total;
  for (int k = 0; k < op.inputs; ++k) {
    if (!t[k]) continue;
    const auto arg = [&](int i) { return Operand(i == k ? t[k] : v.in(i)); };
    total = plus(total, op.inputs == 1 ? v.tape.apply(op, {arg(0)}, v.line.constants)
                                       : v.tape.apply(op, {arg(0), arg(1)}, v.line.constants));
  }
  return total;
}

Var silu_curvature(Var x) {
  const Var s = sigmoid(x);
  return s * shift(-s, 1) * shift(x * shift(real(-2) * s, 1), 2);
}

}  // namespace pushforward::inline PF_REAL::rules

namespace pushforward::inline PF_REAL {

std::span<const Op* const> all_ops() {
  static const std::vector<const Op*> all = [] {
    std::vector<const Op*> ops{&input_op, &parameter_op, &constant_op};
    for (auto family : {arithmetic_ops(), elementwise_ops(), linear_ops(), reduce_ops(), row_ops(),
                        index_ops(), select_ops(), sequence_ops(), attention_ops()}) {
      ops.insert(ops.end(), family.begin(), family.end());
    }
    return ops;
  }();
  return all;
}

}  // namespace pushforward::inline PF_REAL
