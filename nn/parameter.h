// A parameter: the name, shape and location of some trainable numbers. The values are in one flat
// array that `Parameters` owns for the whole model.
#pragma once

#include <cstddef>
#include <string>

#include "autograd/tape.h"
#include "nn/init.h"

namespace pushforward::inline PF_REAL {

// Some trainable numbers of a layer, such as its weight matrix. A Parameters object of the whole
// model gives them their name, slot and values; before that the Parameter has only a shape and a
// distribution. Afterwards its address must not change: it cannot be copied, and moving it throws.
struct Parameter {
  Parameter(Shape its_shape, Init its_init) : shape(its_shape), stored(its_shape), init(its_init) {}
  Parameter(Parameter&& other);
  Parameter& operator=(Parameter&&) = delete;

  // Returns a parameter that is a row (1, n), such as a bias or the weight of a LayerNorm. Files
  // store it with one axis, (n), as PyTorch does.
  static Parameter row(int n, Init init);

  // Returns the parameter's values as a leaf of `tape`; all calls share one leaf. Throws if no
  // Parameters object has been made from the model that the parameter belongs to.
  Var on(Tape& tape) const;

  Shape shape;            // the shape on the tape
  Shape stored;           // the shape in files
  Init init;              // the distribution of its initial values
  const char* kind = "";  // which kind of layer it belongs to: "linear", "layer_norm"
  bool frozen =
      false;  // keeps its values; after Parameters(model) change it with Parameters::freeze

  // A Parameters object of the model sets the members that follow.
  std::string name;              // "0.weight"
  std::string label;             // label of its layer on a tape: "linear 0" (see layer_label)
  int slot = -1;                 // the parameter's number in the model
  std::size_t offset = 0;        // its first element in flat arrays, a multiple of 16
  const real* values = nullptr;  // its current values
};

// Returns the label of the layer with a parameter of this name: the name without
// its last part. If the label then ends in a number, `kind` precedes it, unless
// the name contains the kind. For example, "0.weight" of a Linear gives "linear
// 0", and "blocks.0.linear1.weight" gives "blocks.0.linear1".
std::string layer_label(const std::string& kind, const std::string& name);

}  // namespace pushforward::inline PF_REAL
