// Velocity fields as marks: arrows over the flowing points (samples of p_t) for D = 2, curves u(x)
// for D = 1. All figures of fields use these functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/figures/figures.h"

namespace pushforward::app {

using FieldSlices = std::vector<FieldSlice>;

// Returns the slices, one for each time, with only their finite rows, and adds the number of other
// rows to `dropped`. Throws [plot] if there are no slices, if shapes do not match, or if the
// dimension is not 1 or 2.
FieldSlices finite_slices(const FieldSlices& slices, std::size_t& dropped);

std::string time_title(double t);  // "t = 0.25"

// The scales of arrows. `top` has, for each time, the speed of the longest arrows and of the last
// colour. 95 % of the arrows near flowing points (samples of p_t) are slower. All times have the
// same speed unless their speeds differ by more than a factor of three; then `shared` is false.
//
// If the axes have different units, speeds are in lengths of the axes per unit of time.
struct SpeedScales {
  double unit_x = 1, unit_y = 1;
  std::vector<double> top;
  bool shared = true;
  double beyond = 0;  // the share of arrows near flowing points that are faster than `top`
};

// Returns scales that all the fields share. Each element of `fields` is a field with a slice for
// each time.
SpeedScales speed_scales(const std::vector<const FieldSlices*>& fields, const View& view);

// Returns a note on the scale, and on arrows that are drawn shorter than they are.
std::string scale_note(const SpeedScales& scales);

// Returns the colour bar of the last panel. Its label is `what`, or says that colours are shares of
// each panel's own scale.
ColourBar speed_bar(const SpeedScales& scales, const std::string& what);

// Returns the title of the panel of time k: its time, and its own scale if it has one.
std::string scaled_title(const SpeedScales& scales, std::size_t k, double t);

// Returns a view of all points with velocities, in a square panel of this size.
View field_view(const FieldSlices& slices, double side);

// The drawing of arrows with no flowing points near them: pale, or not at all.
enum class Far { pale, none };

// Adds to a panel the flowing points of the slice of time k (samples of p_t), and the slice's
// arrows.
void add_arrows(Panel& panel, const FieldSlice& slice, const SpeedScales& scales, std::size_t k,
                Far far = Far::pale);

// Adds a curve u(x) for each slice, coloured by its index, and pale outside the flowing points.
void add_field_curves(Panel& panel, const FieldSlices& slices);
// Returns a legend with an entry for each slice; `words` are the texts of the entries.
std::vector<LegendEntry> time_legend(const std::vector<std::string>& words);

// Return the limits of one-dimensional fields: of their points x, and of their velocities u(x)
// where there are flowing points.
Limits point_limits(const FieldSlices& slices);
Limits velocity_limits(const FieldSlices& slices);

}  // namespace pushforward::app
