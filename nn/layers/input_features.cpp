#include "nn/layers/input_features.h"

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

InputFeatures::InputFeatures(const InputOptions& options, int in) : in_(in), dim_(options.dim) {
  if (options.kind == InputKind::none) return;
  waves_.emplace("input", in, options.dim, options.scale,
                 options.kind == InputKind::learned_fourier);
}

Var InputFeatures::operator()(Var x) const {
  Tape& tape = tape_of(x, "input");
  if (!waves_) return x;
  const Label label(tape, "input features");
  return concat(x, (*waves_)(x), 1);
}

}  // namespace pushforward::inline PF_REAL
