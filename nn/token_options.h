// What a network over tokens is made of, as plain data: the model section of a config.
#pragma once

#include <vector>

#include "nn/velocity_options.h"

namespace pushforward {

enum class TokenNetworkKind { mlp, transformer };
enum class Positions { learned, rotary };

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
  // 2023).
  int width = 64, heads = 4, blocks = 2, mlp_ratio = 4;
  Positions positions = Positions::learned;
};

}  // namespace pushforward
