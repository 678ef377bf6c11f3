// The results of a sweep as a figure.
#pragma once

#include <string>
#include <vector>

#include "apps/figures/figure.h"
#include "apps/sweep/results.h"

namespace pushforward::app {

// Shows the last measure over the values of the first axis that is not `seed`. Each choice of the
// other axes is a line through the means over the seeds; each run is a dot.
Figure sweep_figure(const SweepGrid& grid, const std::vector<SweepResult>& results,
                    const std::string& title);

}  // namespace pushforward::app
