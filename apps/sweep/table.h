// The results of a sweep as tables: as aligned text, and as CSV.
#pragma once

#include <string>
#include <vector>

#include "apps/sweep/results.h"

namespace pushforward::app {

// Returns the table as aligned text: a line for each run, with its values of the axes, its state
// and its measures. If `seed` is an axis beside others, a second table follows, with the mean and
// the standard deviation over the seeds.
std::string result_table(const SweepGrid& grid, const std::vector<SweepResult>& results);

// Returns the table as CSV: the columns of the axes, then folder, state and all measures that a run
// has. A missing measure is an empty cell.
std::string result_csv(const SweepGrid& grid, const std::vector<SweepResult>& results);

}  // namespace pushforward::app
