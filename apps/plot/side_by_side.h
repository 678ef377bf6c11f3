// Draws two runs side by side, and tables of points that belong to no run.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"

namespace pushforward::app {

// Draws samples of two runs and kernel estimates of their densities with common limits, as
// compare_samples and compare_density, and prints the path of each file. Throws Failure (exit 2) if a
// run is of tokens, if the dimensions differ, or if pictures were named.
void plot_two_runs(const Config& a, const PlotRequest& request_a, const Config& b,
                   const PlotRequest& request_b);

// Returns whether the path is that of a table of points, and not of a run's folder.
bool is_table(const std::string& path);

// Draws a table in the folder of --out or in "plots": points and density if all columns are numbers,
// the pairs of more than two columns or of columns of other kinds, and columns given a category. Throws
// Failure (exit 2) if an option was given that only a run has, (exit 4) if the file cannot be read.
void plot_table(const PlotRequest& request);

}  // namespace pushforward::app
