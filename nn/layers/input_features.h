// Features of a network's input x: none, or Fourier features beside x.
#pragma once

#include <optional>
#include <string>

#include "nn/choice.h"
#include "nn/layers/fourier_features.h"

namespace pushforward {

enum class InputKind { none, fourier, learned_fourier, positional };
inline std::span<const Choice> input_features() {
  static constexpr Choice table[] = {
      {"none", "x itself"},
      {"fourier", "x, and cosines and sines of x along random frequencies, drawn once"},
      {"learned_fourier", "the same with frequencies that are trained"},
      {"positional", "x, and cosines and sines of each coordinate of x by itself"},
  };
  return table;
}
inline InputKind input_kind_named(const std::string& name) {
  return static_cast<InputKind>(choose("input", name, input_features()));
}

// A good InputOptions::scale for an x of two columns whose standard deviation is 1, found on the
// synthetic sets. For D columns multiply it by sqrt(2 / D), so that the angles of the waves vary as
// much as for two.
constexpr double kInputScale = 0.2;
// A good InputOptions::blur for a source N(0, 1), found on the synthetic sets.
constexpr double kInputBlur = 2;

// The options of the input features of a network (see InputFeatures).
struct InputOptions {
  // The features that the network gets beside x. Fourier features let it follow structure much
  // finer than the spread of the data. `positional` suits data with edges along the axes.
  InputKind kind = InputKind::none;

  // The number of features beside x, even and positive: half are cosines, half are sines. It adds
  // this number of inputs to the first layer. `positional` needs at least one frequency for each
  // coordinate, so dim / 2 >= D. `none` ignores this and all further options.
  int dim = 128;

  // The size of the lowest frequencies, in periods per unit of x; finite and at least 0. For data
  // of standard deviation 1, kInputScale is a good value. Larger ones resolve finer structure, but
  // need more training.
  double scale = 1;

  // The highest frequencies are 2^octaves times the lowest; finite and at least 0. Raise it for
  // data with structure on many scales.
  double octaves = 4;

  // The features are averaged over normal noise on x with standard deviation blur (1 - t). So fine
  // features appear only near t = 1, where xt has fine detail. 0 means no averaging; for a source
  // N(0, 1), kInputBlur is a good value. It must be finite and at least 0.
  double blur = 0;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Maps x (R, D) to x, or to [x, cos(2 pi x F), sin(2 pi x F)] (R, D + dim). A network that sees
// only x learns slow variation first and cannot follow structure much finer than the spread of the
// data. With the cosines and sines it can (Tancik et al. 2020). But at times at which noise hides
// the detail of the data, fine waves only make the network harder to train; options.blur removes
// them at these times.
class InputFeatures {
 public:
  // The inputs x of the network have `in` columns. Throws as FourierFeatures does.
  InputFeatures(const InputOptions& options, int in);

  int columns() const { return in_ + (waves_ ? dim_ : 0); }
  // t is (R, 1), the times of the rows of x.
  Var operator()(Var x, Var t) const;
  // Visits the parameter "frequencies" (D, dim / 2), which only the Fourier kinds have.
  void visit(const std::string& at, const Visitor& f) {
    if (waves_) waves_->visit(at, f);
  }

 private:
  int in_, dim_;
  double blur_;
  std::optional<FourierFeatures> waves_;
};

}  // namespace pushforward::inline PF_REAL
