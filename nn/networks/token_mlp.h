// A multilayer perceptron over short sequences of tokens.
#pragma once

#include <span>
#include <string>

#include "nn/layers/conditioning.h"
#include "nn/networks/mlp.h"
#include "nn/networks/token_options.h"

namespace pushforward::inline PF_REAL {

// Computes logits = net([embeddings of the L tokens, conditioning]); see Conditioning. The
// parameters have the names of the Mlp without prefix ("0.weight", "2.weight", ...), "token.weight"
// (states, embed), "time.frequencies" and "label.weight".
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

}  // namespace pushforward::inline PF_REAL
