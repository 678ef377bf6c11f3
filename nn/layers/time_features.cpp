#include "nn/layers/time_features.h"

#include <cmath>
#include <numbers>

namespace pushforward::inline PF_REAL {

using detail::check;

TimeFeatures::TimeFeatures(const TimeOptions& options) : options_(options) {
  if (options_.kind == TimeKind::raw) return;
  check(options_.dim > 0 && options_.dim % 2 == 0, "time", "dim ", options_.dim,
        " must be even and positive: half cosines, half sines");
  check(std::isfinite(options_.scale) && options_.scale >= 0 && options_.max_period > 0, "time",
        "scale ", options_.scale, " and max_period ", options_.max_period,
        "; the scale is 0 or more, the period positive");
  const int half = options_.dim / 2;
  if (options_.kind == TimeKind::sinusoidal) {
    fixed_ = Tensor({1, half});
    for (int i = 0; i < half; ++i) {
      fixed_(0, i) = static_cast<real>(1000 / (2 * std::numbers::pi) *
                                       std::pow(options_.max_period, -double(i) / half));
    }
  } else {
    frequencies_.emplace(Parameter::row(half, normal_init(options_.scale)));
    frequencies_->frozen = options_.kind == TimeKind::fourier;
  }
}

int TimeFeatures::columns() const { return options_.kind == TimeKind::raw ? 1 : options_.dim; }

Var TimeFeatures::operator()(Var t) const {
  check(t.shape().rank == 2 && t.shape()[1] == 1, "time", "t is ", t.shape(),
        "; it must be a column (R, 1)");
  if (options_.kind == TimeKind::raw) return t;
  Tape& tape = *t.tape;
  const Label label(tape, "time");
  const Var f = frequencies_ ? frequencies_->on(tape)
                             : tape.input(fixed_.shape(), fixed_.values(), "frequencies");
  const Var angle = scale(matmul(t, f), static_cast<real>(2 * std::numbers::pi));
  return concat(cos(angle), sin(angle), 1);
}

void TimeFeatures::visit(const std::string& at, const Visitor& f) {
  if (frequencies_) f(at + "frequencies", *frequencies_);
}

}  // namespace pushforward::inline PF_REAL
