// Time features: the time itself, sinusoids, or Fourier features.
#pragma once

#include <optional>
#include <string>

#include "autograd/tensor/tensor.h"
#include "nn/choice.h"
#include "nn/layers/fourier_features.h"

namespace pushforward {

enum class TimeKind { raw, sinusoidal, fourier, learned_fourier };
inline std::span<const Choice> time_features() {
  static constexpr Choice table[] = {
      {"raw", "the time itself, one column"},
      {"sinusoidal", "cosines and sines of geometrically spaced frequencies"},
      {"fourier", "cosines and sines of random frequencies, drawn once"},
      {"learned_fourier", "the same with frequencies that are trained"},
  };
  return table;
}
inline TimeKind time_kind_named(const std::string& name) {
  return static_cast<TimeKind>(choose("time", name, time_features()));
}

// The time features of a network (see TimeFeatures).
struct TimeOptions {
  TimeKind kind = TimeKind::raw;
  int dim = 32;             // number of columns, even; ignored by raw, which has one column
  double scale = 1;         // fourier: std of the frequencies, in periods over [0, 1]
  double max_period = 1e4;  // sinusoidal: the longest period, in thousandths of [0, 1]
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Maps t (R, 1) to (R, columns()). All kinds but raw return [cos(2 pi t f), sin(2 pi t f)], where f
// is a row of dim / 2 frequencies:
// - raw: t itself.
// - sinusoidal: 2 pi f_i = 1000 max_period^(-2 i / dim) (Vaswani et al. 2017, section 3.5, with
//   time in thousandths, as in diffusion models).
// - fourier: f is normal with standard deviation `scale`, drawn once (Tancik et al. 2020, eq. 5).
// - learned_fourier: as fourier, but f is trained.
class TimeFeatures {
 public:
  // Throws if dim is odd or not positive.
  explicit TimeFeatures(const TimeOptions& options);

  int columns() const;
  Var operator()(Var t) const;
  // Visits the parameter "frequencies", which only the Fourier kinds have.
  void visit(const std::string& at, const Visitor& f) {
    if (waves_) waves_->visit(at, f);
  }

 private:
  TimeOptions options_;
  std::optional<FourierFeatures> waves_;  // used by fourier and learned_fourier
  Tensor fixed_;                          // used by sinusoidal: the row of frequencies
};

}  // namespace pushforward::inline PF_REAL
