#include "nn/layers/time_features.h"

#include <cmath>
#include <numbers>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

TimeFeatures::TimeFeatures(const TimeOptions& options) : options_(options) {
  if (options_.kind == TimeKind::raw) return;
  if (options_.kind != TimeKind::sinusoidal) {
    waves_.emplace("time", 1, options_.dim,
                   FrequencyOptions{.scale = options_.scale,
                                    .learned = options_.kind == TimeKind::learned_fourier});
    return;
  }
  check_waves("time", options_.dim);
  check(options_.max_period > 0, "time", "max_period ", options_.max_period, " must be positive");
  const int half = options_.dim / 2;
  fixed_ = Tensor({1, half});
  for (int i = 0; i < half; ++i) {
    fixed_(0, i) = static_cast<real>(1000 / (2 * std::numbers::pi) *
                                     std::pow(options_.max_period, -double(i) / half));
  }
}

int TimeFeatures::columns() const { return options_.kind == TimeKind::raw ? 1 : options_.dim; }

Var TimeFeatures::operator()(Var t) const {
  check(t.shape().rank == 2 && t.shape()[1] == 1, "time", "t is ", t.shape(),
        "; it must be a column (R, 1)");
  if (options_.kind == TimeKind::raw) return t;
  const Label label(*t.tape, "time");
  if (waves_) return (*waves_)(t);
  return waves(t, t.tape->input(fixed_.shape(), fixed_.values(), "frequencies"));
}

}  // namespace pushforward::inline PF_REAL
