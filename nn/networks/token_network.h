// Networks over tokens: from sequences, times and labels to logits of each position's token.
#pragma once

#include <span>
#include <string>
#include <variant>

#include "nn/networks/token_mlp.h"
#include "nn/networks/transformer.h"

namespace pushforward::inline PF_REAL {

// The one of the two that options.kind names.
class TokenNetwork {
 public:
  // Fails on sizes below 1, and on what the two say of theirs.
  explicit TokenNetwork(const TokenOptions& options);

  // states (B, L) row-major, each 0 .. states - 1; t (B, 1) on a tape; labels one a row, -1 for
  // none, an empty span for none at all: logits (B, L, V) on that tape. Fails, naming row, position
  // and state, on a state outside its range.
  Var operator()(std::span<const int> states, Var t, std::span<const int> labels = {},
                 const NetworkMode& mode = {}) const;
  void visit(const std::string& at, const Visitor& f) {
    std::visit([&](auto& net) { net.visit(at, f); }, net_);
  }
  const TokenOptions& options() const { return options_; }

 private:
  TokenOptions options_;
  std::variant<TokenMlp, Transformer> net_;
};

}  // namespace pushforward::inline PF_REAL
