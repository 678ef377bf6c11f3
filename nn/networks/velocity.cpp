#include "nn/networks/velocity.h"

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

MlpOptions velocity_mlp_options(const VelocityOptions& o, int input_columns,
                                int conditioning_columns) {
  const bool film = o.condition == Condition::film;
  check(o.heads >= 1, "velocity", "the network has ", o.heads, " heads; it needs at least one");
  check(!film || !o.hidden.empty(), "velocity", "film needs a hidden layer to modulate");
  return {.in = input_columns + (film ? 0 : conditioning_columns),
          .out = o.dim * o.heads,
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
      input_(options.input, options.input_columns()),
      conditioning_(options.time, options.classes, options.label_dim, "velocity",
                    options.conditions),
      second_(options.two_times ? std::optional<TimeFeatures>(options.time) : std::nullopt),
      net_(options.kind == NetworkKind::res_mlp,
           velocity_mlp_options(options, input_.columns(),
                                conditioning_.columns() + second_columns())) {
  if (options_.condition == Condition::film)
    embed_.emplace(conditioning_.columns() + second_columns(), options_.hidden[0], options_.init);
}

void Velocity::check_points(Var x) const {
  check(x.shape().rank == 2 && x.shape()[1] == options_.input_columns(), "velocity", "x is ",
        x.shape(), "; the network was made for (B, ", options_.input_columns(), ")");
}

Var Velocity::operator()(Var x, Var t, std::span<const int> labels, Var conditions,
                         const NetworkMode& mode) const {
  check_points(x);
  check(t.shape() == Shape({x.shape()[0], 1}), "velocity", "t is ", t.shape(), " and x ", x.shape(),
        "; t must be ", Shape{x.shape()[0], 1});
  return evaluate(x, t, second_ ? t.tape->full(t.shape(), 0) : Var{}, {labels, conditions}, mode);
}

Var Velocity::operator()(Var x, Var s, Var t, std::span<const int> labels,
                         const NetworkMode& mode) const {
  check_points(x);
  check(second_.has_value(), "velocity",
        "two times are given, but the network was made for one; set two_times in its options");
  const Shape column{x.shape()[0], 1};
  check(s.shape() == column && t.shape() == column, "velocity", "s is ", s.shape(), ", t ",
        t.shape(), " and x ", x.shape(), "; s and t must be ", column);
  return evaluate(x, s, t - s, {labels, Var{}}, mode);
}

// `difference` is t - s, or null for a network with one time.
Var Velocity::evaluate(Var x, Var s, Var difference, const RowConditions& of_rows,
                       const NetworkMode& mode) const {
  Var conditioning = conditioning_(s, of_rows.labels, of_rows.numbers);
  if (second_) conditioning = concat(conditioning, (*second_)(difference), 1);
  const Var z = input_(x, s);
  if (!embed_) return net_(concat(z, conditioning, 1), mode);
  return net_(z, mode, (*embed_)(conditioning, options_.activation));
}

void Velocity::visit(const std::string& at, const Visitor& f) {
  net_.visit(at, f);
  input_.visit(at + "input_features.", f);
  conditioning_.time.visit(at + "time.", f);
  if (second_) second_->visit(at + "second_time.", f);
  if (embed_) embed_->visit(at + "embed.", f);
  if (conditioning_.label) conditioning_.label->visit(at + "label.", f);
}

}  // namespace pushforward::inline PF_REAL
