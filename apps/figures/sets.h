// Figures of several sets of points side by side: runs, tables, or samples of one flow by several
// numbers of steps.
#pragma once

#include <string>
#include <vector>

#include "apps/figures/figures.h"

namespace pushforward::app {

// A set of points (N, D) with the name of its panel.
struct NamedPoints {
  std::string name;
  Points points;
};

// Shows each set in its own panel, and all of them in one if there are several, with common limits.
// D = 1 gives histograms; D > 2 uses the principal axes of the first set's standardised columns.
// Throws [plot] without sets, and if their dimensions differ.
Figure sets_figure(const std::vector<NamedPoints>& sets, const std::string& title);

// Shows a kernel estimate of the density of each set, all with the bandwidth that suits the first
// set and on one colour scale. D = 1 gives curves in one panel.
Figure sets_density_figure(const std::vector<NamedPoints>& sets, const std::string& title);

// Shows the same points moved by several solvers. Panel k shows the set k, and row i of each set is
// the same point. A point has the colour of its rank along the first axis in `starts` (N, D), so it
// can be followed from panel to panel. The last set is the reference, and the other titles give the
// root mean square distance to it. The limits are near those of the reference, and titles say how
// many points are outside of them.
Figure steps_figure(const std::vector<NamedPoints>& sets, const Points& starts,
                    const std::string& title);

}  // namespace pushforward::app
