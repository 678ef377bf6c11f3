// Points of the unit sphere on globes: orthographic projections of its two halves.
#pragma once

#include <string>

#include "apps/figures/figures.h"

namespace pushforward::app {

// Shows samples and data on the unit sphere. Points (N, 3) are unit vectors, and points (N, 2)
// latitudes and longitudes in degrees. Each set has two globes with meridians and parallels every 30
// degrees, seen from the mean direction of the data and from the opposite one. There are no coastlines.
// Throws [plot] on points of other columns.
Figure globe_figure(const Points& samples, const Points& data, const std::string& title);

}  // namespace pushforward::app
