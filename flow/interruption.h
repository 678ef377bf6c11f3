// A way to stop long work early.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <functional>

#include "flow/sampling.h"

namespace pushforward {

// The options of samplers and evaluations inherit this, and so do the solvers of couplings.
struct Interruption {
  // Called before every evaluation of the model or every pass over the costs, from any thread. If it
  // returns true, SamplingInterrupted is thrown. It may be empty.
  std::function<bool()> interrupted{};

  void check_interrupted() const {
    if (interrupted && interrupted()) throw SamplingInterrupted();
  }
};

}  // namespace pushforward
