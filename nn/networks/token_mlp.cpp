#include "nn/networks/token_mlp.h"

namespace pushforward::inline PF_REAL {

namespace {

MlpOptions token_mlp_options(const TokenOptions& o, int conditioning_columns) {
  return {.in = o.length * o.embed + conditioning_columns,
          .out = o.length * o.vocabulary,
          .hidden = o.hidden,
          .activation = o.activation,
          .dropout = o.dropout,
          .init = o.init};
}

}  // namespace

TokenMlp::TokenMlp(const TokenOptions& o)
    : length_(o.length),
      vocabulary_(o.vocabulary),
      token_(o.states, o.embed),
      conditioning_(o.time, o.classes, o.label_dim, "token network"),
      net_(token_mlp_options(o, conditioning_.columns())) {}

Var TokenMlp::operator()(std::span<const int> states, Var t, std::span<const int> labels,
                         const NetworkMode& mode) const {
  const int rows = t.shape()[0];
  const Var tokens = reshape(token_(*t.tape, states), {rows, length_ * token_.weight.shape[1]});
  return reshape(net_(concat(tokens, conditioning_(t, labels), 1), mode),
                 {rows, length_, vocabulary_});
}

void TokenMlp::visit(const std::string& at, const Visitor& f) {
  net_.visit(at, f);
  token_.visit(at + "token.", f);
  conditioning_.time.visit(at + "time.", f);
  if (conditioning_.label) conditioning_.label->visit(at + "label.", f);
}

}  // namespace pushforward::inline PF_REAL
