// Records what the solver of a run and the jumps of its flow map do with its points, and the path
// between source and data.
#pragma once

#include <functional>

#include "apps/config/config.h"
#include "apps/page/message.h"
#include "apps/requests.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// Returns the message "solver" (apps/page/solver_trace.h) for `n` samples of the run. Points at time t
// are divided by spread(t), as those of the page's trajectories. Throws Failure (exit 2) if the run's
// solver takes no steps of an ODE.
PageMessage record_solver(const Config& config, const SolverRequest& request, int n,
                          const std::function<double(double)>& spread);

// Returns the message "jumps" (apps/page/jump_trace.h) for `n` samples of the run, with the distances to
// its data if `with_data`. Points are divided by spread(t) as above. Throws Failure (exit 2) if the run
// has no flow map.
PageMessage record_jumps(const Config& config, const SolverRequest& request, int jumps, int n,
                         bool with_data, const std::function<double(double)>& spread);

// Returns the message "path" (apps/page/path_message.h) of the run.
PageMessage record_path(const Config& config);

}  // namespace pushforward::app::inline PF_REAL
