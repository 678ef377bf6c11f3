#include "nn/networks/token_network.h"

namespace pushforward::inline PF_REAL {

using detail::check, detail::fail;

namespace {

const TokenOptions& checked_tokens(const TokenOptions& o) {
  check(o.length > 0, "token network", "sequences have ", o.length,
        " tokens; at least 1 is needed");
  check(o.vocabulary > 0, "token network", "the vocabulary has ", o.vocabulary,
        " tokens; at least 1 is needed");
  check(o.states >= o.vocabulary, "token network", o.states, " states for a vocabulary of ",
        o.vocabulary, "; there is one state per token, plus one for a mask");
  return o;
}

MlpOptions token_mlp_options(const TokenOptions& o, int conditioning_columns) {
  return {.in = o.length * o.embed + conditioning_columns,
          .out = o.length * o.vocabulary,
          .hidden = o.hidden,
          .activation = o.activation,
          .dropout = o.dropout,
          .init = o.init};
}

std::variant<TokenMlp, Transformer> network(const TokenOptions& o) {
  if (o.kind == TokenNetworkKind::mlp) return TokenMlp(checked_tokens(o));
  return Transformer(checked_tokens(o));
}

void check_states(std::span<const int> states, int rows, const TokenOptions& o) {
  check(states.size() == static_cast<std::size_t>(rows) * static_cast<std::size_t>(o.length),
        "token network", states.size(), " states for ", rows, " rows of ", o.length,
        " positions; give one state for each position of each row");
  for (std::size_t k = 0; k < states.size(); ++k) {
    if (states[k] >= 0 && states[k] < o.states) continue;
    const std::size_t length = static_cast<std::size_t>(o.length);
    fail("token network", "row ", k / length, " has state ", states[k], " at position ", k % length,
         "; the network was made for 0 to ", o.states - 1);
  }
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

TokenNetwork::TokenNetwork(const TokenOptions& options)
    : options_(options), net_(network(options)) {}

Var TokenNetwork::operator()(std::span<const int> states, Var t, std::span<const int> labels,
                             const NetworkMode& mode) const {
  check(t.shape().rank == 2 && t.shape()[1] == 1, "token network", "t is ", t.shape(),
        "; it must be a column (B, 1)");
  check_states(states, t.shape()[0], options_);
  return std::visit([&](const auto& net) { return net(states, t, labels, mode); }, net_);
}

}  // namespace pushforward::inline PF_REAL
