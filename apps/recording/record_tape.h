// Records the tape of a run's next training step.
#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/page/message.h"
#include "apps/run/lock.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// Returns the message "tape" and a message "line" for each of its lines up to the loss. The step is
// the one after the run's newest checkpoint; without checkpoints it is the first one. If `with_data`
// is false, random rows take the place of the data. Throws Failure (exit 4) if the checkpoints
// cannot be read, or if `with_data` is false and the run has no model file yet.
std::vector<PageMessage> record_tape(const Config& config, const std::string& run, bool with_data,
                                     const Say& say);

}  // namespace pushforward::app::inline PF_REAL
