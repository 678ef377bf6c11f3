// Draws a panel with axes: grid, ticks, labels, title, legend and colour bar. Axes convert data
// units to places on the page.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/draw/canvas.h"
#include "apps/draw/ticks.h"

namespace pushforward::app {

// Text sizes of all pictures, in page units.
namespace sizes {
inline constexpr double title = 15, panel_title = 12.5, label = 11.5, tick = 10.5, note = 10;
}  // namespace sizes

// The texts around a panel. An empty text is left out.
struct AxesText {
  std::string title, x_label, y_label;
  bool x_ticks = true, y_ticks = true;  // whether ticks have numbers
  double y_label_out = 0;  // distance of y_label from the box; 0: just outside the numbers
};

// One panel: the box of the page it fills and the data limits
// at its edges. On a logarithmic axis both limits are > 0.
struct Axes {
  Box box;
  Limits x, y;
  bool log_y = false;

  // Returns the place of a data point on the page. NaN gives NaN.
  Spot spot(double at_x, double at_y) const;

  // Draws the panel's background, grid lines and frame, then the texts of `words` around the box.
  void draw(Canvas& canvas, const AxesText& words) const;
};

// Widens the limits about their middles until a unit has the same length on both axes of a box
// of this width and height.
void make_equal_aspect(Limits& x, Limits& y, double width, double height);
// Calls make_equal_aspect if share_a_unit, that is, unless one axis is more than five
// times as wide as the other. Such columns, for example minutes and a share, have different
// units and keep their limits.
void fit_aspect(Limits& x, Limits& y, double width, double height);
bool share_a_unit(const Limits& x, const Limits& y);

// One entry of a legend: `words` after a disc of this colour, or after a bar if `line` is true.
struct LegendEntry {
  std::string words;
  Colour colour;
  bool line = false;
};

// Draws the entries side by side in one line that ends or begins at `spot`.
void draw_legend(Canvas& canvas, Spot spot, Align along, std::span<const LegendEntry> entries);

// Draws an upright colour bar in `box`, with ticks for `limits` on its right and `label` along it.
// `colour` maps [0, 1] to colours.
void draw_colour_bar(Canvas& canvas, const Box& box, Limits limits, const std::string& label,
                     const std::function<Colour(double)>& colour);

// Draw the picture's title at the top left, and a grey note below the panels at the bottom left.
void draw_title(Canvas& canvas, const std::string& words);
void draw_note(Canvas& canvas, const std::string& words);

// Writes words in the middle of a panel without data.
void draw_placard(Canvas& canvas, const Box& box, const std::string& words);

}  // namespace pushforward::app
