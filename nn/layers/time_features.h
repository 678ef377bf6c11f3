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

// The options of the time features of a network (see TimeFeatures).
struct TimeOptions {
  // How the network gets the time. `raw` costs one column. The other kinds let it change faster in
  // time, which helps if the velocity does.
  TimeKind kind = TimeKind::raw;

  // The number of columns, even and positive: half are cosines, half are sines. It adds this number
  // of inputs to a layer of the network. `raw` ignores it.
  int dim = 32;

  // The standard deviation of the frequencies of `fourier` and `learned_fourier`, in periods over
  // [0, 1]; finite and at least 0. Raise it for a velocity that changes fast in time; too large a
  // scale makes the network rough in time.
  double scale = 1;

  // The longest period of `sinusoidal`, in thousandths of [0, 1]; positive. The default is that of
  // transformers (Vaswani et al. 2017).
  double max_period = 1e4;
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
