#include "nn/velocity.h"

namespace pushforward::inline PF_REAL {
namespace {

MlpOptions net_options(const VelocityOptions& o, int time_columns) {
  const bool film = o.condition == Condition::film;
  check(!film || !o.hidden.empty(), "velocity", "film needs a hidden layer to modulate");
  return {.in = o.dim + (film ? 0 : time_columns),
          .out = o.dim,
          .hidden = o.hidden,
          .activation = o.activation,
          .condition = film ? o.hidden[0] : 0,
          .layer_norm = o.layer_norm,
          .dropout = o.dropout,
          .init = o.init,
          .zero_last = o.zero_last};
}

}  // namespace

template <class Net>
VelocityNet<Net>::VelocityNet(const VelocityOptions& options)
    : options_(options), time_(options.time), net_(net_options(options, time_.columns())) {
  if (options_.condition == Condition::film)
    embed_.emplace(time_.columns(), options_.hidden[0], options_.init);
}

template <class Net>
Var VelocityNet<Net>::operator()(Var x, Var t, const Mode& mode) const {
  check(x.shape().rank == 2 && x.shape()[1] == options_.dim, "velocity", "x is ", x.shape(),
        "; the network was made for (B, ", options_.dim, ")");
  check(t.shape() == Shape({x.shape()[0], 1}), "velocity", "t is ", t.shape(), " and x ", x.shape(),
        "; t must be ", Shape{x.shape()[0], 1});
  const Var features = time_(t);
  if (!embed_) return net_(concat(x, features, 1), mode);
  return net_(x, mode, activate(options_.activation, (*embed_)(features)));
}

template <class Net>
void VelocityNet<Net>::visit(const std::string& at, const Visitor& f) {
  net_.visit(at, f);
  time_.visit(at + "time.", f);
  if (embed_) embed_->visit(at + "embed.", f);
}

template class VelocityNet<Mlp>;
template class VelocityNet<ResidualMlp>;

Velocity::Velocity(const VelocityOptions& options)
    : net_(options.kind == NetworkKind::mlp
               ? std::variant<VelocityMlp, VelocityResMlp>(std::in_place_index<0>, options)
               : std::variant<VelocityMlp, VelocityResMlp>(std::in_place_index<1>, options)) {}

}  // namespace pushforward::inline PF_REAL
