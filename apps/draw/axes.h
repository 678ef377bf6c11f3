// A panel's axes: they convert data units to places on the page and find their ticks. Further
// functions measure the ticks' texts and fit texts to a width.
#pragma once

#include <string>
#include <vector>

#include "apps/draw/canvas.h"
#include "apps/draw/ticks.h"

namespace pushforward::app {

// Text sizes of all pictures, in page units.
namespace sizes {
inline constexpr double title = 15, panel_title = 12.5, label = 11.5, tick = 10.5, note = 10;
}  // namespace sizes

// One panel: the box of the page it fills and the data limits
// at its edges. On a logarithmic axis both limits are > 0.
struct Axes {
  Box box;
  Limits x, y;
  bool log_y = false;

  // Returns the place of a data point on the page. NaN gives NaN.
  Spot spot(double at_x, double at_y) const;
  Spot spot(Spot at) const { return spot(at.x, at.y); }

  // Return the ticks of the x axis and of the y axis, so few that their numbers do not touch.
  std::vector<Tick> ticks_across() const;
  std::vector<Tick> ticks_up() const;
};

// The style of the numbers at ticks, and the width of the widest of them.
TextStyle tick_style(Align along = Align::start);
double widest(const std::vector<Tick>& ticks);

// Returns the text, or as much of its beginning as is at most `width` wide, with an ellipsis.
std::string cut_text(const std::string& words, const TextStyle& style, double width);

// Breaks the text into lines of at most `width`, at spaces if it has them. The last of `max_lines`
// lines ends in an ellipsis if the text is longer.
std::vector<std::string> wrap_text(const std::string& words, const TextStyle& style, double width,
                                   std::size_t max_lines);

}  // namespace pushforward::app
