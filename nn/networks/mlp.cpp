#include "nn/networks/mlp.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

const MlpOptions& checked_mlp(const MlpOptions& o) {
  check(o.in > 0 && o.out > 0, "mlp", "the sizes are ", o.in, " -> ", o.out,
        "; both must be at least 1");
  for (int width : o.hidden)
    check(width > 0, "mlp", "a hidden width is ", width, "; it must be at least 1");
  check(o.condition >= 0, "mlp", "the condition has ", o.condition,
        " columns; give 0 (none) or more");
  return o;
}

// Returns the common width of all blocks.
int common_width(const MlpOptions& o) {
  checked_mlp(o);
  check(!o.hidden.empty(), "residual mlp", "there are no hidden widths; give one for each block");
  for (int width : o.hidden)
    check(width == o.hidden[0], "residual mlp", "hidden widths ", o.hidden[0], " and ", width,
          " differ; blocks add to their input, so all must be equal");
  return o.hidden[0];
}

void check_condition(Var condition, int wanted) {
  if (wanted == 0) return;
  check(static_cast<bool>(condition), "film", "the condition is missing; this network needs (R, ",
        wanted, ")");
  check(condition.shape().cols() == wanted, "film", "the condition is ", condition.shape(),
        ", but the ", "network was made for ", wanted, " columns");
}

}  // namespace

Mlp::Mlp(const MlpOptions& options) : options_(checked_mlp(options)) {
  int width = options_.in;
  for (int next : options_.hidden) {
    linear_.emplace_back(width, next, options_.init);
    if (options_.layer_norm) norm_.emplace_back(next);
    if (options_.condition > 0) film_.emplace_back(options_.condition, next, options_.init);
    width = next;
  }
  linear_.emplace_back(width, options_.out, options_.init);
  if (options_.zero_last) linear_.back().start_at_zero();
  (void)Dropout(options_.dropout);  // validates the probability
}

Var Mlp::operator()(Var x, const NetworkMode& mode, Var condition) const {
  check_condition(condition, options_.condition);
  for (std::size_t k = 0; k < options_.hidden.size(); ++k) {
    if (norm_.empty() && film_.empty()) {
      x = linear_[k](x, options_.activation);
    } else {
      x = linear_[k](x);
      if (!norm_.empty()) x = norm_[k](x);
      if (!film_.empty()) x = film_[k](x, condition);
      x = activate(options_.activation, x);
    }
    x = Dropout(options_.dropout, static_cast<std::uint32_t>(k))(x, mode);
  }
  return linear_.back()(x);
}

void Mlp::visit(const std::string& at, const Visitor& f) {
  int place = 0;  // the index in the torch.nn.Sequential
  const auto next = [&] { return at + std::to_string(place++) + "."; };
  for (std::size_t k = 0; k < linear_.size(); ++k) {
    linear_[k].visit(next(), f);
    if (k + 1 == linear_.size()) break;
    if (!norm_.empty()) norm_[k].visit(next(), f);
    place += 1 + (options_.dropout > 0);  // the activation, and Dropout where there is one
  }
  for (std::size_t k = 0; k < film_.size(); ++k)
    film_[k].visit(at + "film." + std::to_string(k) + ".", f);
}

ResidualBlock::ResidualBlock(const MlpOptions& o, int number)
    : norm(common_width(o)),
      linear1(o.hidden[0], o.hidden[0], o.init),
      linear2(o.hidden[0], o.hidden[0], o.init),
      activation(o.activation),
      dropout(o.dropout, static_cast<std::uint32_t>(number)) {
  if (o.condition > 0) film.emplace_back(o.condition, o.hidden[0], o.init);
}

Var ResidualBlock::operator()(Var h, const NetworkMode& mode, Var condition) const {
  Var y = norm(h);
  if (!film.empty()) y = film[0](y, condition);
  return h + linear2(dropout(linear1(y, activation), mode));
}

void ResidualBlock::visit(const std::string& at, const Visitor& f) {
  norm.visit(at + "norm.", f);
  for (Film& part : film) part.visit(at + "film.", f);
  linear1.visit(at + "linear1.", f);
  linear2.visit(at + "linear2.", f);
}

ResidualMlp::ResidualMlp(const MlpOptions& options)
    : options_(options),
      input_(options.in, common_width(options), options.init),
      norm_(common_width(options)),
      output_(common_width(options), options.out, options.init) {
  for (std::size_t k = 0; k < options_.hidden.size(); ++k)
    blocks_.emplace_back(options_, static_cast<int>(k));
  if (options_.zero_last) output_.start_at_zero();
}

Var ResidualMlp::operator()(Var x, const NetworkMode& mode, Var condition) const {
  check_condition(condition, options_.condition);
  Var h = input_(x);
  for (const ResidualBlock& block : blocks_) h = block(h, mode, condition);
  return output_(norm_(h));
}

void ResidualMlp::visit(const std::string& at, const Visitor& f) {
  input_.visit(at + "input.", f);
  for (std::size_t k = 0; k < blocks_.size(); ++k)
    blocks_[k].visit(at + "blocks." + std::to_string(k) + ".", f);
  norm_.visit(at + "norm.", f);
  output_.visit(at + "output.", f);
}

}  // namespace pushforward::inline PF_REAL
