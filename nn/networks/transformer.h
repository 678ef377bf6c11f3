// A transformer over tokens with conditioning on time and label by adaptive layer norm (DiT).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/layers/activation.h"
#include "nn/layers/attention.h"
#include "nn/layers/conditioning.h"
#include "nn/networks/token_options.h"

namespace pushforward::inline PF_REAL {

// One block with adaLN-zero conditioning (Peebles, Xie 2023, section 3.2). For the hidden values h
// and the conditioning c, and with N the layer norm without weights:
//   h <- h + g1 attn((1 + s1) N(h) + b1),  h <- h + g2 mlp((1 + s2) N(h) + b2).
// (b1, s1, g1, b2, s2, g2) = Linear(c) is 0 at first, so a block is the identity at first. mlp is
// Linear, activation, Linear. Dropout applies to the outputs of attn and mlp.
struct TransformerBlock {
  SelfAttention attn;
  Linear mlp1, mlp2;
  Linear modulation;
  Activation activation;
  Dropout dropout1, dropout2;

  TransformerBlock(const TokenOptions& options, int number);
  // h is (B L, width) and the conditioning c is (B, width).
  Var operator()(Var h, Var c, int length, const NetworkMode& mode) const;
  void visit(const std::string& at, const Visitor& f);
};

// The first input h of the blocks is the embedding of each token, plus the embedding of its
// position if positions are learned. After the blocks, logits = Linear((1 + s) N(h) + b) with (b,
// s) = Linear(c), where N is the layer norm without weights. The conditioning is c =
// f(Linear(f(Linear(features)))), where f is the activation and Conditioning gives the features.
// The last Linear and its modulation are 0 at first, so the initial logits are 0. The names of the
// parts are "token.weight" (states, width), "position.weight" (L, width), "time.frequencies",
// "label.weight", "embed.0", "embed.2", "blocks.0.attn", "blocks.0.mlp.0", "blocks.0.mlp.2",
// "blocks.0.modulation", "modulation", "output".
class Transformer {
 public:
  // Throws on a width, blocks or mlp_ratio below 1, and under the conditions of SelfAttention.
  explicit Transformer(const TokenOptions& options);

  // Computes the logits from states, times and labels as TokenNetwork::operator() describes it.
  // TokenNetwork has checked that each state is in range.
  Var operator()(std::span<const int> states, Var t, std::span<const int> labels,
                 const NetworkMode& mode) const;
  void visit(const std::string& at, const Visitor& f);

 private:
  int length_, vocabulary_;
  Activation activation_;
  Embedding token_;
  std::optional<Embedding> position_;  // only with learned positions
  Conditioning conditioning_;
  Linear embed1_, embed2_;
  std::vector<TransformerBlock> blocks_;
  Linear modulation_, output_;
};

}  // namespace pushforward::inline PF_REAL
