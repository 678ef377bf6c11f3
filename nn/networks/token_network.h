// Networks over tokens: they map sequences, times and labels to the logits
// of each position's token.
#pragma once

#include <span>
#include <string>
#include <variant>

#include "nn/layers/conditioning.h"
#include "nn/networks/mlp.h"
#include "nn/networks/transformer.h"

namespace pushforward::inline PF_REAL {

// A multilayer perceptron over short sequences: logits = net([embeddings of the L tokens,
// conditioning]), where nn/layers/conditioning.h describes the conditioning. The parameters have
// the names of the Mlp without prefix ("0.weight", "2.weight", ...), "token.weight" (states,
// embed), "time.frequencies" and "label.weight".
class TokenMlp {
 public:
  // Throws if embed is below 1.
  explicit TokenMlp(const TokenOptions& options);

  // Computes the logits from states, times and labels as TokenNetwork::operator() describes it.
  // TokenNetwork has checked that each state is in range.
  Var operator()(std::span<const int> states, Var t, std::span<const int> labels,
                 const NetworkMode& mode) const;
  void visit(const std::string& at, const Visitor& f);

 private:
  int length_, vocabulary_;
  Embedding token_;
  Conditioning conditioning_;
  Mlp net_;
};

// A network over tokens, of the kind that options.kind names.
class TokenNetwork {
 public:
  // Throws on sizes below 1, and under the conditions of TokenMlp and Transformer.
  explicit TokenNetwork(const TokenOptions& options);

  // Maps B sequences of L tokens and times t (B, 1) on a tape to logits (B, L, V) on that tape, for
  // a vocabulary of V tokens. `states` has the tokens (B, L), row-major, each in 0 ..
  // options.states - 1. `labels` has one label per row, with -1 for none, or is empty. Throws on a
  // state out of range, and names its row and position.
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
