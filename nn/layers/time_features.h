// Time as columns of numbers that a network can tell apart: itself, sinusoids, Fourier features.
#pragma once

#include <optional>
#include <string>

#include "autograd/tensor/tensor.h"
#include "nn/choice.h"
#include "nn/layers/layers.h"

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
inline TimeKind time_kind(const std::string& name) {
  return static_cast<TimeKind>(choose("time", name, time_features()));
}

// How the time becomes columns of numbers (see TimeFeatures).
struct TimeOptions {
  TimeKind kind = TimeKind::raw;
  int dim = 32;             // number of columns, even; raw has one whatever this says
  double scale = 1;         // fourier: standard deviation of the frequencies, in turns over [0, 1]
  double max_period = 1e4;  // sinusoidal: the longest period, in thousandths of [0, 1]
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// t (R, 1) -> (R, columns()). With f the row of dim
// / 2 frequencies, [cos(2 pi t f), sin(2 pi t f)]:
// - raw: t itself;
// - sinusoidal: 2 pi f_i = 1000 max_period^(-2 i /
// dim) (Vaswani et al. 2017, section 3.5, with time
//   counted in thousandths, as diffusion models do);
// - fourier: f normal with deviation `scale`, drawn once and kept (Tancik et al. 2020, eq. 5);
// - learned_fourier: the same, trained with the rest.
class TimeFeatures {
 public:
  // Fails on an odd or non-positive dim.
  explicit TimeFeatures(const TimeOptions& options);

  int columns() const;
  Var operator()(Var t) const;
  // "frequencies", for the Fourier kinds.
  void visit(const std::string& at, const Visitor& f);

 private:
  TimeOptions options_;
  std::optional<Parameter> frequencies_;  // (1, dim / 2)
  Tensor fixed_;                          // sinusoidal: the same row, known beforehand
};

}  // namespace pushforward::inline PF_REAL
