// The options of a network over tokens as plain data: the model section of a config.
#pragma once

#include <string>
#include <vector>

#include "nn/layers/attention.h"
#include "nn/networks/velocity_options.h"

namespace pushforward {

enum class TokenNetworkKind { mlp, transformer };
inline std::span<const Choice> token_networks() {
  static constexpr Choice table[] = {
      {"token_mlp", "tokens embedded side by side, linear layers with activations in between"},
      {"transformer", "attention between all positions, scaled and shifted by time and label"},
  };
  return table;
}
inline TokenNetworkKind token_network_kind_named(const std::string& name) {
  return static_cast<TokenNetworkKind>(choose("model", name, token_networks()));
}

// The options of a network over tokens. TokenNetwork fails on options out of range. Each option
// from `embed` on is used by one kind of network and ignored by the other.
struct TokenOptions {
  // A perceptron on the embeddings of all tokens side by side, or a transformer. The cost of the
  // perceptron's first and last layer grows with the length; its weights depend on the position, so
  // it suits short sequences. A transformer's attention grows with the square of the length, and
  // the rest in proportion to it.
  TokenNetworkKind kind = TokenNetworkKind::mlp;

  // L, the number of tokens in a sequence, at least 1.
  int length = 1;

  // V, the number of tokens of the output, at least 1.
  int vocabulary = 2;

  // The number of tokens of the input: V, or V + 1 with a mask token. It must not be below V.
  int states = 2;

  // The number of classes: rows may have labels 0 .. classes - 1. 0 means that there are none; rows
  // with labels then fail.
  int classes = 0;

  // The number of columns of a label's embedding, at least 1. A network without classes ignores it.
  int label_dim = 32;

  // What the network sees of the time.
  TimeOptions time{};

  // The function between the linear layers.
  Activation activation = Activation::silu;

  // The probability of dropping an element in training, in [0, 1): after each activation of an mlp,
  // and of the outputs of attention and MLP of a transformer's block. Raise it if the network
  // memorises a small data set.
  double dropout = 0;

  // The initialisation of the linear layers, except those that a transformer starts at 0.
  InitScheme init = InitScheme::pytorch;

  // mlp: the number of columns of a token's embedding, at least 1. The first layer has `length`
  // times as many inputs, besides those of time and label.
  int embed = 32;

  // mlp: the width of each hidden layer.
  std::vector<int> hidden{256, 256};

  // transformer: the width, the number of attention heads, the number of pre-norm blocks, and how
  // many times as wide as the block the MLP in a block is; each at least 1. The blocks are
  // conditioned on time and label by adaLN-zero (adaptive layer norm that starts at 0; Peebles, Xie
  // 2023). A head has width / heads columns, so heads must divide the width. A position costs about
  // (4 + 2 mlp_ratio) width^2 multiplications per block, and attention 2 length width more, for any
  // number of heads.
  int width = 64, heads = 4, blocks = 2, mlp_ratio = 4;

  // transformer: how positions enter the network. Rotary positions encode only distances. If all
  // tokens of a sequence are equal, as at t = 0 if the source is the mask token, every position
  // gets the same output. Rotary positions need an even number of columns in a head.
  Positions positions = Positions::learned;
};

}  // namespace pushforward
