// The velocity networks u_theta(x, t): time features, a network, and how the one enters the other.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "nn/mlp.h"
#include "nn/time_features.h"
#include "nn/velocity_options.h"

namespace pushforward::inline PF_REAL {

// u_theta(x, t) for x (B, D), t (B, 1): (B, D).
// - concat: net([x, features(t)]);
// - film: net(x) with every hidden layer modulated by f(Linear(features(t))), as wide as the first
//   hidden layer.
// Net's names stand at the top, so an mlp with raw time is torch.nn.Sequential on [x, t]:
// "0.weight", "0.bias", "2.weight", ...; further ones are "time.frequencies" and "embed.weight".
template <class Net>
class VelocityNet {
 public:
  explicit VelocityNet(const VelocityOptions& options);

  Var operator()(Var x, Var t, const Mode& mode = {}) const;
  void visit(const std::string& at, const Visitor& f);
  const VelocityOptions& options() const { return options_; }

 private:
  VelocityOptions options_;
  TimeFeatures time_;
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

  Var operator()(Var x, Var t, const Mode& mode = {}) const {
    return std::visit([&](const auto& net) { return net(x, t, mode); }, net_);
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
