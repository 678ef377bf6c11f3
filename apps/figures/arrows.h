// Velocity fields as marks: arrows over the flowing points for D = 2, curves u(x) for D = 1. All
// figures of fields use it.
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

// The speeds of the longest arrows and the last colour, one for each time: 95 % of the arrows where
// points flow are slower. It is one speed for all times, unless these differ by more than a factor
// of three; then each time has its own.
//
// If the axes have different units, speeds are in lengths of the axes per unit of time.
struct SpeedScales {
  double unit_x = 1, unit_y = 1;
  std::vector<double> top;
  bool shared = true;
  double beyond = 0;  // the share of arrows, where points flow, that are faster and drawn shorter
};

// Several fields have one scale at each time: each of `fields` has a slice for each time.
SpeedScales speed_scales(const std::vector<const FieldSlices*>& fields, const View& view);

// Returns a note on the scale, and on arrows that are drawn shorter than they are.
std::string scale_note(const SpeedScales& scales);

// Returns the colour bar of the last panel, labelled with `what`, or of shares of each panel's own
// scale.
ColourBar speed_bar(const SpeedScales& scales, const std::string& what);

// Returns the title of the panel of time k: its time, and its own scale if it has one.
std::string scaled_title(const SpeedScales& scales, std::size_t k, double t);

// Returns a view of all points with velocities, in a square panel of this size.
View field_view(const FieldSlices& slices, double side);

// How to draw arrows where no points flow: pale, or not at all.
enum class Far { pale, none };

// Adds the flowing points of the slice of time k, and its arrows, to a panel.
void add_arrows(Panel& panel, const FieldSlice& slice, const SpeedScales& scales, std::size_t k,
                Far far = Far::pale);

// Adds a curve for each slice, coloured by its index, and pale where no points flow.
void add_field_curves(Panel& panel, const FieldSlices& slices);
// Returns an entry for each slice.
std::vector<LegendEntry> time_legend(const std::vector<std::string>& words);

// Return the limits of one-dimensional fields: of their points, and of their velocities in the
// region of the flowing points.
Limits point_limits(const FieldSlices& slices);
Limits velocity_limits(const FieldSlices& slices);

}  // namespace pushforward::app
