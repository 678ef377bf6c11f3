#include "nn/networks/velocity.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

MlpOptions velocity_mlp_options(const VelocityOptions& o, int input_columns,
                                int conditioning_columns) {
  const bool film = o.condition == Condition::film;
  check(!film || !o.hidden.empty(), "velocity", "film needs a hidden layer to modulate");
  return {.in = input_columns + (film ? 0 : conditioning_columns),
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

Velocity::Velocity(const VelocityOptions& options)
    : options_(options),
      input_(options.input, options.dim),
      conditioning_(options.time, options.classes, options.label_dim, "velocity",
                    options.conditions),
      net_(options.kind == NetworkKind::res_mlp,
           velocity_mlp_options(options, input_.columns(), conditioning_.columns())) {
  if (options_.condition == Condition::film)
    embed_.emplace(conditioning_.columns(), options_.hidden[0], options_.init);
}

Var Velocity::operator()(Var x, Var t, std::span<const int> labels, Var conditions,
                         const NetworkMode& mode) const {
  check(x.shape().rank == 2 && x.shape()[1] == options_.dim, "velocity", "x is ", x.shape(),
        "; the network was made for (B, ", options_.dim, ")");
  check(t.shape() == Shape({x.shape()[0], 1}), "velocity", "t is ", t.shape(), " and x ", x.shape(),
        "; t must be ", Shape{x.shape()[0], 1});
  const Var conditioning = conditioning_(t, labels, conditions);
  const Var z = input_(x, t);
  if (!embed_) return net_(concat(z, conditioning, 1), mode);
  return net_(z, mode, (*embed_)(conditioning, options_.activation));
}

void Velocity::visit(const std::string& at, const Visitor& f) {
  net_.visit(at, f);
  input_.visit(at + "input_features.", f);
  conditioning_.time.visit(at + "time.", f);
  if (embed_) embed_->visit(at + "embed.", f);
  if (conditioning_.label) conditioning_.label->visit(at + "label.", f);
}

}  // namespace pushforward::inline PF_REAL
