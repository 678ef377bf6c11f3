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

// The options of a velocity network. Velocity fails on options out of range.
struct VelocityOptions {
  // A plain or a residual perceptron. A residual block has two linear layers in the place of one,
  // so it costs twice as much; networks of many blocks train better with it.
  NetworkKind kind = NetworkKind::mlp;

  // D, the dimension of x and of the velocity, at least 1.
  int dim = 2;

  // The number of columns of x, at least 0, if they are other than those of the velocity, such as an
  // embedding of points of a manifold. 0 means D.
  int inputs = 0;
  int input_columns() const { return inputs == 0 ? dim : inputs; }

  // The width of each hidden layer, or of each block of res_mlp, whose widths must be equal. The
  // cost of an evaluation grows with the square of the width and in proportion to the number of
  // layers. Widen it if the training loss stays high.
  std::vector<int> hidden{128, 128, 128};

  // The function between the linear layers. The default is smooth, as velocities are, and is
  // computed in one op with a plain linear layer.
  Activation activation = Activation::silu;

  // What the network sees of x: x itself, or Fourier features beside it. Features help with fine
  // structure, and add columns to the first layer.
  InputOptions input{};

  // What the network sees of the time.
  TimeOptions time{};

  // The number of classes: rows may have labels 0 .. classes - 1. 0 means that the network is
  // unconditional; rows with labels then fail.
  int classes = 0;

  // The number of columns of a label's embedding, at least 1. A network without classes ignores it.
  int label_dim = 32;

  // How many numbers each row is given besides, at least 0; 0 means that there are none. They enter
  // the network as time and label do, and add conditions + 1 inputs to a layer of the network.
  int conditions = 0;

  // The way in which time, label and given numbers enter the network. `concat` adds inputs to the
  // first layer. `film` scales and shifts every hidden layer, which is stronger and needs a hidden
  // layer. If all widths are equal, it takes about three times the multiplications of an mlp and
  // twice those of a res_mlp.
  Condition condition = Condition::concat;

  // The probability of dropping an element after each activation in training, in [0, 1). Raise it
  // if the network memorises a small data set.
  double dropout = 0;

  // If true, a LayerNorm comes before each activation of an mlp; res_mlp always has it. It helps
  // networks with many layers.
  bool layer_norm = false;

  // The initialisation of the linear layers. The default is that of torch.nn.Linear.
  InitScheme init = InitScheme::pytorch;

  // If true, the last layer, and so the velocity, is 0 at first.
  bool zero_last = false;

  // The number of fields that the network computes from the same hidden layers, at least 1. The output
  // has their columns side by side, (B, heads D). Two are the velocity and the noise of a bridge; a
  // second head costs less than a second network, and the hidden layers serve both.
  int heads = 1;

  // If true, the network is v(x, s, t) of a flow map instead of u(x, t). Features of t - s, like
  // those of `time`, are then further inputs, beside those of s.
  bool two_times = false;
};

}  // namespace pushforward
