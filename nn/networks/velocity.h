// The velocity networks u_theta(x, t) and, given a label or numbers, u_theta(x, t, label, c). With
// two times they are the networks v_theta(x, s, t) of flow maps.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "nn/layers/conditioning.h"
#include "nn/networks/mlp.h"
#include "nn/networks/velocity_options.h"

namespace pushforward::inline PF_REAL {

// u_theta(x, t) maps x (B, D) and t (B, 1) to (B, D), or to (B, options.heads D). The conditioning c is features(t), with the
// embedding of the label and the given numbers of the row if there are any (layers/conditioning.h),
// and z is x or [x, Fourier features of x]:
// - concat: the velocity is net([z, c]).
// - film: the velocity is net(z). h = f(Linear(c)), as wide as the first hidden layer, modulates
//   each hidden layer; f is the activation.
// The parameters of the inner network have no prefix, so an mlp with raw time is
// torch.nn.Sequential on [x, t]: "0.weight", "0.bias", "2.weight", ... Further names are
// "input_features.frequencies" (D, dim / 2), "time.frequencies", "embed.weight" and "label.weight"
// (classes + 1, label_dim), whose last row is for rows without a label (Ho, Salimans 2022).
//
// With options.two_times the network is v_theta(x, s, t). Then c and z are computed for the time s
// of the point x, and c has further columns at its end, the features of t - s. The layer that reads
// c ("0.weight", "input.weight" or "embed.weight") is `second_columns()` wider than that of the
// network with one time. If the added columns of its weight are 0, v(x, s, t) = u(x, s) for every
// t. Its additional parameter is "second_time.frequencies".
class Velocity {
 public:
  explicit Velocity(const VelocityOptions& options);

  // Evaluates the network for rows without labels.
  Var operator()(Var x, Var t, const NetworkMode& mode = {}) const {
    return (*this)(x, t, {}, mode);
  }
  // Each row's label is 0 .. classes - 1, or -1 for none. An empty span means that no row has a
  // label. Throws on any other label and names the row.
  // A network with two times is evaluated at s = t.
  Var operator()(Var x, Var t, std::span<const int> labels, const NetworkMode& mode = {}) const {
    return (*this)(x, t, labels, Var{}, mode);
  }
  // The conditions are (B, options().conditions + 1), each row's numbers and a 1, or zeros for a row
  // without a condition. A null Var means that no row has one. Throws on another shape.
  Var operator()(Var x, Var t, std::span<const int> labels, Var conditions,
                 const NetworkMode& mode = {}) const;
  // Evaluates v_theta(x, s, t) for rows without conditions; s and t are (B, 1). Throws if the network
  // has one time.
  Var operator()(Var x, Var s, Var t, std::span<const int> labels,
                 const NetworkMode& mode = {}) const;
  void visit(const std::string& at, const Visitor& f);
  const VelocityOptions& options() const { return options_; }
  // Returns the number of columns of the features of t - s; 0 with one time.
  int second_columns() const { return second_ ? second_->columns() : 0; }

 private:
  void check_points(Var x) const;
  // What the rows of a call are given besides their points and times.
  struct RowConditions {
    std::span<const int> labels;
    Var numbers;
  };
  Var evaluate(Var x, Var s, Var difference, const RowConditions& of_rows,
               const NetworkMode& mode) const;

  VelocityOptions options_;
  InputFeatures input_;
  Conditioning conditioning_;
  std::optional<TimeFeatures> second_;  // the features of t - s, with two times
  std::optional<Linear> embed_;         // used by Condition::film
  Perceptron net_;                      // of the kind that options.kind names
};

}  // namespace pushforward::inline PF_REAL
