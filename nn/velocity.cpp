#include "nn/velocity.h"

#include <algorithm>

namespace pushforward::inline PF_REAL {
namespace {

// Columns of what the network is told besides x.
int given_columns(const VelocityOptions& o, const TimeFeatures& time) {
  check(o.classes >= 0, "velocity", o.classes, " classes; 0 means that rows have no labels");
  check(o.classes == 0 || o.label_dim > 0, "velocity", "a label's embedding has ", o.label_dim,
        " columns; it must have at least 1");
  return time.columns() + (o.classes > 0 ? o.label_dim : 0);
}

MlpOptions net_options(const VelocityOptions& o, int given) {
  const bool film = o.condition == Condition::film;
  check(!film || !o.hidden.empty(), "velocity", "film needs a hidden layer to modulate");
  return {.in = o.dim + (film ? 0 : given),
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
    : options_(options),
      time_(options.time),
      net_(net_options(options, given_columns(options, time_))) {
  if (options_.condition == Condition::film)
    embed_.emplace(given_columns(options_, time_), options_.hidden[0], options_.init);
  if (options_.classes > 0) label_.emplace(options_.classes + 1, options_.label_dim);
}

template <class Net>
void VelocityNet<Net>::check_labels(std::span<const int> labels, int rows) const {
  if (labels.empty()) return;
  check(labels.size() == static_cast<std::size_t>(rows), "velocity", labels.size(), " labels for ",
        rows, " rows; give one for each row, or none at all");
  for (int r = 0; r < rows; ++r) {
    if (labels[r] == -1 || (labels[r] >= 0 && labels[r] < options_.classes)) continue;
    if (options_.classes == 0)
      fail("velocity", "row ", r, " has label ", labels[r],
           "; the network was made without classes: leave the labels out");
    fail("velocity", "row ", r, " has label ", labels[r], "; the network was made for 0 to ",
         options_.classes - 1, ", and -1 for none");
  }
}

template <class Net>
Var VelocityNet<Net>::operator()(Var x, Var t, std::span<const int> labels,
                                 const Mode& mode) const {
  check(x.shape().rank == 2 && x.shape()[1] == options_.dim, "velocity", "x is ", x.shape(),
        "; the network was made for (B, ", options_.dim, ")");
  check(t.shape() == Shape({x.shape()[0], 1}), "velocity", "t is ", t.shape(), " and x ", x.shape(),
        "; t must be ", Shape{x.shape()[0], 1});
  const int rows = x.shape()[0];
  check_labels(labels, rows);
  Var given = time_(t);
  if (label_) {
    const std::size_t count = static_cast<std::size_t>(rows);
    const std::span<int> numbers(x.tape->arena().array<int>(count), count);
    std::ranges::fill(numbers, options_.classes);
    for (std::size_t r = 0; r < labels.size(); ++r)
      if (labels[r] >= 0) numbers[r] = labels[r];
    given = concat(given, (*label_)(*x.tape, numbers), 1);
  }
  if (!embed_) return net_(concat(x, given, 1), mode);
  return net_(x, mode, activate(options_.activation, (*embed_)(given)));
}

template <class Net>
void VelocityNet<Net>::visit(const std::string& at, const Visitor& f) {
  net_.visit(at, f);
  time_.visit(at + "time.", f);
  if (embed_) embed_->visit(at + "embed.", f);
  if (label_) label_->visit(at + "label.", f);
}

template class VelocityNet<Mlp>;
template class VelocityNet<ResidualMlp>;

Velocity::Velocity(const VelocityOptions& options)
    : net_(options.kind == NetworkKind::mlp
               ? std::variant<VelocityMlp, VelocityResMlp>(std::in_place_index<0>, options)
               : std::variant<VelocityMlp, VelocityResMlp>(std::in_place_index<1>, options)) {}

}  // namespace pushforward::inline PF_REAL
