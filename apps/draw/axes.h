// A panel with axes: from data units to the page, with
// grid, marks, labels, title, legend and colour bar.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/draw/canvas.h"
#include "apps/draw/ticks.h"

namespace pushforward::app {

// Sizes of text that all pictures share, in page units.
namespace sizes {
inline constexpr double title = 15, panel_title = 12.5, label = 11.5, tick = 10.5, note = 10;
}  // namespace sizes

// What is written around a panel; empty texts take no place.
struct AxesText {
  std::string title, x_label, y_label;
  bool x_ticks = true, y_ticks = true;  // whether numbers stand at the marks
  double y_label_out = 0;               // distance of y_label from the box; 0: clear of the numbers
};

// One panel: the box of the page it fills and the data limits
// at its edges. On a logarithmic axis both limits are > 0.
struct Axes {
  Box box;
  Limits x, y;
  bool log_y = false;

  // Where the data point (`at_x`, `at_y`) lies on the page; NaN in, NaN out.
  Spot spot(double at_x, double at_y) const;

  // Panel ground, grid lines and frame, then the texts of `words` around the box.
  void draw(Canvas& canvas, const AxesText& words) const;
};

// `limits` of x and y widened about their middles until a unit is as long on both axes of a box
// that is `width` wide and `height` high.
void make_equal_aspect(Limits& x, Limits& y, double width, double height);
// The same, unless one width is more than five times the other: such columns, minutes beside a
// share, have no unit in common, and each keeps limits of its own.
void fit_aspect(Limits& x, Limits& y, double width, double height);
bool share_a_unit(const Limits& x, const Limits& y);

// One entry of a legend: a disc, or a bar for lines, in `colour` before `words`.
struct LegendEntry {
  std::string words;
  Colour colour;
  bool line = false;
};

// The entries one beside the other on the line of `spot`, ending at it or beginning at it.
void draw_legend(Canvas& canvas, Spot spot, Align along, std::span<const LegendEntry> entries);

// A colour bar in `box` (upright) with marks on its right
// for `limits`, and `label` along it. `colour` maps [0, 1].
void draw_colour_bar(Canvas& canvas, const Box& box, Limits limits, const std::string& label,
                     const std::function<Colour(double)>& colour);

// The picture's title at the top left, and a quiet note under the panels at the bottom left.
void draw_title(Canvas& canvas, const std::string& words);
void draw_note(Canvas& canvas, const std::string& words);

// Words in the middle of a panel that has nothing to show.
void draw_placard(Canvas& canvas, const Box& box, const std::string& words);

}  // namespace pushforward::app
