#include "nn/layers/input_features.h"

#include <cmath>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

InputFeatures::InputFeatures(const InputOptions& options, int in)
    : in_(in), dim_(options.dim), blur_(options.blur) {
  if (options.kind == InputKind::none) return;
  check(std::isfinite(blur_) && blur_ >= 0, "input", "blur ", blur_,
        " must be finite and at least 0");
  waves_.emplace("input", in, options.dim,
                 FrequencyOptions{.scale = options.scale,
                                  .octaves = options.octaves,
                                  .axes = options.kind == InputKind::positional,
                                  .learned = options.kind == InputKind::learned_fourier});
}

Var InputFeatures::operator()(Var x, Var t) const {
  Tape& tape = tape_of(x, "input");
  if (!waves_) return x;
  const Label label(tape, "input features");
  if (blur_ == 0) return concat(x, (*waves_)(x), 1);
  check(t.shape() == Shape({x.shape()[0], 1}), "input", "t is ", t.shape(), " and x ", x.shape(),
        "; t must be ", Shape{x.shape()[0], 1});
  const real blur = static_cast<real>(blur_);
  return concat(x, (*waves_)(x, blur - scale(t, blur)), 1);
}

}  // namespace pushforward::inline PF_REAL
