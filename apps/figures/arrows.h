// Draws velocity fields in panels: arrows over the flowing points for D = 2, curves u(x) for D = 1.
// All figures of fields use it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/figures/figures.h"

namespace pushforward::app {

using FieldSlices = std::vector<FieldSlice>;

// Returns the slices with only their finite rows, and adds the number of other rows to `dropped`.
// Throws [plot] if there are no slices, if shapes do not match, or if the dimension is not 1 or 2.
FieldSlices finite_slices(const FieldSlices& slices, std::size_t& dropped);

std::string time_title(double t);  // "t = 0.25"

// Returns the speed of the last colour: nearly the greatest speed where points flow. Far from the
// points a learned field is arbitrary and an exact one unbounded. The result is never 0.
double speed_scale(const FieldSlices& slices);
double greatest_speed(const FieldSlices& slices);

// Returns the limits of all points with velocities, with the aspect of fit_aspect in a square.
ViewLimits make_view_limits(const FieldSlices& slices);

// How to draw arrows where no points flow: pale, or not at all.
enum class Far { pale, none };

// Draws the slice inside the axes. Speeds of `top` and above have the longest
// arrows and the last colour.
void draw_arrows(Canvas& canvas, const Axes& axes, const FieldSlice& slice, double top,
                 Far far = Far::pale);

// Draws a curve for each slice, coloured by its index, and pale where no points flow.
void draw_curves(Canvas& canvas, const Axes& axes, const FieldSlices& slices);
// Writes the times of the slices one below the other, to the right of the axes.
void draw_times(Canvas& canvas, const Axes& axes, const std::vector<std::string>& words);

// Return the limits of one-dimensional fields: of their points, and of their velocities in the
// region of the flowing points.
Limits point_limits(const FieldSlices& slices);
Limits velocity_limits(const FieldSlices& slices);

}  // namespace pushforward::app
