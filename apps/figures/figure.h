// A figure as data: a title, notes, and panels of marks with axes and legends. One function draws
// every figure (draw_figure.h), so a figure only says what it shows.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apps/draw/axes.h"

namespace pushforward::app {

// Scales from [0, 1] to colours. `root` is `sequential` applied to the square root, and `grey` goes
// from white paper to dark ink.
enum class ColourScale { sequential, root, speed, diverging, grey };

const char* name_of(ColourScale scale);
Colour colour_on(ColourScale scale, double part);

// A rectangle in data units.
struct Area {
  Limits x, y;
};

// The kinds of marks that a panel may have. All places are in the data units of the panel, all
// sizes in page units. `colours` holds one colour for all marks or one for each.

struct Dots {
  std::vector<Spot> at;
  double radius = 2;
  std::vector<Colour> colours;
};

// Lines through spots. A line has a gap at a spot that is not finite.
struct Lines {
  std::vector<std::vector<Spot>> lines;
  double thick = 1;
  std::vector<Colour> colours;
};

// Arrows with their middles at `at`, along the vectors `along`. Each has its own length on the page.
struct Arrows {
  std::vector<Spot> at, along;
  std::vector<double> length;
  std::vector<Colour> colours;
};

// Values on a grid of cells, as colours. Row 0 is at at.y.low.
struct Heat {
  Area at;
  std::size_t columns = 0, rows = 0;
  std::vector<double> values;
  Limits range;  // the values of the first and the last colour
  ColourScale scale = ColourScale::sequential;
  bool smooth = false;  // interpolated between cells
};

// A picture of rows * columns pixels, row 0 at the top, with 0 for paper and 1 for ink. Pixels that
// are not finite have the colour `hole`.
struct Image {
  Area at;
  std::size_t columns = 0, rows = 0;
  std::vector<double> ink;
  Colour hole;
};

// Filled rectangles, such as the bars of a histogram.
struct Bars {
  std::vector<Area> at;
  std::vector<Colour> colours;
};

// Texts with their baselines at `at`.
struct Texts {
  std::vector<Spot> at;
  std::vector<std::string> words;
  TextStyle style;
  std::vector<Colour> colours;
};

using Mark = std::variant<Dots, Lines, Arrows, Heat, Image, Bars, Texts>;

// One entry of a legend: `words` after a disc of this colour, or after a bar if `line` is true.
struct LegendEntry {
  std::string words;
  Colour colour;
  bool line = false;
};

// A colour bar to the right of a panel, as high as `rows` rows of panels.
struct ColourBar {
  Limits limits;
  std::string label;
  ColourScale scale = ColourScale::sequential;
  std::size_t rows = 1;
};

// A name at a position of an axis, in place of a number.
struct AxisName {
  double at = 0;
  std::string words;
};

// A panel, with its size on the page and the limits of its axes. A panel without axes has neither
// grid nor numbers; names stand above it and to its left.
struct Panel {
  double width = 300, height = 300;
  Limits x, y;
  bool log_y = false;
  std::string title, x_label, y_label;
  bool axes = true, x_numbers = true, y_numbers = true;
  std::vector<AxisName> x_names, y_names;
  // Names below the panel in place of numbers. They are turned if they do not fit side by side.
  std::vector<AxisName> x_below;
  std::vector<double> x_grid, y_grid;  // the places of grid lines; empty: those of the numbers
  std::vector<Mark> marks;
  std::optional<ColourBar> bar;
  std::string placard;  // words in the middle of a panel without data
};

// The clock of an animation's frame, drawn as a bar of which `part` is filled, with the time and
// the names of the two ends.
struct Clock {
  double part = 0;
  std::string time, ends;  // "t = 0.42", "noise to data"
};

// A figure. Its panels fill rows of `columns` panels. Each note is a line below the panels, or
// several if it is long.
struct Figure {
  std::string title;
  std::vector<std::string> notes;
  std::vector<LegendEntry> legend;
  std::vector<Panel> panels;
  std::size_t columns = 1;
  std::optional<Clock> clock;

  // Adds a note unless it is empty.
  Figure& note(const std::string& words);
};

// Frames of one layout: frame k of durations.size() is shown for durations[k] milliseconds.
struct MovingFigure {
  std::vector<int> durations;
  std::function<Figure(std::size_t)> frame;
  bool exact = false;  // lossless coding, which makes text sharper and its file smaller
};

}  // namespace pushforward::app
