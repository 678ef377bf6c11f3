#include "autograd/rules.h"

namespace pushforward::inline PF_REAL::rules {

Var multilinear(const RuleView& v, const Tangents& t) {
  Var total;
  for (int k = 0; k < v.line.op->inputs; ++k) {
    if (!t[k]) continue;
    const auto arg = [&](int i) { return Operand(i == k ? t[k] : v.in(i)); };
    const Var part = v.line.op->inputs == 1 ? v.tape.apply(*v.line.op, {arg(0)}, v.attr())
                                            : v.tape.apply(*v.line.op, {arg(0), arg(1)}, v.attr());
    total = total ? total + part : part;
  }
  return total;
}

Var silu_curvature(Var x) {
  const Var s = sigmoid(x);
  return s * shift(-s, 1) * shift(x * shift(real(-2) * s, 1), 2);
}

}  // namespace pushforward::inline PF_REAL::rules
