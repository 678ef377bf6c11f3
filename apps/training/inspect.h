// Records and prints the tape of a training step, for `pushforward inspect`.
#pragma once

#include <ostream>
#include <string>

#include "apps/config/config.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// Records one chunk of a training step (loss and gradient) with timing, and prints it. `format` is
// text, dot, json or trace. If `run` is not empty, random rows take the place of the data; their
// shape is read from the run's model file.
void inspect_step(const Config& config, const std::string& run, const std::string& format,
                  std::ostream& out);

}  // namespace pushforward::app::inline PF_REAL
