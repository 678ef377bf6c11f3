// Pictures of points and velocities on the unit sphere: globes from two sides, and a map.
//
// Points (N, 3) are unit vectors. Values that are not finite are left out. Each function adds
// Coastlines::note as a note, and throws [plot] on points of other columns.
#pragma once

#include <string>
#include <vector>

#include "apps/figures/figures.h"
#include "apps/globe/coastlines.h"

namespace pushforward::app {

// Shows samples and data on two globes each, seen from the mean direction of the data and from the
// opposite one, with meridians and parallels every 30 degrees.
Figure globe_figure(const Points& samples, const Points& data, const Coastlines& coasts,
                    const std::string& title);

// Shows a velocity field at several times as arrows, on two globes for each time, over faint points of
// the flow. Velocities (N, 3) are tangent, in radians per unit of time. An arrow is the velocity in
// projection, and its colour the speed. The globes are seen as in globe_figure, for the flowing points
// of the last time.
Figure globe_field_figure(const std::vector<FieldSlice>& slices, const Coastlines& coasts,
                          const std::string& title);

// Shows the points of a flow as an animation on two globes, which rests at both ends. At most 3000
// points are drawn. Between saved times a point moves along the chord, projected to the sphere. It
// keeps the colour of its longitude at the start.
MovingFigure globe_animation(const Trajectories& trajectories, const Coastlines& coasts,
                             const std::string& title, const std::string& source,
                             std::size_t frames = 60);

// Shows data, samples and ln of a density of the flow on maps of all longitudes and latitudes, in
// degrees (equirectangular). `density` is per unit of the sphere's area, on a grid with x from -180 to
// 180 and y from -90 to 90. Its colours go over 10 nats below the greatest value. A note gives the mass
// on the grid.
Figure map_figure(const Points& samples, const Points& data, const DensityGrid& density,
                  const Coastlines& coasts, const std::string& title);

}  // namespace pushforward::app
