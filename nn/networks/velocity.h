// The velocity networks u_theta(x, t) and, given classes, u_theta(x, t, label): time features, a
// label's embedding, a network, and how they enter it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "nn/layers/conditioning.h"
#include "nn/networks/mlp.h"
#include "nn/networks/velocity_options.h"

namespace pushforward::inline PF_REAL {

// u_theta(x, t) for x (B, D), t (B, 1): (B, D). With c
// = features(t), or [features(t), row of the label]:
// - concat: net([x, c]);
// - film: net(x) with every hidden layer modulated by f(Linear(c)), as wide as the first hidden
//   layer.
// Net's names stand at the top, so an mlp with raw time is torch.nn.Sequential on [x, t]:
// "0.weight", "0.bias", "2.weight", ...; further ones are "time.frequencies", "embed.weight" and
// "label.weight" (classes + 1, label_dim), whose last row stands for no label (Ho, Salimans 2022).
template <class Net>
class VelocityNet {
 public:
  explicit VelocityNet(const VelocityOptions& options);

  // No row has a label.
  Var operator()(Var x, Var t, const NetworkMode& mode = {}) const {
    return (*this)(x, t, {}, mode);
  }
  // Each row's label, 0 .. classes - 1, or -1 for none; an empty
  // span says none for all. Fails, naming the row, on any other.
  Var operator()(Var x, Var t, std::span<const int> labels, const NetworkMode& mode = {}) const;
  void visit(const std::string& at, const Visitor& f);
  const VelocityOptions& options() const { return options_; }

 private:
  VelocityOptions options_;
  Conditioning conditioning_;
  std::optional<Linear> embed_;  // film only
  Net net_;
};

using VelocityMlp = VelocityNet<Mlp>;
using VelocityResMlp = VelocityNet<ResidualMlp>;

extern template class VelocityNet<Mlp>;
extern template class VelocityNet<ResidualMlp>;

// The one of the two that options.kind names: what a program makes from a config.
class Velocity {
 public:
  explicit Velocity(const VelocityOptions& options);

  Var operator()(Var x, Var t, const NetworkMode& mode = {}) const {
    return (*this)(x, t, {}, mode);
  }
  Var operator()(Var x, Var t, std::span<const int> labels, const NetworkMode& mode = {}) const {
    return std::visit([&](const auto& net) { return net(x, t, labels, mode); }, net_);
  }
  void visit(const std::string& at, const Visitor& f) {
    std::visit([&](auto& net) { net.visit(at, f); }, net_);
  }
  const VelocityOptions& options() const {
    return std::visit([](const auto& net) -> const VelocityOptions& { return net.options(); },
                      net_);
  }

 private:
  std::variant<VelocityMlp, VelocityResMlp> net_;
};

}  // namespace pushforward::inline PF_REAL
