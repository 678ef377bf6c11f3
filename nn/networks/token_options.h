// What a network over tokens is made of, as plain data: the model section of a config.
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
inline TokenNetworkKind token_network_kind(const std::string& name) {
  return static_cast<TokenNetworkKind>(choose("model", name, token_networks()));
}

struct TokenOptions {
  TokenNetworkKind kind = TokenNetworkKind::mlp;
  int length = 1;      // L
  int vocabulary = 2;  // V, of the output
  int states = 2;      // of the input: V, or V + 1 with a mask
  int classes = 0;     // labels 0 .. classes - 1; 0: none
  int label_dim = 32;
  TimeOptions time{};
  Activation activation = Activation::silu;
  double dropout = 0;
  InitScheme init = InitScheme::pytorch;
  // mlp: tokens embedded in `embed` numbers each, side by side, through these layers.
  int embed = 32;
  std::vector<int> hidden{256, 256};
  // transformer: pre-norm blocks with adaLN-zero conditioning on time and label (Peebles, Xie
  // 2023); heads of width / heads columns, mlp_ratio times the width inside a block's network.
  int width = 64, heads = 4, blocks = 2, mlp_ratio = 4;
  // Rotary ones know distances only: where all tokens are alike,
  // as under a mask at t = 0, all positions are told the same.
  Positions positions = Positions::learned;
};

}  // namespace pushforward
