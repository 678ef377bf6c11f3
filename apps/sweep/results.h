// The results of a sweep's runs, read from their folders.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/sweep/grid.h"

namespace pushforward::app {

// What is measured of each run. A measure that no run has is left out of tables.
struct SweepMeasure {
  const char* name;
  const char* about;
};
// The measures, in the order of the table's columns. The figure shows the last one that a run has.
const std::vector<SweepMeasure>& sweep_measures();

// One run: its state, and its measures in the order of sweep_measures (NaN if it lacks one).
struct SweepResult {
  std::string folder;
  std::string state;  // "done", "step 400 of 1000", "none" or "unreadable"
  std::vector<double> measures;
};

// Reads the results of the run in `folder`, which may not exist or not be readable.
SweepResult read_result(const std::string& folder);

// Returns the places of the measures that at least one run has.
std::vector<std::size_t> known_measures(const std::vector<SweepResult>& results);

// Returns which axis is the seed, if one is.
std::optional<std::size_t> seed_axis(const SweepGrid& grid);

// The mean, the standard deviation (NaN for one number) and the count of the finite numbers.
struct Spread {
  double mean = NAN, deviation = NAN;
  std::size_t count = 0;
};

// Returns the spread of one measure over the runs in `of`.
Spread spread_of(const std::vector<SweepResult>& results, const std::vector<std::size_t>& of,
                 std::size_t measure);

}  // namespace pushforward::app
