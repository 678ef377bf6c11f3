// Features of a network's input x: none, or Fourier features beside x.
#pragma once

#include <optional>
#include <string>

#include "nn/choice.h"
#include "nn/layers/fourier_features.h"

namespace pushforward {

enum class InputKind { none, fourier, learned_fourier };
inline std::span<const Choice> input_features() {
  static constexpr Choice table[] = {
      {"none", "x itself"},
      {"fourier", "x, and cosines and sines of x along random frequencies, drawn once"},
      {"learned_fourier", "the same with frequencies that are trained"},
  };
  return table;
}
inline InputKind input_kind_named(const std::string& name) {
  return static_cast<InputKind>(choose("input", name, input_features()));
}

// A scale that suits data whose columns have standard deviation 1 on average.
constexpr double kInputScale = 0.4;

// The input features of a network (see InputFeatures).
struct InputOptions {
  InputKind kind = InputKind::none;
  int dim = 64;      // number of features beside x, even
  double scale = 1;  // standard deviation of the frequencies, in periods per unit of x
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Maps x (R, D) to x, or to [x, cos(2 pi x F), sin(2 pi x F)] (R, D + dim). A network that sees
// only x learns slow variation first and cannot follow structure much finer than the spread of the
// data. With the cosines and sines it can (Tancik et al. 2020).
class InputFeatures {
 public:
  // x has `in` columns. Throws as FourierFeatures does.
  InputFeatures(const InputOptions& options, int in);

  int columns() const { return in_ + (waves_ ? dim_ : 0); }
  Var operator()(Var x) const;
  // Visits the parameter "frequencies" (D, dim / 2), which only the Fourier kinds have.
  void visit(const std::string& at, const Visitor& f) {
    if (waves_) waves_->visit(at, f);
  }

 private:
  int in_, dim_;
  std::optional<FourierFeatures> waves_;
};

}  // namespace pushforward::inline PF_REAL
