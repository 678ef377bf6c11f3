// Velocity fields in panels: arrows over the flowing points for D = 2, curves u(x) for D = 1. What
// figures that show fields have in common.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/figures/figures.h"

namespace pushforward::app {

using FieldSlices = std::vector<FieldSlice>;

// The slices with their finite rows only; `dropped` grows by the number of others. Throws [plot]
// for no slices, shapes that do not fit and dimensions other than 1 and 2.
FieldSlices finite_slices(const FieldSlices& slices, std::size_t& dropped);

std::string time_title(double t);  // "t = 0.25"

// The speed that takes the last colour: nearly the greatest among arrows where points flow, since
// far from them a learned field is arbitrary and an exact one unbounded. Never 0.
double speed_scale(const FieldSlices& slices);
double greatest_speed(const FieldSlices& slices);

// Limits of all the points at which velocities are
// given, with equal aspect (fit_aspect) in a square.
ViewLimits make_view_limits(const FieldSlices& slices);

// Arrows where no points flow: pale, or left out.
enum class Far { pale, none };

// The slice inside the axes: speeds of `top` and more have the longest arrows and the last colour.
void draw_arrows(Canvas& canvas, const Axes& axes, const FieldSlice& slice, double top,
                 Far far = Far::pale);

// A curve for each slice, coloured by its place among them, pale where no points flow.
void draw_curves(Canvas& canvas, const Axes& axes, const FieldSlices& slices);
// Their times, one under the other, right of the axes.
void draw_times(Canvas& canvas, const Axes& axes, const std::vector<std::string>& words);

// The limits of one-dimensional fields: of their points, and of their velocities where points flow.
Limits point_limits(const FieldSlices& slices);
Limits velocity_limits(const FieldSlices& slices);

}  // namespace pushforward::app
