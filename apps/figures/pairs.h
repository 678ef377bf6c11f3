// Figures of pairs of a source point and a data point, and of the paths between them.
#pragma once

#include <string>

#include "apps/figures/figures.h"

namespace pushforward::app {

// Shows conditional paths, from each source point to the data point that it is paired with, beside
// the paths of the flow from the same source points, with common limits. D = 1 shows x over t.
Figure paths_figure(const Trajectories& conditional, const Trajectories& marginal,
                    const std::string& title, const std::string& source);

// Points paired by a coupling: row i of x0 (N, D) with row i of x1 (N, D).
struct PairedPoints {
  std::string name;
  Points x0, x1;
};

// Shows a segment for each pair of two couplings of the same points. Titles give the root mean square
// length of the segments. D = 1 shows x0 on the left and x1 on the right.
Figure coupling_figure(const PairedPoints& one, const PairedPoints& other, const std::string& title,
                       const std::string& source);

}  // namespace pushforward::app
