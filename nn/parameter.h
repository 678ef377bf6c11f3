// A parameter: the name and place of some trainable numbers. Their values live in one flat array
// that `Parameters` keeps for the whole model.
#pragma once

#include <cstddef>
#include <string>

#include "autograd/tape.h"
#include "nn/init.h"

namespace pushforward::inline PF_REAL {

// A layer's member. Before Parameters(model) it is a plan (shape and
// distribution); afterwards it has a name, a slot and values. From then on it
// must stay where it is, so it cannot be copied, and moving it fails.
struct Parameter {
  Parameter(Shape its_shape, Init its_init) : shape(its_shape), stored(its_shape), init(its_init) {}
  Parameter(Parameter&& other);
  Parameter& operator=(Parameter&&) = delete;

  // A row (1, n), which files hold with one axis, (n), as PyTorch does: biases, LayerNorm's weight.
  static Parameter row(int n, Init init);

  // Its line on a tape, made at the first use. Fails before Parameters(model).
  Var on(Tape& tape) const;

  Shape shape;            // on the tape
  Shape stored;           // in files
  Init init;              // how its first values are drawn
  const char* kind = "";  // which kind of layer it belongs to: "linear", "layer_norm"
  bool frozen =
      false;  // keeps its values; after Parameters(model) change it with Parameters::freeze

  // Set by Parameters.
  std::string name;              // "0.weight"
  std::string label;             // of its layer's lines on a tape: "linear 0" (see layer_label)
  int slot = -1;                 // its number in the model
  std::size_t offset = 0;        // where it begins in flat arrays, a multiple of 16
  const real* values = nullptr;  // what it is now
};

// The label of the layer that has a parameter of this name: the name without its last part, and
// where the last of what is left is a number, the kind of layer before it, unless the name says it.
// "0.weight" of a Linear is "linear 0", "blocks.0.linear1.weight" is "blocks.0.linear1".
std::string layer_label(const std::string& kind, const std::string& name);

}  // namespace pushforward::inline PF_REAL
