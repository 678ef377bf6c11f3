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

struct TokenOptions {
  TokenNetworkKind kind = TokenNetworkKind::mlp;
  int length = 1;      // L, the number of tokens in a sequence
  int vocabulary = 2;  // V, the number of tokens of the output
  int states = 2;      // number of tokens of the input: V, or V + 1 with a mask token
  int classes = 0;     // labels 0 .. classes - 1; 0: none
  int label_dim = 32;
  TimeOptions time{};
  Activation activation = Activation::silu;
  double dropout = 0;
  InitScheme init = InitScheme::pytorch;
  // mlp: each token has an embedding of `embed` numbers. The embeddings of a sequence are
  // concatenated and go through layers of the widths `hidden`.
  int embed = 32;
  std::vector<int> hidden{256, 256};
  // transformer: pre-norm blocks, conditioned on time and label by adaLN-zero (adaptive layer norm
  // that starts at 0; Peebles, Xie 2023). A head has width / heads columns. The MLP in a block is
  // mlp_ratio times as wide as the block.
  int width = 64, heads = 4, blocks = 2, mlp_ratio = 4;
  // Rotary positions encode only distances. If all tokens of a sequence are equal, as at t = 0 if
  // the source is the mask token, every position gets the same output.
  Positions positions = Positions::learned;
};

}  // namespace pushforward
