// A page to draw on. One drawing function gives a PNG, an SVG or raw pixels; the same
// input gives the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/draw/colour.h"

struct _cairo;  // cairo_t of Cairo, which only canvas.cpp includes

namespace pushforward::app {

// A place on the page, in page units (1/96 inch), x to the right and y down.
struct Spot {
  double x = 0, y = 0;
};

// A rectangle of the page.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;

  double right() const { return x + width; }
  double bottom() const { return y + height; }
  Box shrunk(double by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }
};

// The part of a text that is at the spot where the text is drawn.
enum class Align { start, middle, end };

// The style of a text. The size is in page units.
struct TextStyle {
  double size = 11;
  Colour colour = colours::ink;
  Align along = Align::start;
  bool bold = false;
  double turn = 0;    // radians, clockwise
  bool mono = false;  // a monospaced font
};

// A raster of opaque colours, row by row from the top, 0xRRGGBB.
struct Raster {
  std::size_t width = 0, height = 0;
  std::vector<std::uint32_t> rgb;
};

// A text of a page and the upright box around it.
struct DrawnText {
  std::string words;
  Box box;
};

// A page being drawn. Drawing is clipped to the page; places that are not finite are skipped.
class Canvas {
 public:
  Canvas(_cairo* cairo, double width, double height, double scale, bool vector);

  double width() const { return width_; }
  double height() const { return height_; }

  // Two functions: `fill` fills the area of the box, `edge` draws its edge with a line `thick`
  // units wide.
  void fill(const Box& box, const Colour& colour);
  void edge(const Box& box, const Colour& colour, double thick = 1);

  // Draws line segments from spot to spot, with round ends. The line has a gap at a
  // spot that is not finite.
  void line(std::span<const Spot> spots, const Colour& colour, double thick = 1);
  void line(Spot from, Spot to, const Colour& colour, double thick = 1);

  // Fills a closed polygon.
  void polygon(std::span<const Spot> corners, const Colour& colour);

  // Draws a disc at each spot, one over the other, so that opacities accumulate. `colours` holds
  // one colour for all discs or one for each.
  void discs(std::span<const Spot> spots, double radius, std::span<const Colour> colours);
  void disc(Spot spot, double radius, const Colour& colour);

  // Draws one line of text, made printable (apps/printable.h). Its baseline starts, has its middle or ends at `spot`.
  void text(Spot spot, const std::string& any_words, const TextStyle& style);
  // Adds each text that is drawn after this call to `texts`.
  void list_texts(std::vector<DrawnText>& texts) { texts_ = &texts; }

  // Draws the raster stretched over `box`: interpolated if `smooth`, else each pixel as a sharp
  // square.
  void image(const Box& box, const Raster& raster, bool smooth);

  // Calls `draw` and clips its drawing to `box`.
  void clipped(const Box& box, const std::function<void(Canvas&)>& draw);

  // Calls `draw` and stores its drawing inside `box` as pixels, even on an SVG page. Use it for
  // layers of thousands of marks.
  void dense(const Box& box, const std::function<void(Canvas&)>& draw);

 private:
  _cairo* cairo_;
  double width_, height_, scale_;
  bool vector_;
  std::vector<DrawnText>* texts_ = nullptr;
};

// Returns the version of the library that draws.
std::string drawing_library_version();

// Returns the width of one line of text, in page units.
double text_width(const std::string& words, const TextStyle& style);

// A finished drawing: the size of its page and the function that draws it.
struct Picture {
  double width = 0, height = 0;  // page units
  std::function<void(Canvas&)> draw;
};

// Returns the bytes of a PNG file with `scale` pixels per page unit.
std::string png(const Picture& picture, double scale = 2);

// Returns the bytes of an SVG file. Texts are outlines, so the font need not be installed.
std::string svg(const Picture& picture);

// Returns the texts of the picture in drawing order.
std::vector<DrawnText> drawn_texts(const Picture& picture);

// Returns the picture as pixels.
Raster pixels(const Picture& picture, double scale = 1);

}  // namespace pushforward::app
