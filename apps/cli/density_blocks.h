// Computes the log-densities of the points of an NPY file and writes them block by block, so that
// memory does not grow with their number.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/formats/npy_rows.h"

namespace pushforward::app {

// The mean of the finite log-densities, and the number of log-densities that are -inf.
struct FiniteMean {
  double sum = 0;
  std::size_t rows = 0, finite = 0, impossible = 0, first_impossible = 0;

  void add(const std::vector<double>& log_densities) {
    for (const double value : log_densities) {
      if (std::isfinite(value)) {
        sum += value;
        ++finite;
      } else if (value == -INFINITY && impossible++ == 0) {
        first_impossible = rows;
      }
      ++rows;
    }
  }
  double value() const { return finite > 0 ? sum / static_cast<double>(finite) : std::nan(""); }
};

// The files of log-densities and of their standard errors. `error` is "" if these are not wanted.
struct DensityFiles {
  std::string out, error;
};

// What is reported of log-densities. `found` has no numbers of rows if they were written in blocks.
struct DensityReport {
  Densities found;
  FiniteMean mean;
  EstimateWords estimate;
  std::string note;  // the file that says what the numbers are; "": none
};

// Throws Failure (exit 2) if standard errors are wanted of densities that are no estimates.
void check_error_wanted(const DensityFiles& files, const Densities& found);

// Computes and writes the log-densities of all rows (Engine::log_density_blocks). Shows progress
// unless `quiet`. Throws as the engine and ArrayFile do; then the old files are kept.
DensityReport write_density_blocks(const Config& config, const DensityRequest& request,
                                   NpyRows points, const DensityFiles& files, bool quiet);

}  // namespace pushforward::app
