// The options of a velocity network as plain data: the model section of a config.
#pragma once

#include <string>
#include <vector>

#include "nn/choice.h"
#include "nn/init.h"
#include "nn/layers/activation.h"
#include "nn/layers/input_features.h"
#include "nn/layers/time_features.h"

namespace pushforward {

enum class Condition { concat, film };
inline std::span<const Choice> conditions() {
  static constexpr Choice table[] = {
      {"concat", "time features, label and condition are further inputs of the first layer"},
      {"film", "time features, label and condition scale and shift every hidden layer"},
  };
  return table;
}
inline Condition condition_named(const std::string& name) {
  return static_cast<Condition>(choose("condition", name, conditions()));
}

enum class NetworkKind { mlp, res_mlp };
inline std::span<const Choice> networks() {
  static constexpr Choice table[] = {
      {"mlp", "linear layers with activations in between"},
      {"res_mlp", "residual blocks with layer norm, all of one width"},
  };
  return table;
}
inline NetworkKind network_kind_named(const std::string& name) {
  return static_cast<NetworkKind>(choose("model", name, networks()));
}

struct VelocityOptions {
  NetworkKind kind = NetworkKind::mlp;
  int dim = 2;                             // D, the dimension of x and of the velocity
  std::vector<int> hidden{128, 128, 128};  // widths; res_mlp: one block each, all widths equal
  Activation activation = Activation::silu;
  InputOptions input{};  // what the network sees of x: x itself, or Fourier features beside it
  TimeOptions time{};
  int classes = 0;     // rows may have labels 0 .. classes - 1; 0: the network is unconditional
  int label_dim = 32;  // columns of a label's embedding
  int conditions = 0;  // numbers that each row is given besides; 0: none
  Condition condition = Condition::concat;  // the way in which time, label and condition enter
  double dropout = 0;       // probability of dropping an element after each activation
  bool layer_norm = false;  // mlp: LayerNorm before each activation (res_mlp always has it)
  InitScheme init = InitScheme::pytorch;
  bool zero_last = false;  // the last layer, and so the velocity, is 0 at first
  bool two_times = false;  // v(x, s, t) instead of u(x, t): features of t - s are further inputs
};

}  // namespace pushforward
